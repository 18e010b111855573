"""SF613: what was read before a wait decides a write behind it, and may have changed meanwhile.

What is old where stands in `dsl.semantics.staleness`, through names, rounds, models and called flows. Of several
decisions about one write that one read is behind, the first is told.
"""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.staleness.flows import stale

_ADVICE = "read it again behind the wait; or say why what was read before will do: `# dsl: ignore[SF613] reason`"


def check(program: Program) -> Iterator[Diagnostic]:
    told: set[tuple[int, int]] = set()
    for each in stale(program.facts):
        if (id(each.read), id(each.about)) in told:
            continue
        told.add((id(each.read), id(each.about)))
        message = f"`{each.name.name}` was read before a wait, and decides behind it about `{each.about.call.target}`"
        others = (
            program.label(each.read.call, "read here"),
            program.label(each.wait, "waited here"),
            *(program.label(step, f"given to `{step.call.target}`") for step in each.way),
        )
        yield Diagnostic("SF613", message, program.label(each.name), others, help=_ADVICE, severity="warning")
