"""SF612: what writes the same, side by side: items of a `parallel for`, or branches of a `parallel`, that call one tool
with the same arguments at the same time, themselves or in the flows that they call.

Whichever comes last counts, or all of them do: nobody who reads the text can tell which was meant. Only calls that are
made for certain are looked at, not what a condition or a model decides, and only tools whose calls each count.
`exclusive` on the tool, or around the call, says that somebody has thought of it.
"""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Literal
from dsl.ast.node import Node, walk
from dsl.ast.statements import Parallel, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.nodes import of_class
from dsl.semantics.written_with import Write, Writes

_ADVICE = "call it once, beside them; give it what differs; or say `exclusive by …` where the tool is declared"


def check(program: Program) -> Iterator[Diagnostic]:
    writes = Writes(program.facts)
    for flow in program.facts.all(FlowDeclaration):
        for node in of_class(flow, ParallelFor):
            if node.first is None and not _one_at_a_time(node):
                yield from _of_items(program, writes, flow, node)
        for fan in of_class(flow, Parallel):
            if fan.first is None:
                yield from _of_branches(program, writes, flow, fan)


def _one_at_a_time(node: ParallelFor) -> bool:
    return node.at_most == 1 or (isinstance(node.up_to, Literal) and node.up_to.value == 1)


def _of_items(program: Program, writes: Writes, flow: FlowDeclaration, node: ParallelFor) -> Iterator[Diagnostic]:
    for write in writes.of(node.body.statements, flow, _inside(node)):
        if not write.varying:
            message = f"each item calls `{write.tool}` with the same arguments, side by side"
            around = (program.name_label(node, node.variable, "the item"), *_where(program, write))
            yield Diagnostic("SF612", message, program.label(write.by.call), around, help=_ADVICE, severity="warning")


def _of_branches(program: Program, writes: Writes, flow: FlowDeclaration, node: Parallel) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, tuple[tuple[str, int], ...]], Write] = {}
    inside = _inside(node)
    for branch in node.branches:
        own = [write for write in writes.of((branch,), flow, inside) if not write.varying]
        for write in own:
            if (first := seen.get((write.tool, write.given))) is not None:
                message = f"two branches call `{write.tool}` with the same arguments, side by side"
                others = (program.label(first.by.call, "the other one"), *_where(program, write))
                yield Diagnostic(
                    "SF612", message, program.label(write.by.call), others, help=_ADVICE, severity="warning"
                )
        for write in own:
            seen.setdefault((write.tool, write.given), write)


def _where(program: Program, write: Write) -> tuple[Label, ...]:
    return () if write.step is write.by else (program.label(write.step.call, "it is called here"),)


def _inside(node: Node) -> frozenset[int]:
    return frozenset(id(each) for each in walk(node))
