"""SF601: a statement that nothing leads to."""

from collections.abc import Iterator

from dsl.ast.statements import Loop
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unreachable


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Unreachable):
        is_loop = isinstance(found.after, Loop)
        label = "no `until` or `break` leads out of this loop" if is_loop else "nothing goes on after this"
        after = (program.label(found.after, label),)
        yield Diagnostic("SF601", "this can never be reached", program.label(found.node), after, help="leave it out")
