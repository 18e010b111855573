"""What every construct can be asked, with what most of them answer."""

from dataclasses import replace
from typing import TYPE_CHECKING

from interpreter.core.outcomes import CANCELLED, Exit, Failure, failed

if TYPE_CHECKING:
    from interpreter.core.events import Event
    from interpreter.core.machine import Machine
    from interpreter.core.state import Frame


class Construct:
    """Stateless: all memory of a construct is in its frame."""

    cancellable = True
    """Whether its frames can be asked to end early at all."""

    def enter(self, machine: "Machine", frame: "Frame") -> None:
        """The frame was just opened."""
        raise NotImplementedError(type(self).__name__)

    def child(self, machine: "Machine", frame: "Frame", child: str, exit_: Exit) -> None:
        """The frame at path `child`, below this one, ended."""
        machine.end(frame, exit_)

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
        """A task of this frame met a failure: an expression without a value, a budget that is used up."""
        machine.end(frame, failed(failure))


def unless_cancelled(frame: "Frame", exit_: Exit) -> Exit:
    """What a frame ends with: a frame that is being cancelled ends cancelled, however its parts ended."""
    return CANCELLED if frame.cancelling else exit_


_NOTES = {"done": "completed", "failed": "failed", "cancelled": "cancelled"}


def end_step(machine: "Machine", frame: "Frame", exit_: Exit, node: str, *, rehearsal: bool = False) -> None:
    """End the frame of a step: its failure happened here, and people are told how it ended."""
    exit_ = unless_cancelled(frame, exit_)
    if exit_.failure is not None:
        exit_ = failed(replace(exit_.failure, path=frame.path))
    detail = f"{exit_.failure.kind}: {exit_.failure.message}" if exit_.failure else ""
    machine.note(_NOTES[exit_.kind], frame, node, detail=detail, rehearsal=rehearsal)
    machine.end(frame, exit_)
