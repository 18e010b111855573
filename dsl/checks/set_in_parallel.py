"""SF602: branches that run side by side and set a `var` around them: the last one would win, whichever that is."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import SetInParallel


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(SetInParallel):
        yield Diagnostic(
            "SF602",
            f"`{found.name}` belongs to the block around, and cannot be set in a branch that runs beside others",
            program.name_label(found.node, found.name),
            (program.name_label(found.declared, found.name, "declared here"),),
            help="give the branch a value (`yield`, or the name of a step), and `set` it after the `parallel`",
        )
