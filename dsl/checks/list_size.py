"""SF303: going over a list of any length."""

from collections.abc import Iterator

from dsl.ast.expressions import Expression
from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unbounded


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Unbounded):
        assert isinstance(found.node, For | ParallelFor)
        source: Expression = found.node.source
        text = program.source.slice(source.span)
        short = len(text) <= 40 and "\n" not in text
        message = f"{f'`{text}`' if short else 'this list'} may hold any number of items"
        advice = f"bound it here: `in {text if short else '…'} at most 100`, or in its type: `[T] at most 100`"
        yield Diagnostic("SF303", message, program.label(source), help=advice)
