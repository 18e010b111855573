"""One call of a tool until it is settled: attempts, waits between them, and what is known of its effect.

Opened by a step, by a verification and by an undo. A worker that has not the tool, or has it with another signature,
says nothing about the call: it is tried again, on whichever worker takes it then, for as long as its patience lasts.
"""

from dataclasses import replace

from dsl.ast import defaults
from dsl.ast.declarations import ToolDeclaration
from interpreter.boundary.failures import CANCELLED as CANCELLED_KIND
from interpreter.boundary.failures import (
    NOT_CALLED,
    NOT_REGISTERED,
    OBJECT_MISSING,
    SERVER_UNAVAILABLE,
    SIGNATURE_MISMATCH,
    WORKER_BUSY,
)
from interpreter.boundary.payloads import JSON
from interpreter.core import (
    called_again,
    caps,
    carrying,
    certainty,
    discretion,
    fetching,
    policies,
    purses,
    reservations,
    staging,
    tool_costs,
    traces,
)
from interpreter.core.commands import CallTool, SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.events import CallFailed, Event, TimerFired, ToolReturned
from interpreter.core.fan_memory import abandon, has_lost
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, done, failed
from interpreter.core.state import Amount, Frame
from interpreter.core.tool_call_memory import ToolCallMemory
from interpreter.core.wording import title


def open_call(
    machine: Machine,
    frame: Frame,
    segment: str,
    tool: str,
    arguments: dict[str, JSON],
    *,
    id_: str,
    key: str,
    overrides: bool = False,
    verifies: str | None = None,
    staged: bool = False,
    by_agent: bool = False,
    first_at: float | None = None,
) -> None:
    """Call `tool` from `frame`; it ends `done` with the plain JSON result, `failed` or `cancelled`.

    A failure that is `unknown` says that one of the attempts may have taken effect, also when the call was cancelled;
    one that is also `running` says that this attempt may still be at work. `first_at` is when the tool was called with
    this key first; without it, now. With `staged` the tool is not called at all, and answers something made up.
    """
    declared = machine.definition.tools[tool]
    if declared.key is not None:
        arguments = arguments | {declared.key: key}
    memory = ToolCallMemory(tool, arguments, id_, key, overrides, verifies)
    memory.first_at = machine.state.now if first_at is None else first_at
    memory.staged, memory.by_agent = staged, by_agent
    memory.happened = memory.first_at < machine.state.now
    memory.costs = overrides and not staged and declared.costs is not None
    machine.open(frame, segment, "ToolCall", address="", memory=memory)


class ToolCallConstruct(Construct[ToolCallMemory]):
    remembers = ToolCallMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        self.granted(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        """Set aside what the next attempt may cost, and make it."""
        memory = self.memory(frame)
        need = tool_costs.most(machine.definition.tools[memory.tool]) if memory.costs else None
        memory.phase = "reserving"
        if need is None or reservations.reserve(machine, frame, need):
            self._attempt(machine, frame, need)
        else:
            memory.waited = True

    def _begins_now(self, machine: Machine, frame: Frame) -> None:
        """A step that has waited for money, and has called nothing yet, begins when it gets it: what others did
        meanwhile came before, and is undone after."""
        memory = self.memory(frame)
        if (
            not memory.waited
            or not memory.overrides
            or memory.attempt > memory.misfits
            or called_again.may_have_happened(memory)
        ):
            return
        assert frame.parent is not None
        step = machine.state.frames[frame.parent]
        machine.starts_now(step)
        if step.path in machine.state.ledger:
            machine.state.ledger[step.path].started = step.started

    def _attempt(self, machine: Machine, frame: Frame, need: Amount | None) -> None:
        memory = self.memory(frame)
        self._begins_now(machine, frame)
        memory.attempt += 1
        tool = machine.definition.tools[memory.tool]
        sealed = machine.definition.signature(tool.name)
        id_ = memory.id if memory.attempt == 1 else f"{memory.id}~{memory.attempt}"
        frame.claim = None if need is None else caps.claim(machine.state, id_, need)
        timeout = policies.call_timeout(tool, called_again.step_of(machine, frame))
        command = CallTool(
            id=id_,
            tool=tool.name,
            arguments=memory.arguments,
            key=memory.key,
            attempt=memory.attempt,
            timeout=timeout,
            heartbeat=tool.heartbeat or (defaults.HEARTBEAT if tool.queue is None else None),
            queue=tool.queue,
            signature=sealed.digest,
            declared=sealed.readable if memory.explains else "",
            summary=title(memory.id),
            verifies=memory.verifies,
            quick=self._is_quick(memory, tool),
            staged=memory.staged,
            schema=staging.schema_of(machine, tool) if memory.staged else None,
            start_within=called_again.start_within(machine, memory),
            claim=frame.claim,
            discreet=discretion.is_discreet(machine.definition, machine.state.flow, tool.name),
            carried=not memory.staged and carrying.is_carried(machine, frame, timeout),
        )
        memory.phase, memory.called_at = "calling", machine.state.now
        machine.issue(frame, command)
        memory.command = command.id
        if memory.attempt - memory.misfits > 1 and not memory.misfit:
            machine.note("attempt", frame, "tool", name=command.summary, attempt=memory.attempt)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case ToolReturned(result=result, unseen=unseen):
                memory = self.memory(frame)
                tool = machine.definition.tools[memory.tool]
                if frame.reserved is not None:
                    reservations.settle(machine, frame, tool_costs.of_result(machine, frame, tool, result))
                self._told(machine, frame)
                value = staging.made_up(machine, tool, result) if memory.staged else result
                machine.end(frame, replace(done(value), unseen=unseen))
            case TimerFired():
                self._again(machine, frame)
            case CallFailed() if (refused := caps.refusal(event)) is not None and frame.claim is not None:
                self._capped(machine, frame, refused)
            case CallFailed():
                if frame.reserved is not None:
                    tool = machine.definition.tools[self.memory(frame).tool]
                    reservations.settle(machine, frame, tool_costs.of_failure(tool, event, frame.reserved))
                self._told(machine, frame, event)
                self._failed(machine, frame, event)

    def _capped(self, machine: Machine, frame: Frame, refused: caps.Refusal) -> None:
        """A cap over runs has no room for the attempt, which was not made."""
        memory = self.memory(frame)
        reservations.settle(machine, frame, Amount())
        memory.misfits += 1
        memory.refused += 1
        delay = caps.again_in(machine.state, refused, memory.refused, memory.key)
        if frame.cancelling:
            machine.end(frame, Exit("cancelled", failure=memory.doubt))
        elif delay is None:
            self.fail(machine, frame, caps.failure(refused, frame.path, memory.attempt))
        else:
            memory.phase, memory.command, memory.waited = "waiting", f"{memory.command}!cap", True
            summary = f"{title(memory.id)}: {refused.cap}"
            machine.issue(frame, SetTimer(memory.command, machine.state.now + delay / 1000, summary))
            if memory.refused == 1:
                machine.note("retrying", frame, "tool", name=title(memory.id), detail=refused.message)

    def _told(self, machine: Machine, frame: Frame, failed: CallFailed | None = None) -> None:
        """An attempt has ended: told to who watches."""
        memory = self.memory(frame)
        if failed is not None and failed.kind == SIGNATURE_MISMATCH and not memory.explains:
            return  # the worker asks what is declared, in words
        traces.attempted(
            machine,
            path=memory.command,
            parent=traces.around(machine, frame),
            name=memory.tool,
            began=memory.called_at,
            number=memory.attempt,
            kind=failed.kind if failed is not None else "",
            lost=failed is not None and failed.silent,
            made_up=memory.staged,
        )

    def _is_quick(self, memory: ToolCallMemory, tool: ToolDeclaration) -> bool:
        """Only the first attempt is, or the second where a worker has asked for the signature in words."""
        first = memory.attempt - memory.explains <= 1
        return first and tool.effect.quick and tool.queue is None and memory.verifies is None

    def _again(self, machine: Machine, frame: Frame) -> None:
        """The wait is over, perhaps long ago: a worker may have been away."""
        memory = self.memory(frame)
        tool = machine.definition.tools[memory.tool]
        if frame.cancelling and not called_again.is_looked_up(machine, frame):
            machine.end(frame, Exit("cancelled", failure=memory.doubt))  # what is around has been given up meanwhile
            return
        if memory.overrides:
            purses.check_time(machine, frame)
        if not called_again.may_have_happened(memory) or policies.may_repeat(
            tool, called_again.key_left(machine, memory)
        ):
            self.enter(machine, frame)
        else:
            forgotten = Failure(NOT_CALLED, f"`{tool.name}` does not know the key of this call any more", frame.path)
            self.fail(machine, frame, memory.doubt or forgotten)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        tool = machine.definition.tools[memory.tool]
        if memory.phase in ("waiting", "reserving"):
            if called_again.is_looked_up(machine, frame):
                return
            if memory.phase == "waiting":
                machine.withdraw(memory.command)
            reservations.stop_waiting(machine, frame)
            machine.end(frame, Exit("cancelled", failure=memory.doubt))
        elif not memory.overrides or not has_lost(machine, frame):
            machine.interrupt(memory.command)
        elif tool.effect.kind == "read" and not memory.costs:
            self._told(machine, frame, abandon(machine, memory.command))
            machine.end(frame, Exit("cancelled"))
        elif not certainty.leaves_doubt(tool, called_again.step_of(machine, frame)):
            machine.interrupt(memory.command)  # any other is let to end, which says how it is undone

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        memory = self.memory(frame)
        if memory.doubt is not None and reservations.did_not_fit(failure):
            message = f"{memory.doubt.message}; the budget has no room to try again: {failure.message}"
            failure = replace(memory.doubt, message=message)
        if memory.doubt is not None:
            failure = replace(failure, unknown=True, running=memory.over_at > machine.state.now)
        machine.end(frame, failed(failure))

    def _failed(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        memory = self.memory(frame)
        tool = machine.definition.tools[memory.tool]
        failure = Failure(event.kind, event.message, frame.path, event.all_details)
        memory.busy_since = memory.busy_since if event.kind == SERVER_UNAVAILABLE else 0.0
        if not certainty.nothing_happened(tool, event):
            if not certainty.is_over(event):
                memory.over_at = (
                    machine.state.now + policies.call_timeout(tool, called_again.step_of(machine, frame)) / 1000
                )
            memory.doubt = replace(failure, unknown=True, running=memory.over_at > machine.state.now)
        elif certainty.speaks_for_all(tool, event):
            early = memory.doubt is not None and memory.over_at > machine.state.now
            if early and not frame.cancelling and called_again.may_ask_later(machine, memory):
                self._wait(machine, frame, event, int(1000 * (memory.over_at - machine.state.now)) + 1)
                return
            memory.doubt = memory.doubt if early else None
        if frame.cancelling and not called_again.is_looked_up(machine, frame):
            machine.end(frame, Exit("cancelled", failure=memory.doubt))
        elif event.kind == SIGNATURE_MISMATCH and not memory.explains:
            memory.explains, memory.misfits = True, memory.misfits + 1
            self._again(machine, frame)
        elif event.kind == SERVER_UNAVAILABLE and tool.http is not None:
            self._busy(machine, frame, event, failure, tool)
        elif event.kind in certainty.MISFIT and called_again.is_patient(machine, frame, event.kind):
            memory.misfits += 1
            memory.misfit = event.message
            self._wait(machine, frame, event, self._misfit_delay(machine, frame, event))
        else:
            self._retry_or_fail(machine, frame, event, failure, tool)

    def _busy(self, machine: Machine, frame: Frame, event: CallFailed, failure: Failure, tool: ToolDeclaration) -> None:
        """The server of a request takes none for now: it is asked again when it says, if there is patience for that."""
        memory, step = self.memory(frame), called_again.step_of(machine, frame)
        memory.misfits += 1
        memory.busy_since = memory.busy_since or machine.state.now
        usual = defaults.LONGEST_PROVIDER_WAIT if memory.overrides else policies.DEFAULT_PATIENCE
        patience = (step.patience if step else None) or tool.patience or usual
        left = int(patience - (machine.state.now - memory.busy_since) * 1000)
        following = policies.after_refusal(event, memory.misfits, left=left, patience=patience)
        if following.what == "again":
            memory.misfit = discretion.words(machine, frame, event.message)
            self._wait(machine, frame, event, following.delay)
        else:
            self.fail(machine, frame, replace(failure, message=f"{failure.message}; {following.reason}"))

    def _retry_or_fail(
        self, machine: Machine, frame: Frame, event: CallFailed, failure: Failure, tool: ToolDeclaration
    ) -> None:
        memory = self.memory(frame)
        memory.misfit = ""
        fetching.lacks_nothing(machine, frame)
        step = called_again.step_of(machine, frame)
        delay = policies.retry_delay(
            tool,
            policies.retry_of(tool, step),
            event,
            memory.attempt - memory.misfits,
            doubt=called_again.may_have_happened(memory),
            key_left=called_again.key_left(machine, memory),
        )
        if delay is None or event.kind == CANCELLED_KIND:
            self.fail(machine, frame, failure)
        else:
            self._wait(machine, frame, event, delay)

    def _misfit_delay(self, machine: Machine, frame: Frame, event: CallFailed) -> int:
        misfits = self.memory(frame).misfits
        if event.kind == OBJECT_MISSING:
            fetching.lacks(machine, frame, event)
            return policies.object_delay(misfits)
        fetching.lacks_nothing(machine, frame)
        return policies.misfit_delay(misfits)

    def _wait(self, machine: Machine, frame: Frame, event: CallFailed, delay: int) -> None:
        memory = self.memory(frame)
        memory.phase = "waiting"
        memory.command = f"{memory.id}~{memory.attempt}!retry"
        summary = f"{title(memory.id)}: attempt {memory.attempt + 1}"
        machine.issue(frame, SetTimer(memory.command, machine.state.now + delay / 1000, summary))
        if memory.misfits - memory.explains <= 1 or not memory.misfit:
            unfit = memory.misfit and event.kind in (NOT_REGISTERED, SIGNATURE_MISMATCH, WORKER_BUSY)
            detail = self.detail(frame) if unfit else discretion.told(machine, frame, event)
            machine.note("retrying", frame, "tool", name=summary, attempt=memory.attempt, detail=detail)

    def buys(self, frame: Frame) -> tuple[str, str] | None:
        return self.memory(frame).tool, ""

    def attempt(self, frame: Frame) -> int:
        return self.memory(frame).attempt

    def doing(self, frame: Frame) -> str:
        memory = self.memory(frame)
        if frame.cancelling or memory.phase == "calling":
            return super().doing(frame)
        if memory.phase == "reserving":
            return "waiting"
        return "waiting" if memory.misfit else "retrying"

    def detail(self, frame: Frame) -> str:
        misfit = self.memory(frame).misfit
        if misfit and self.memory(frame).busy_since:
            return f"waits for its server: {misfit}"
        return f"waits for a worker that has it: {misfit}" if misfit else ""

    def lacks_worker(self, frame: Frame) -> str:
        memory = self.memory(frame)
        by_chance = memory.misfits - memory.explains < 2
        return "" if by_chance or memory.busy_since else self.detail(frame)
