"""A step that calls a tool: the call, what is known of its effect, and its entry in the ledger.

The entry is opened before the call is issued, and each way out of this file settles it:

- the tool answered: `done`, with its undo; an answer that cannot be read says that it happened all the same, so its
  undo is worded from what can be read of it, and where that does not do, it is settled like an unknown outcome;
- nothing happened: the entry leaves the ledger;
- nobody knows. Going forward: the key (the call is made again, in `tool_call`), `verify`, and else the step fails as
  `OutcomeUnknown`. On the way out nothing is called again only to be undone: `verify`, else an undo that needs no
  result, else the entry stays, uncertain.

**When a verification is believed.** What it finds is the result, whenever it finds it. That it finds nothing says only
that nothing has happened *yet*, as long as the attempt may still be at work. So a null counts when the attempt is known
to have ended (its worker answered), or when it was asked for after the settling time was over, and the worker that is
asked does not still run the call. Then the call is made once more, and no further.
"""

from dataclasses import replace
from decimal import Decimal
from typing import cast

from dsl.ast import defaults
from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Step
from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from interpreter.boundary.failures import INVALID_OUTPUT, OUTCOME_UNKNOWN, STILL_RUNNING
from interpreter.core import answers, certainty, chosen, ledger, locks, policies, purses, reservations, tool_costs
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.calls import asked_for, evaluate_arguments, promised, step_of, word_calls
from interpreter.core.constructs.construct import Construct, end_step
from interpreter.core.constructs.tool_call import open_call
from interpreter.core.events import Acquired, Event
from interpreter.core.fan_memory import has_lost
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, Exit, Failure, FlowFailed, done, failed
from interpreter.core.staging import captures, is_staged, note_captured
from interpreter.core.state import Amount, Entry, Frame
from interpreter.core.step_memory import ToolStepMemory, as_chosen
from interpreter.core.wording import title


class ToolStepConstruct(Construct[ToolStepMemory]):
    remembers = ToolStepMemory
    node = "tool"
    is_one_call = True

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, tool = _parts(machine, frame)
        arguments = self.memory(frame).arguments
        if not self.memory(frame).asked_for:
            arguments = evaluate_arguments(machine, frame, step.call, asked_for(tool))
            self._work_out(machine, frame, step)
        filled: dict[str, Value] = {
            each.name: _key(machine, frame) for each in tool.parameters if each.name == tool.key
        }
        lock = tool.exclusive if not captures(machine.state, tool) else None
        by = machine.evaluate(frame, "lock", lock.by, arguments | filled, closed=True) if lock is not None else None
        self.memory(frame).arguments = arguments | filled
        if lock is not None:
            self.memory(frame).phase = "locking"
            locks.ask(machine, frame, tool.name, by, lock.up_to, lock.within)
        else:
            self._reserve(machine, frame)

    def _work_out(self, machine: Machine, frame: Frame, step: Step) -> None:
        """How long an attempt may take, and how many there may be, where the step says it by a value."""
        memory = self.memory(frame)
        if step.timeout is not None and step.chosen_timeout is not None:
            memory.timeout = chosen.length(machine, frame, "timeout", step.chosen_timeout, step.timeout)
        if step.retry is not None and step.retry.chosen is not None:
            memory.retries = chosen.count(machine, frame, "retry", step.retry.chosen, step.retry.times)

    def called(self, machine: Machine, frame: Frame) -> str:
        return _parts(machine, frame)[1].name

    def granted(self, machine: Machine, frame: Frame) -> None:
        machine.starts_now(frame)
        self._reserve(machine, frame)

    def _reserve(self, machine: Machine, frame: Frame) -> None:
        """What it may cost is set aside by the call, attempt by attempt; where that does not fit, nothing is begun."""
        tool = _parts(machine, frame)[1]
        self.memory(frame).phase = "reserving"
        costs = None if captures(machine.state, tool) else tool_costs.most(tool)
        if reservations.reserve(machine, frame, Amount(costs.usd if costs is not None else Decimal(0), calls=1)):
            reservations.settle(machine, frame, Amount(calls=1))
            machine.note("started", frame, "tool", detail=tool.name)
            self._call(machine, frame)

    def _call(self, machine: Machine, frame: Frame, first_at: float | None = None) -> None:
        """`first_at` is when the same call was made first; else it is now."""
        step, tool = _parts(machine, frame)
        memory = self.memory(frame)
        memory.phase, memory.unknown = "calling", None
        memory.called_at = machine.state.now if first_at is None else first_at
        undo = _undo(step, tool)
        if frame.path not in machine.state.ledger and (undo or certainty.counts(tool)):
            ledger.open_entry(
                machine.state,
                frame.path,
                tool.name,
                started=frame.started,
                counts=certainty.counts(tool),
                owes=bool(undo),
            )
        again = f"~again{memory.reruns}" if memory.reruns else ""
        arguments = to_wire(memory.arguments)
        staged = self._is_captured(machine, frame, tool)
        if staged:
            note_captured(machine, frame, "tool", "", tool.name, arguments)
        open_call(
            machine,
            frame,
            "/call",
            tool.name,
            arguments,
            id_=frame.path + again,
            key=_key(machine, frame),
            overrides=True,
            staged=staged,
            by_agent=bool(memory.asked_for),
            first_at=memory.called_at,
        )

    def _is_captured(self, machine: Machine, frame: Frame, tool: ToolDeclaration) -> bool:
        """What has happened already is asked for its answer for real. The entry says what its undo will be."""
        if self.memory(frame).unreadable is not None:
            return False
        entry = machine.state.ledger.get(frame.path)
        if entry is not None:
            entry.staged = is_staged(machine.state)
        return captures(machine.state, tool)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        """What is being settled is settled; nothing else is waited for."""
        phase = self.memory(frame).phase
        if phase == "locking":
            locks.leave(machine, frame)
            end_step(machine, frame, CANCELLED, "tool")
        elif phase == "reserving":
            reservations.stop_waiting(machine, frame)
            end_step(machine, frame, CANCELLED, "tool")
        elif phase == "calling":
            super().cancel(machine, frame)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """A task of this step met a failure. Whatever it was: an entry that is open is not known."""
        entry = machine.state.ledger.get(frame.path)
        if entry is not None and entry.state == "open":
            entry.state, entry.reason = "uncertain", f"{failure.kind}: {failure.message}"
        end_step(machine, frame, failed(failure), "tool")

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if self.memory(frame).phase == "verifying":
            self._verified(machine, frame, exit_)
        elif exit_.kind == "done":
            self._answered(machine, frame, exit_)
        elif exit_.failure is not None and exit_.failure.unknown:
            self._unknown(machine, frame, exit_.failure)
        elif (unreadable := self.memory(frame).unreadable) is not None:
            self._unknown(machine, frame, unreadable)  # this call had no effect; the one before it had
        else:
            ledger.never_happened(machine.state, frame.path)
            end_step(machine, frame, exit_, "tool")

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        """The settling time is over; or the lock has come, or did not come in time."""
        _, tool = _parts(machine, frame)
        if self.memory(frame).phase != "locking":
            if not locks.is_of_a_wait(frame, event):
                self._verify(machine, frame)
        elif type(event) is Acquired:
            locks.is_held(machine, frame)
            machine.starts_now(frame)
            self._reserve(machine, frame)
        elif tool.exclusive is not None and not locks.asks_again(machine, frame):
            locks.leave(machine, frame)
            end_step(machine, frame, failed(locks.timed_out(frame, tool.exclusive.within)), "tool")

    # -- what is known

    def _answered(self, machine: Machine, frame: Frame, answer: Exit, *, last: bool = False) -> None:
        """It happened; `answer` says what came of it, when it can be read. The `last` one is not asked for again."""
        _, tool = _parts(machine, frame)
        value, problems = answers.read(machine, frame, answer, tool.returns)
        if problems:
            self._unreadable(machine, frame, answer.value, problems, last=last)
            return
        entry = machine.state.ledger.get(frame.path)
        if entry is not None:
            self._done(machine, frame, entry, value)
        end_step(machine, frame, done(value), "tool", stays=certainty.counts(tool))

    def _done(self, machine: Machine, frame: Frame, entry: Entry, result: Value) -> None:
        step, tool = _parts(machine, frame)
        calls = _undo(step, tool)
        if not calls:
            ledger.never_happened(machine.state, frame.path)  # nothing that anybody could undo
            return
        self._word_undo(machine, frame, entry, calls, {"result": result})
        entry.state = "done"

    def _unreadable(self, machine: Machine, frame: Frame, result: Value, problems: str, *, last: bool) -> None:
        _, tool = _parts(machine, frame)
        message = f"`{tool.name}` answered with something that does not fit its type: {problems}"
        failure = Failure(INVALID_OUTPUT, message, frame.path)
        entry = machine.state.ledger.get(frame.path)
        if entry is None:
            end_step(machine, frame, failed(failure), "tool")
            return
        calls = _undo(*_parts(machine, frame))
        worded = bool(calls) and self._word_undo(machine, frame, entry, calls, {"result": result})
        if worded or not entry.counts:  # each execution of it is alike, so there is no doubt: it is done
            entry.state = "done"
            end_step(machine, frame, failed(failure), "tool")
        elif last:
            self._give_up(machine, frame, replace(failure, unknown=True))
        elif self._may_read_again(machine, frame, tool):
            memory = self.memory(frame)
            memory.reruns, memory.unreadable = memory.reruns + 1, replace(failure, unknown=True)
            self._call(machine, frame, first_at=memory.called_at)
        else:
            self._unknown(machine, frame, replace(failure, unknown=True))

    def _may_read_again(self, machine: Machine, frame: Frame, tool: ToolDeclaration) -> bool:
        """Whether the call can be made once more for its answer: as long as the tool knows its key."""
        memory, known_for = self.memory(frame), tool.effect.keyed_for
        in_time = known_for is None or machine.state.now - memory.called_at < known_for / 1000
        ends = (frame.cancelling and not has_lost(machine, frame)) or purses.time_is_over(machine, frame) is not None
        return tool.effect.keyed and in_time and memory.reruns < defaults.MOST_RERUNS and not ends

    # -- what is not known

    def _unknown(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        step, tool = _parts(machine, frame)
        memory = self.memory(frame)
        settling = ((tool.verify.after if tool.verify else None) or policies.call_timeout(tool, step)) / 1000
        entry = machine.state.ledger.get(frame.path)
        if entry is not None and failure.running:
            entry.over_at = machine.state.now + settling
        if tool.verify is None or tool.verify.call is None or entry is None:
            self._give_up(machine, frame, failure)
            return
        memory.unknown = failure
        memory.believed_from = machine.state.now + settling if failure.running else None
        memory.given_up = machine.state.now + max(defaults.LONGEST_SETTLING / 1000, 10 * settling)
        self._verify(machine, frame)

    def _verify(self, machine: Machine, frame: Frame) -> None:
        _, tool = _parts(machine, frame)
        memory = self.memory(frame)
        assert tool.verify is not None
        assert tool.verify.call is not None
        assert memory.unknown is not None
        call = tool.verify.call
        reader, key = machine.definition.tools[call.target], _key(machine, frame)
        try:
            arguments = evaluate_arguments(
                machine, frame, call, asked_for(reader), memory.arguments | {"key": key}, "verify"
            )
        except (EvaluationError, FlowFailed) as error:
            reason = f"{memory.unknown.message}; its verification cannot be worded: {error}"
            self._give_up(machine, frame, replace(memory.unknown, message=reason))
            return
        memory.phase = "verifying"
        place = f"/verify{memory.verified or ''}"
        memory.verified += 1
        memory.verified_at = machine.state.now
        open_call(
            machine,
            frame,
            "/verify",
            reader.name,
            to_wire(arguments),
            id_=frame.path + place,
            key=key + place,
            verifies=key,
        )

    def _verified(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        memory = self.memory(frame)
        assert memory.unknown is not None
        if exit_.kind == "done" and exit_.value is not None:
            self._answered(machine, frame, exit_, last=True)
        elif exit_.kind == "done" and self._is_believed(memory):
            self._did_not_happen(machine, frame, memory.unknown)
        elif exit_.kind == "done":
            assert memory.believed_from is not None
            self._settle_at(machine, frame, memory.believed_from)
        elif exit_.failure is not None and exit_.failure.kind == STILL_RUNNING:
            memory.believed_from = max(memory.believed_from or 0.0, machine.state.now)
            wait = policies.backoff(None, memory.verified) / 1000
            if machine.state.now + wait > memory.given_up:
                self._give_up(machine, frame, memory.unknown)
            else:
                self._settle_at(machine, frame, machine.state.now + wait)
        else:
            self._give_up(machine, frame, memory.unknown)

    def _is_believed(self, memory: ToolStepMemory) -> bool:
        """By when it was asked: what is heard of late, because no worker was there, was looked up long before."""
        return memory.believed_from is None or memory.verified_at >= memory.believed_from

    def _did_not_happen(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        memory = self.memory(frame)
        if frame.cancelling:
            ledger.never_happened(machine.state, frame.path)
            end_step(machine, frame, CANCELLED, "tool")
        elif memory.reruns >= defaults.MOST_RERUNS:
            ledger.never_happened(machine.state, frame.path)
            end_step(machine, frame, failed(replace(failure, unknown=False, running=False)), "tool")
        elif (late := purses.time_is_over(machine, frame)) is not None:
            ledger.never_happened(machine.state, frame.path)
            end_step(machine, frame, failed(late), "tool")
        else:
            memory.reruns += 1
            machine.note("attempt", frame, "tool", attempt=memory.reruns + 1, detail="it had not happened")
            self._call(machine, frame)

    def _settle_at(self, machine: Machine, frame: Frame, moment: float) -> None:
        memory = self.memory(frame)
        memory.phase = "settling"
        summary = f"{title(frame.path)}: verify again"
        machine.issue(frame, SetTimer(f"{frame.path}!settle{memory.verified}", moment, summary))

    def _give_up(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """Nobody can say whether it happened: it stays in the ledger, and the step fails."""
        _, tool = _parts(machine, frame)
        entry = machine.state.ledger.get(frame.path)
        if entry is not None:
            self._uncertain(machine, frame, entry, failure)
        failure = replace(failure, unknown=False, running=False)
        if certainty.counts(tool):
            message = f"nobody knows whether `{tool.name}` took effect ({failure.kind}: {failure.message})"
            cause = {"kind": failure.kind, "message": failure.message}
            failure = Failure(OUTCOME_UNKNOWN, message, frame.path, cause, unknown=True)
        end_step(machine, frame, failed(failure), "tool")

    def _uncertain(self, machine: Machine, frame: Frame, entry: Entry, failure: Failure) -> None:
        calls = _undo(*_parts(machine, frame))
        worded = bool(calls) and not certainty.needs_result(calls) and self._word_undo(machine, frame, entry, calls, {})
        if not worded and not entry.counts:
            ledger.never_happened(machine.state, frame.path)  # doing it again, or not, changes nothing
            return
        entry.state = "uncertain"
        if not worded:
            why_not = f"; {entry.reason}" if entry.reason else ""
            entry.undo_tool, entry.reason = None, f"{failure.kind}: {failure.message}{why_not}"
            entry.promise = promised(machine, frame, calls, self._seen(machine, frame))
        machine.note("uncertain", frame, "tool", detail=entry.tool)

    def _word_undo(
        self, machine: Machine, frame: Frame, entry: Entry, calls: tuple[Call, ...], result: dict[str, Value]
    ) -> bool:
        """Put what undoes this into the entry; False, with the reason, when its arguments have no value.

        The undo of a tool's own declaration sees the tool's parameters, that of a step the names around the step.
        """
        try:
            ledger.put(entry, word_calls(machine, frame, calls, self._seen(machine, frame) | result))
        except (EvaluationError, FlowFailed) as error:
            entry.undo_tool, entry.reason = calls[0].target, f"the undo cannot be worded: {error}"
            return False
        return True

    def _seen(self, machine: Machine, frame: Frame) -> dict[str, Value]:  # by an undo, before the names around
        return {} if _parts(machine, frame)[0].compensate else self.memory(frame).arguments

    # -- what people see

    def doing(self, frame: Frame) -> str:
        if not frame.cancelling and self.memory(frame).phase in ("locking", "reserving", "settling"):
            return "waiting"
        return super().doing(frame)

    def detail(self, frame: Frame) -> str:
        if self.memory(frame).phase == "locking":
            return locks.WAITS
        return "is being settled: nobody knows yet whether it took effect" if self.memory(frame).unknown else ""


def _parts(machine: Machine, frame: Frame) -> tuple[Step, ToolDeclaration]:
    memory = cast(ToolStepMemory, frame.memory)
    step = as_chosen(step_of(machine, frame, memory.asked_for), memory)
    return step, machine.definition.tools[step.call.target]


def _undo(step: Step, tool: ToolDeclaration) -> tuple[Call, ...]:
    compensate = step.compensate or tool.compensate
    return compensate.calls if compensate is not None else ()


def _key(machine: Machine, frame: Frame) -> str:
    return f"{machine.state.key_base}/{frame.path}"
