"""What has ended, for those who watch runs: told once, when it ends, and kept nowhere.

Spans and metrics are made of it. It is not part of the state and asks for nothing, so whether anybody watches changes
no run; a replay tells it again, and the driver's worker knows what it has heard before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interpreter.boundary.payloads import ChatUsage
from interpreter.boundary.view import Counts
from interpreter.core.outcomes import Exit

if TYPE_CHECKING:
    from interpreter.core.machine import Machine
    from interpreter.core.state import Amount, Frame

ATTEMPTS = frozenset({"chat", "attempt"})
"""What is no step but a try at one: at a model, and at a tool."""

Outcome = Literal["completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Trace:
    """`node` is what it was, as in notes, or `attempt` of a call at a tool or `chat` at a model; `name` what was called
    (tool, agent, flow, model). `parent` is the path of what it belongs to, empty for the run itself. `kind` is that of
    the failure; `lost`: nobody has said how it ended. `counts` are an agent's or the run's, `usage` and `usd` what an
    attempt at a model was charged; `agent` is whose it was.
    """

    flow: str
    path: str
    node: str
    name: str
    parent: str
    began: float
    at: float
    outcome: Outcome = "completed"
    kind: str = ""
    lost: bool = False
    number: int = 0
    agent: str = ""
    counts: Counts | None = None
    usage: ChatUsage | None = None
    tokens: int = 0
    usd: str = "0"
    made_up: bool = False


Watch = Callable[[Trace], None]
"""Told of each thing that ends. It may only take note."""


def ended(machine: "Machine", frame: "Frame", exit_: Exit) -> None:
    """A frame ends that people are shown, or the run."""
    construct, state = machine.table[frame.kind], machine.state
    if machine.watch is None or (construct.node is None and frame.parent is not None):
        return
    run = frame.parent is None
    failure = state.failure if run else exit_.failure
    machine.watch(
        Trace(
            flow=state.flow,
            path=state.flow if run else frame.path,
            node="run" if run else construct.node or "",
            name=state.flow if run else construct.called(machine, frame),
            parent="" if run else around(machine, frame),
            began=state.started if run else construct.began(frame),
            at=state.now,
            outcome="failed" if failure else "cancelled" if exit_.kind == "cancelled" else "completed",
            kind=failure.kind if failure is not None else "",
            counts=_of_run(machine, frame) if run else construct.counts(frame),
            made_up=run and state.rehearsal,
        )
    )


def turn(machine: "Machine", frame: "Frame", path: str, began: float, exit_: Exit) -> None:
    """A turn of the agent at `frame` has ended that asked for no calls."""
    if machine.watch is not None:
        kind = exit_.failure.kind if exit_.failure is not None else ""
        outcome: Outcome = "failed" if kind else "cancelled" if exit_.kind == "cancelled" else "completed"
        name = machine.table[frame.kind].called(machine, frame)
        machine.watch(
            Trace(machine.state.flow, path, "turn", name, frame.path, began, machine.state.now, outcome, kind)
        )


def attempted(
    machine: "Machine",
    *,
    path: str,
    parent: str,
    name: str,
    began: float,
    number: int,
    agent: str = "",
    kind: str = "",
    lost: bool = False,
    usage: ChatUsage | None = None,
    cost: "Amount | None" = None,
    made_up: bool = False,
) -> None:
    """An attempt has ended: at a model where it has an `agent`, else at a tool."""
    if machine.watch is None:
        return
    machine.watch(
        Trace(
            flow=machine.state.flow,
            path=path,
            node="chat" if agent else "attempt",
            name=name,
            parent=parent,
            began=began,
            at=machine.state.now,
            outcome="failed" if kind else "completed",
            kind=kind,
            lost=lost,
            number=number,
            agent=agent,
            usage=usage,
            tokens=cost.tokens if cost is not None else 0,
            usd=_usd(cost) if cost is not None else "0",
            made_up=made_up,
        )
    )


def around(machine: "Machine", frame: "Frame") -> str:
    """The path of the nearest that is shown around `frame`: the run's, where there is none."""
    while frame.parent is not None:
        frame = machine.state.frames[frame.parent]
        if machine.table[frame.kind].node is not None:
            return frame.path
    return machine.state.flow


def _of_run(machine: "Machine", frame: "Frame") -> Counts:
    purse = machine.state.purses.get(frame.path)
    return Counts() if purse is None else Counts(tokens=purse.spent.tokens, usd=_usd(purse.spent))


def _usd(amount: "Amount") -> str:
    return format(amount.usd.normalize(), "f")
