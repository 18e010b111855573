"""SF203: a type or constraint that no value can have, or that means nothing."""

from collections.abc import Iterator

from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import InvalidType


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(InvalidType):
        yield Diagnostic("SF203", found.message, program.label(found.node), help=found.help)
    rounds: list[For | ParallelFor] = [*program.facts.all(For), *program.facts.all(ParallelFor)]
    for node in rounds:
        if node.at_most is not None and node.at_most < 1:
            message = f"`at most {node.at_most}` goes over no item at all"
            yield Diagnostic("SF203", message, program.label(node), help="write how many there may be, from 1")
