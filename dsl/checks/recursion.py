"""SF304: flows, agents and functions that call themselves, by whatever way, without a limit."""

from collections.abc import Iterator, Mapping

from dsl.ast.node import Node
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.call_graph import Calls, Way, cycle, function_calls


def check(program: Program) -> Iterator[Diagnostic]:
    """Flows with a `depth` bound every way through them; of each way round that is left, one report."""
    graph = program.graph
    limited = frozenset(name for name, flow in graph.flows.items() if flow.depth is not None)
    declared: dict[str, Node] = {**graph.flows, **graph.agents}
    for name, way in _rounds(declared, graph.direct, limited):
        flow = next((each for each in (name, *(target for target, _ in way)) if each in graph.flows), None)
        if flow is None:
            yield _around(program, declared, name, way, "without end", "let one of them not use the next")
        else:
            advice = f"say how deep it may go: `flow {flow}(…) depth 5 {{ … }}`"
            yield _around(program, declared, name, way, "to any depth", advice)
    functions = {name: signature.node for name, signature in program.facts.declarations.functions.items()}
    for name, way in _rounds(functions, function_calls(program.facts), frozenset()):
        yield _around(program, functions, name, way, "without end", "go over a list: `[… for item in items]`, `sum(…)`")


def _rounds(declared: Mapping[str, Node], calls: Calls, limited: frozenset[str]) -> Iterator[tuple[str, Way]]:
    reported: set[str] = set()
    for name in declared:
        way = () if name in reported else cycle(calls, name, limited)
        if way:
            reported.update(target for target, _ in way)
            yield name, way


def _around(
    program: Program, declared: Mapping[str, Node], name: str, way: Way, extent: str, advice: str
) -> Diagnostic:
    route = " → ".join(f"`{each}`" for each in (name, *(target for target, _ in way)))
    message = f"`{name}` calls itself" if len(way) == 1 else f"`{name}` calls itself: {route}"
    return Diagnostic(
        "SF304",
        f"{message}, {extent}",
        program.name_label(declared[name], name),
        tuple(program.name_label(place, target, "calls on here") for target, place in way),
        help=advice,
    )
