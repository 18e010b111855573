"""One call of a tool until it is settled: attempts, waits between them, and what is known of its effect.

Opened by a step, by a verification and by an undo. `memory`: `tool`, `arguments` (plain JSON), `id` (of the first
attempt's command), `key`, `attempt`, `first_at`; `phase` (`calling waiting`), `command`; `overrides` says that it is
the step's own call, for which the step's timeout, its retry and the deadlines around it count; `doubt` is the failure
of an attempt that may have taken effect.
"""

from dataclasses import replace
from typing import Any, cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Retry, Step
from interpreter.boundary.failures import CANCELLED as CANCELLED_KIND
from interpreter.core import policies, purses
from interpreter.core.commands import CallTool, SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.events import CallFailed, Event, TimerFired, ToolReturned
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, done, failed
from interpreter.core.state import Frame
from interpreter.core.wording import title


def open_call(
    machine: Machine,
    frame: Frame,
    segment: str,
    tool: str,
    arguments: dict[str, Any],
    *,
    id_: str,
    key: str,
    overrides: bool = False,
) -> None:
    """Call `tool` from `frame`; it ends `done` with the plain JSON result, `failed` or `cancelled`.

    A failure that is `unknown` says that one of the attempts may have taken effect, also when the call was cancelled.
    """
    declared = machine.definition.tools[tool]
    if declared.key is not None:
        arguments = arguments | {declared.key: key}
    memory = {"tool": tool, "arguments": arguments, "id": id_, "key": key, "overrides": overrides, "doubt": None}
    counts = {"attempt": 0, "first_at": machine.state.now}
    machine.open(frame, segment, "ToolCall", address="", memory=memory | counts)


class ToolCallConstruct(Construct):
    def enter(self, machine: Machine, frame: Frame) -> None:
        memory = frame.memory
        memory["attempt"] += 1
        tool = machine.definition.tools[memory["tool"]]
        sealed = machine.definition.signature(tool.name)
        command = CallTool(
            id=memory["id"] if memory["attempt"] == 1 else f"{memory['id']}~{memory['attempt']}",
            tool=tool.name,
            arguments=memory["arguments"],
            key=memory["key"],
            attempt=memory["attempt"],
            timeout=self._timeout(machine, frame, tool),
            heartbeat=tool.heartbeat or (policies.DEFAULT_HEARTBEAT if tool.queue is None else None),
            queue=tool.queue,
            signature=sealed.digest,
            declared=sealed.readable,
            summary=title(memory["id"]),
        )
        memory["phase"] = "calling"
        machine.issue(frame, command)
        memory["command"] = command.id
        if memory["attempt"] > 1:
            machine.note("attempt", frame, "tool", name=command.summary, attempt=memory["attempt"])

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case ToolReturned(result=result):
                machine.end(frame, done(result))
            case TimerFired():
                self._again(machine, frame)
            case CallFailed():
                self._failed(machine, frame, event)

    def _again(self, machine: Machine, frame: Frame) -> None:
        """The wait is over, perhaps long ago: a worker may have been away."""
        if frame.memory["overrides"]:
            purses.check_time(machine, frame)
        tool = machine.definition.tools[frame.memory["tool"]]
        doubt: Failure | None = frame.memory.get("doubt")
        if doubt is None or policies.may_repeat(tool, _key_left(machine, frame, tool)):
            self.enter(machine, frame)
        else:
            machine.end(frame, failed(doubt))

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if frame.memory["phase"] == "waiting":
            machine.withdraw(frame.memory["command"])
            machine.end(frame, Exit("cancelled", failure=frame.memory.get("doubt")))
        else:
            machine.interrupt(frame.memory["command"])

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        doubtful = frame.memory.get("doubt") is not None
        machine.end(frame, failed(replace(failure, unknown=True) if doubtful else failure))

    def _failed(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        memory = frame.memory
        tool = machine.definition.tools[memory["tool"]]
        failure = Failure(event.kind, event.message, frame.path, _details(event))
        if not policies.nothing_happened(tool, event):
            memory["doubt"] = replace(failure, unknown=True)
        elif policies.speaks_for_all(tool, event):
            memory["doubt"] = None
        if frame.cancelling:
            machine.end(frame, Exit("cancelled", failure=memory.get("doubt")))
            return
        delay = policies.retry_delay(
            tool,
            self._retry(machine, frame, tool),
            event,
            memory["attempt"],
            doubt=memory.get("doubt") is not None,
            key_left=_key_left(machine, frame, tool),
        )
        if delay is None or event.kind == CANCELLED_KIND:
            self.fail(machine, frame, failure)
        else:
            self._wait(machine, frame, event, delay)

    def _wait(self, machine: Machine, frame: Frame, event: CallFailed, delay: int) -> None:
        memory = frame.memory
        memory["phase"] = "waiting"
        memory["command"] = f"{memory['id']}~{memory['attempt']}!retry"
        summary = f"{title(memory['id'])}: attempt {memory['attempt'] + 1}"
        machine.issue(frame, SetTimer(memory["command"], machine.state.now + delay / 1000, summary))
        machine.note(
            "retrying", frame, "tool", name=summary, attempt=memory["attempt"], detail=f"{event.kind}: {event.message}"
        )

    def _timeout(self, machine: Machine, frame: Frame, tool: ToolDeclaration) -> int:
        step = self._step(machine, frame)
        return (step.timeout if step else None) or tool.timeout or policies.DEFAULT_TIMEOUT

    def _retry(self, machine: Machine, frame: Frame, tool: ToolDeclaration) -> Retry | None:
        step = self._step(machine, frame)
        return (step.retry if step else None) or tool.retry

    def _step(self, machine: Machine, frame: Frame) -> Step | None:
        return cast(Step, machine.node(frame)) if frame.memory["overrides"] else None


def _key_left(machine: Machine, frame: Frame, tool: ToolDeclaration) -> float | None:
    """For how many milliseconds more the tool knows the key of the first attempt; None is for ever."""
    limit = tool.effect.keyed_for
    return None if limit is None else limit - (machine.state.now - frame.memory["first_at"]) * 1000


def _details(event: CallFailed) -> Any:
    return event.details[0] if len(event.details) == 1 else list(event.details) or None
