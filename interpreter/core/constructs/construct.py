"""What every construct can be asked, with what most of them answer."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from interpreter.boundary.view import Counts
from interpreter.core import discretion
from interpreter.core.memory import Memory, NoMemory
from interpreter.core.outcomes import CANCELLED, Exit, Failure, failed

if TYPE_CHECKING:
    from dsl.ast.people import Stage
    from interpreter.core.events import Event
    from interpreter.core.machine import Machine
    from interpreter.core.parking import Parking
    from interpreter.core.state import Frame

M_co = TypeVar("M_co", bound=Memory, covariant=True)


class Construct(Generic[M_co]):
    """Stateless: all memory of a construct is in its frame, in a dataclass of its own (`remembers`).

    What a construct is for people stands here too: `node` is what views call it (None: it is how the machine works, and
    not shown), `place` what a continuation inside of it is counted as, `waits` that it only waits for something.
    """

    remembers: ClassVar[type[Memory]] = NoMemory
    node: ClassVar[str | None] = None
    place: ClassVar[str | None] = None
    waits: ClassVar[bool] = False
    cancellable: ClassVar[bool] = True
    """Whether its frames can be asked to end early at all."""

    side_by_side: ClassVar[bool] = False
    """Whether the frames below run beside each other."""
    is_one_call: ClassVar[bool] = False
    """Whether one call may be all that its frames need of a budget."""

    def new_memory(self) -> Memory:
        return self.remembers()

    def memory(self, frame: "Frame") -> M_co:
        """What this construct remembers in its frame."""
        assert type(frame.memory) is self.remembers, f"{frame.path} remembers {frame.memory}"
        return cast(M_co, frame.memory)

    def enter(self, machine: "Machine", frame: "Frame") -> None:
        """The frame was just opened."""
        raise NotImplementedError(type(self).__name__)

    def child(self, machine: "Machine", frame: "Frame", child: str, exit_: Exit) -> None:
        """The frame at path `child`, below this one, ended."""
        machine.end(frame, exit_)

    def goes_on(self, machine: "Machine", frame: "Frame", child: str, exit_: Exit) -> None:
        """The frame at path `child` has told how it ends, and is not over."""
        raise NotImplementedError(type(self).__name__)

    def event(self, machine: "Machine", frame: "Frame", event: "Event") -> None:
        """A command of this frame was answered."""
        raise NotImplementedError(type(self).__name__)

    def granted(self, machine: "Machine", frame: "Frame") -> None:
        """The purse that this frame waits for has changed."""
        raise NotImplementedError(type(self).__name__)

    def start(self, machine: "Machine", frame: "Frame") -> None:
        """The turn of what waited for it has come."""
        raise NotImplementedError(type(self).__name__)

    def cancel(self, machine: "Machine", frame: "Frame") -> None:
        """End early: what is below first."""
        for path in tuple(frame.children):
            machine.cancel(path)
        if not frame.children:
            machine.end(frame, CANCELLED)

    def fail(self, machine: "Machine", frame: "Frame", failure: Failure) -> None:
        """A task of this frame met a failure: an expression without a value, a budget that is used up. Of what waits
        people are told, as of a step.
        """
        if self.waits:
            machine.note("failed", frame, self.node or "", detail=discretion.told(machine, frame, failure))
        machine.end(frame, failed(failure))

    def doing(self, frame: "Frame") -> str:
        """What people are told it does: `running waiting retrying cancelling undoing`."""
        if frame.cancelling:
            return "cancelling"
        return "waiting" if self.waits else "running"

    def attempt(self, frame: "Frame") -> int:
        """Which attempt is under way, from 1; 0 when that is not said."""
        return 0

    def detail(self, frame: "Frame") -> str:
        """What it waits for, when people should know."""
        return ""

    def lacks_worker(self, frame: "Frame") -> str:
        """Why it does not go on, when it has met workers that cannot take it, and none yet that can."""
        return ""

    def called(self, machine: "Machine", frame: "Frame") -> str:
        """What it calls, as the author names it; empty for what calls nothing."""
        return ""

    def buys(self, frame: "Frame") -> tuple[str, str] | None:
        """What its frame's reservation is for, where that is one call: the agent and its model, or the tool alone."""
        return None

    def began(self, frame: "Frame") -> float:
        """When it began, for people."""
        return frame.since

    def asks(self, machine: "Machine", frame: "Frame") -> "tuple[Stage, ...]":
        """Who is asked for more of its budget when that is used up."""
        return ()

    def can_ask(self, frame: "Frame") -> bool:
        """Whether more of its budget would still be of use."""
        return True

    def parking(self, frame: "Frame") -> "Parking | None":
        """What it remembers of such questions; None when nobody was asked."""
        return None

    def parks(self, frame: "Frame") -> "Parking":
        """The same, from now on."""
        raise NotImplementedError(type(self).__name__)

    def counts(self, frame: "Frame") -> Counts | None:
        """What it has taken, where that is counted."""
        return None


def unless_cancelled(frame: "Frame", exit_: Exit) -> Exit:
    """What a frame ends with: a frame that is being cancelled ends cancelled, however its parts ended."""
    return CANCELLED if frame.cancelling else exit_


_NOTES = {"done": "completed", "failed": "failed", "cancelled": "cancelled"}


def end_step(
    machine: "Machine",
    frame: "Frame",
    exit_: Exit,
    node: str,
    *,
    rehearsal: bool = False,
    counts: Counts | None = None,
    stays: bool = False,
) -> None:
    """End the frame of a step: its failure happened here, and people are told how it ended. `stays`: what it did is
    done although it was cancelled meanwhile, so people are not told that it was cancelled.
    """
    exit_, came = unless_cancelled(frame, exit_), exit_.kind
    if exit_.failure is not None:
        exit_ = failed(replace(exit_.failure, path=frame.path, said=False))
    detail = discretion.told(machine, frame, exit_.failure) if exit_.failure else ""
    machine.note(_NOTES[came if stays else exit_.kind], frame, node, detail=detail, rehearsal=rehearsal, counts=counts)
    machine.end(frame, exit_)
