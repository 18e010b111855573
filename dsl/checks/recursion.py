"""SF304: flows that call themselves, by whatever way, without a limit."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    """Flows with a `depth` bound every way through them; of each way round that is left, one report."""
    limited = frozenset(name for name, flow in program.graph.flows.items() if flow.depth is not None)
    reported: set[str] = set()
    for name, flow in program.graph.flows.items():
        cycle = () if name in reported else program.graph.cycle(name, limited)
        if not cycle:
            continue
        reported.update(call.target for call in cycle)
        way = " → ".join(f"`{each}`" for each in (name, *(call.target for call in cycle)))
        message = f"`{name}` calls itself" if len(cycle) == 1 else f"`{name}` calls itself: {way}"
        yield Diagnostic(
            "SF304",
            f"{message}, to any depth",
            program.name_label(flow, name),
            tuple(program.name_label(call, call.target, "calls on here") for call in cycle),
            help=f"say how deep it may go: `flow {name}(…) depth 5 {{ … }}`",
        )
