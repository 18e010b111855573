"""One model until it is settled: what is reserved for an attempt, the attempt, the waits between attempts.

Opened by a step that calls an agent, for each model and each time that it is asked anew. It ends `done` with what the
model said, `failed` as its last attempt did, or cancelled; `model_questions.heard` reads either end.

An attempt that was lost with its worker, or by a timeout, is charged what it may have cost, and made again. Where the
budget has no room for that, the failure of the lost attempt is the one that is told: it came first, and the budget is
used up only because of it.
"""

from dataclasses import replace
from math import inf

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.duration import format_duration
from interpreter.boundary.failures import NO_PROVIDER, OBJECT_MISSING
from interpreter.boundary.payloads import ChatUsage
from interpreter.core import (
    batches,
    caps,
    carrying,
    counting,
    discretion,
    fetching,
    heard_of_models,
    lefts,
    model_costs,
    model_questions,
    policies,
    reservations,
    traces,
)
from interpreter.core.commands import AttemptModel, SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.events import CallFailed, Event, ModelAnswered, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.model_questions import ModelCallMemory
from interpreter.core.outcomes import CANCELLED, Failure, failed
from interpreter.core.state import Amount, Frame
from interpreter.core.wording import title


def open_model_call(machine: Machine, frame: Frame, memory: ModelCallMemory) -> None:
    """Ask the model of `memory.request` from `frame`."""
    machine.open(frame, "/call", "ModelCall", address="", memory=memory)


class ModelCallConstruct(Construct[ModelCallMemory]):
    remembers = ModelCallMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        self.granted(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        """Reserve for the next attempt, and make it."""
        memory = self.memory(frame)
        memory.phase, memory.waits = "reserving", ""
        need = model_costs.most(machine.state, frame.purse, memory.request, memory.most_answer, whole=memory.whole)
        if reservations.reserve(machine, frame, need):
            self._ask(machine, frame, need)

    def _ask(self, machine: Machine, frame: Frame, need: Amount) -> None:
        memory = self.memory(frame)
        answer_tokens = need.tokens - model_costs.tokens_sent(memory.request)
        memory.tries += 1
        memory.attempt += 1
        memory.phase, memory.asked_at = "asking", machine.state.now
        agent = _agent(machine, memory)
        memory.command = memory.id if memory.attempt == 1 else f"{memory.id}~{memory.attempt}"
        frame.claim = caps.claim(machine.state, memory.command, need, memory.request.model)
        known = machine.state.refuses.get(memory.request.model, [])
        without = sorted({*memory.request.without, *known})
        memory.request = replace(
            memory.request,
            max_output_tokens=answer_tokens,
            attempt=memory.attempt,
            without=without,
            caps=[page.cap for page in frame.claim.pages] if frame.claim is not None else [],
        )
        if agent.batch is not None and batches.join(machine, frame, memory.request, agent.queue, agent.batch):
            memory.phase = "in a batch"
        else:
            queue = agent.queue or machine.state.lanes.get(memory.request.model)
            summary, timeout = title(memory.id), memory.timeout
            carried = carrying.is_carried(machine, frame, timeout)
            attempt = AttemptModel(memory.command, memory.request, timeout, summary, queue, frame.claim, carried)
            machine.issue(frame, attempt)
        if memory.attempt > 1 and not memory.refused and (memory.lost is None or memory.lost.kind != NO_PROVIDER):
            self._note(machine, frame, "attempt", memory.request.model)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case ModelAnswered():
                self._answered(machine, frame, event)
            case CallFailed():
                self._failed(machine, frame, event)
            case TimerFired():
                self.granted(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if memory.phase == "asking":
            machine.interrupt(memory.command)
            return
        if memory.phase == "in a batch":
            was_sent, reserved = batches.leave(machine, frame), frame.reserved
            assert reserved is not None
            frame.claim = frame.claim if was_sent else None
            reservations.settle(machine, frame, reserved if was_sent else Amount())
            counting.charged(machine, frame, reserved if was_sent else Amount())
        reservations.stop_waiting(machine, frame)
        if memory.phase == "waiting":
            machine.withdraw(memory.command)
        machine.end(frame, CANCELLED)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        lost = self.memory(frame).lost
        if lost is None or not reservations.did_not_fit(failure):
            machine.end(frame, failed(failure))
            return
        message = f"{lost.message}; the budget has no room to ask again: {failure.message}"
        lost = replace(lost, message=message)
        machine.end(frame, model_questions.failed(lost, self.memory(frame).attempt, budget=failure.details))

    def _answered(self, machine: Machine, frame: Frame, event: ModelAnswered) -> None:
        result, reserved = event.result, frame.reserved
        assert reserved is not None
        spent = model_costs.of_usage(machine.state, self.memory(frame).request, vars(result.usage))
        reservations.settle(machine, frame, spent or reserved, made_up=result.rehearsal)
        reported = None if spent is None else result.usage
        self._told(machine, frame, spent or reserved, reported, made_up=result.rehearsal)
        machine.state.rehearsal = machine.state.rehearsal or result.rehearsal
        memory = self.memory(frame)
        cut = model_costs.as_long_as_it_may_be(vars(result.usage), memory.request)
        most = memory.request.max_output_tokens
        sent = model_costs.tokens_sent(memory.request)
        machine.end(frame, model_questions.said(result, memory.attempt, cut=cut, most=most, sent=sent))

    def _failed(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        memory, reserved = self.memory(frame), frame.reserved
        assert reserved is not None
        if (refused := caps.refusal(event)) is not None:
            self._capped(machine, frame, refused)
            return
        memory.refused = 0
        cost = model_costs.of_failure(machine.state, memory.request, event, reserved)
        reservations.settle(machine, frame, cost)
        self._told(machine, frame, cost, model_costs.reported(event), event)
        if frame.cancelling:
            machine.end(frame, CANCELLED)
            return
        if event.kind == OBJECT_MISSING:
            self._wait_for_object(machine, frame, event)
            return
        fetching.lacks_nothing(machine, frame)
        if self._refuses_parts(machine, frame, event) or self._takes_less(machine, frame, event):
            return
        following = self._following(machine, frame, event)
        kind, message = policies.in_our_words(event)
        message += f"; {following.reason}" if following.reason else ""
        memory.lost = Failure(kind, message, frame.path)
        if following.what == "again":
            self._wait(machine, frame, following.delay)
        else:
            cut, most = model_costs.was_cut(event, memory.request), memory.request.max_output_tokens
            machine.end(frame, model_questions.failed(memory.lost, memory.attempt, cut=cut, most=most))

    def _capped(self, machine: Machine, frame: Frame, refused: caps.Refusal) -> None:
        """A cap over runs has no room for the attempt, which was not made."""
        memory = self.memory(frame)
        reservations.settle(machine, frame, Amount())
        memory.tries -= 1
        memory.refused += 1
        delay = caps.again_in(machine.state, refused, memory.refused, f"{machine.state.key_base}/{memory.id}")
        if frame.cancelling:
            machine.end(frame, CANCELLED)
        elif delay is None:
            machine.end(frame, failed(caps.failure(refused, frame.path, memory.attempt)))
        else:
            memory.phase, memory.waits, memory.command = "waiting", refused.message, f"{memory.command}!cap"
            summary = f"{title(memory.id)}: {refused.cap}"
            machine.issue(frame, SetTimer(memory.command, machine.state.now + delay / 1000, summary))
            if memory.refused == 1:
                self._note(machine, frame, "retrying", refused.message)

    def _refuses_parts(self, machine: Machine, frame: Frame, event: CallFailed) -> bool:
        """Whether the server does not take some of the request, so that it is asked at once without that. The run
        remembers it, so it is heard once from each model.
        """
        memory = self.memory(frame)
        model, without = memory.request.model, memory.request.without
        parts = [part for part in model_costs.refused_parts(event) if part not in without]
        if not parts:
            return False
        heard_of_models.refuses(machine.state, model, parts)
        memory.request = replace(memory.request, without=sorted({*without, *parts}))
        memory.tries -= 1
        named = " and ".join(f"`{part}`" for part in parts)
        said = discretion.words(machine, frame, event.message)
        detail = f"{model} does not take {named}: asked again without it ({said})"
        self._note(machine, frame, "adapted", detail)
        self.granted(machine, frame)
        return True

    def _takes_less(self, machine: Machine, frame: Frame, event: CallFailed) -> bool:
        """Whether the server says how long the answer may be, so that it is asked once more, at once, with that."""
        memory, told = self.memory(frame), model_costs.told_ceiling(event)
        if told is None or memory.lowered or told[0] >= memory.request.max_output_tokens:
            return False
        most, of_model = told
        if of_model:
            heard_of_models.answers_at_most(machine.state, memory.request.model, most)
        if most <= memory.too_short:
            return False
        memory.lowered, memory.most_answer = True, min(memory.most_answer, most)
        memory.tries -= 1
        whose = memory.request.model if of_model else f"{memory.request.model} with this prompt"
        said = discretion.words(machine, frame, event.message)
        detail = f"{whose} answers with at most {most:,} tokens: asked again with that ceiling ({said})"
        self._note(machine, frame, "adapted", detail)
        self.granted(machine, frame)
        return True

    def _following(self, machine: Machine, frame: Frame, event: CallFailed) -> policies.NextAttempt:
        memory = self.memory(frame)
        if event.kind == NO_PROVIDER and event.certainty == "answered":
            memory.tries -= 1
            memory.unfit += 1
            return policies.after_no_provider(memory.unfit)
        end = lefts.deadline(machine.state, frame.purse)
        return policies.after_model_failure(
            event,
            memory.tries,
            patience=memory.patience,
            seed=f"{machine.state.key_base}/{memory.id}",
            retry=_agent(machine, memory).retry,
            others=_agent(machine, memory).models[-1] != memory.request.model,
            left=inf if end is None else 1000 * (end - machine.state.now),
        )

    def _wait(self, machine: Machine, frame: Frame, delay: int) -> None:
        memory = self.memory(frame)
        assert memory.lost is not None
        memory.phase = "waiting"
        memory.command = f"{memory.id}~{memory.attempt}!retry"
        reason = discretion.told(machine, frame, memory.lost)
        memory.waits = f"{reason}; again in {format_duration(-(-delay // 1000) * 1000)}"
        summary = f"{title(memory.id)}: {memory.lost.kind}"
        machine.issue(frame, SetTimer(memory.command, machine.state.now + delay / 1000, summary))
        if memory.unfit <= 1 or memory.lost.kind != NO_PROVIDER:
            self._note(machine, frame, "retrying", memory.waits)

    def _wait_for_object(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        """The model was not asked: a text of the prompt cannot be read. That is no attempt that it has used up."""
        memory = self.memory(frame)
        memory.tries -= 1
        memory.unread += 1
        fetching.lacks(machine, frame, event)
        memory.phase = "waiting"
        memory.command = f"{memory.id}~{memory.attempt}!object"
        at = machine.state.now + policies.object_delay(memory.unread) / 1000
        machine.issue(frame, SetTimer(memory.command, at, f"{title(memory.id)}: waits for an object"))

    def _told(
        self,
        machine: Machine,
        frame: Frame,
        cost: Amount,
        usage: ChatUsage | None,
        failed: CallFailed | None = None,
        *,
        made_up: bool = False,
    ) -> None:
        """An attempt has ended: counted at its agent, and told to who watches."""
        memory = self.memory(frame)
        counting.charged(machine, frame, cost, usage)
        traces.attempted(
            machine,
            path=memory.command,
            parent=memory.id,
            name=memory.request.model,
            began=memory.asked_at,
            number=memory.attempt,
            agent=memory.request.agent,
            kind=failed.kind if failed is not None else "",
            lost=failed is not None and failed.silent,
            usage=usage,
            cost=cost,
            made_up=made_up,
        )

    def _note(self, machine: Machine, frame: Frame, kind: str, detail: str) -> None:
        """People are told of the step: a call is how it works."""
        assert frame.parent is not None
        machine.note(
            kind, machine.state.frames[frame.parent], "agent", attempt=self.memory(frame).attempt, detail=detail
        )

    def buys(self, frame: Frame) -> tuple[str, str] | None:
        request = self.memory(frame).request
        return request.agent, request.model

    def attempt(self, frame: Frame) -> int:
        return self.memory(frame).attempt

    def doing(self, frame: Frame) -> str:
        if frame.cancelling:
            return "cancelling"
        return _DOING[self.memory(frame).phase]

    def detail(self, frame: Frame) -> str:
        return self.memory(frame).waits

    def lacks_worker(self, frame: Frame) -> str:
        memory = self.memory(frame)
        if memory.unfit < 2 or memory.lost is None or memory.lost.kind != NO_PROVIDER:
            return ""
        return f"waits for a worker that can ask its model: {memory.lost.message}"


_DOING = {"reserving": "waiting", "asking": "running", "in a batch": "waiting", "waiting": "retrying"}


def _agent(machine: Machine, memory: ModelCallMemory) -> AgentDeclaration:
    """Whose question it is."""
    return machine.definition.agents[memory.request.agent]
