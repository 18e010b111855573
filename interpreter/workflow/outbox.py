"""Work on its way out: held while there is no room for it, in the order in which the machine asked for it.

What is held has not been issued; it stays pending in the state, so continuing as new in the meantime loses nothing.
"""

from collections.abc import Callable
from functools import partial
from typing import cast

from temporalio import workflow

from dsl.values.references import parted
from interpreter.boundary.failures import CANCELLED, NOT_CALLED
from interpreter.boundary.payloads import ChildReport, Spent
from interpreter.core.commands import AskBatch, AttemptModel, CallTool, StartChild
from interpreter.core.events import CallFailed, ChildEnded, Event
from interpreter.workflow import limits
from interpreter.workflow.beside import batch_parted, request_parted
from interpreter.workflow.calls import Call, Calls, is_local
from interpreter.workflow.children import Children

Sent = Call | StartChild


class Outbox:
    def __init__(
        self, calls: Calls, children: Children, arrived: Callable[[Callable[[], Event]], None], room: limits.Room
    ) -> None:
        self._calls = calls
        self._children = children
        self._arrived = arrived
        self._held: dict[str, Sent] = {}
        self._room = room

    @property
    def holding(self) -> bool:
        return bool(self._held)

    @property
    def waits_for_task(self) -> bool:
        """Whether something could go out, if only this workflow task were over."""
        return self._may_send() and not self._fits()

    @property
    def ready(self) -> bool:
        """Whether something can go out now."""
        return self._may_send() and self._fits()

    def add(self, command: Sent) -> None:
        if type(command) is StartChild and self._children.runs(command.id):
            self._children.look_after(command.id)
        elif isinstance(command, CallTool | AttemptModel) and self._calls.runs(command.id):
            self._calls.look_after(command)
        else:
            self._held[command.id] = command

    def release(self) -> None:
        """Issue what is held as far as the limits allow."""
        while self.ready:
            self._issue(self._held.pop(next(iter(self._held))))

    def cancel(self, id_: str) -> bool:
        """Cancel what is held: it never happens. False when it is not, or no longer, held."""
        command = self._held.pop(id_, None)
        if command is not None:
            self._arrived(partial(_not_sent, command, workflow.time(), CANCELLED, "cancelled"))
        return command is not None

    def _may_send(self) -> bool:
        if not self._held:
            return False
        most = limits.MOST_IN_FLIGHT
        below = self._children.in_flight + self._calls.carried
        return self._calls.in_flight < most and below < most and not self._room.is_full

    def _fits(self) -> bool:
        """Whether the first that is held fits into this workflow task."""
        command = next(iter(self._held.values()))
        return self._room.left_for_local if _is_local(command) else self._room.left

    def _issue(self, command: Sent) -> None:
        size = self._size(command)
        if size > limits.LARGEST_PAYLOAD:
            self._arrived(partial(_not_sent, command, workflow.time(), NOT_CALLED, limits.too_large(size)))
            return
        self._room.take(size)
        if type(command) is StartChild:
            self._children.start(command)
        else:
            self._calls.start(cast(Call, command))

    def _size(self, command: Sent) -> int:
        """The bytes that go to the server: arguments, or what local work may come to; both may, of a quick call, which
        is made elsewhere where it cannot be made here.
        """
        if type(command) is CallTool and not command.staged:
            size = limits.size_of(parted(command.arguments))
            return max(size, limits.LOCAL_RESULT) if command.quick else size
        if _is_local(command):
            return limits.LOCAL_RESULT
        if type(command) is AttemptModel:
            return limits.size_of(request_parted(command.request))
        if type(command) is AskBatch:
            return limits.size_of(batch_parted(command.request))
        if type(command) is StartChild:
            return self._children.size(command)
        return 0


def _is_local(command: Sent) -> bool:
    return type(command) is not StartChild and is_local(cast(Call, command))


def _not_sent(command: Sent, at: float, kind: str, message: str) -> Event:
    if type(command) is not StartChild:
        return CallFailed(at, command.id, kind, message, "not_started", retryable=False)
    if kind == CANCELLED:
        return ChildEnded(at, command.id, ChildReport(command.id, "cancelled", spent=Spent(), ledger=[]))
    failure = {"$type": "Failure", "kind": kind, "message": message}
    return ChildEnded(at, command.id, ChildReport(command.id, "failed", None, failure, Spent(), []))
