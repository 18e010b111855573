"""SF601: a statement that nothing leads to."""

from collections.abc import Iterator

from dsl.ast.statements import Loop
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unreachable


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Unreachable):
        label = "goes on nowhere"
        if isinstance(found.after, Loop):
            label = "left only by `return`, or failing when its budget is used up"
        after = (program.label(found.after, label),)
        yield Diagnostic("SF601", "this can never be reached", program.label(found.node), after, help="leave it out")
