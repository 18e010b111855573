"""SF203: a type or constraint that no value can have, or that means nothing."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import InvalidType


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(InvalidType):
        yield Diagnostic("SF203", found.message, program.label(found.node), help=found.help)
