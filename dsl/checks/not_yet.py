"""SF901: what the language has, and this version reads but does not run."""

from collections.abc import Iterator

from dsl.ast.node import Node
from dsl.ast.statements import NotYet
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import NotYetUsed


def check(program: Program) -> Iterator[Diagnostic]:
    places: list[tuple[Node, str]] = [(node, node.construct) for node in program.facts.all(NotYet)]
    places += [(found.node, found.construct) for found in program.facts.found(NotYetUsed)]
    for node, construct in places:
        message = f"{construct}: this version reads it, but does not run it yet"
        yield Diagnostic("SF901", message, program.label(node))
