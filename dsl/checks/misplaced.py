"""SF604: a statement that has no meaning where it stands."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Misplaced


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Misplaced):
        yield Diagnostic("SF604", found.message, program.label(found.node), help=found.help)
