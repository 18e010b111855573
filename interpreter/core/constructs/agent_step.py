"""A step that calls an agent, or an agent that another one calls: think, act, until it answers.

Its texts, its budget, and one model after the other, each asked in a frame below (`model_call`). A model that asks for
calls gets them in a frame of their own (`turn`), and is asked again with what came of them. An answer that does not fit
its type is asked for again with the reason, a bounded number of times (`models_asked`). An agent without tools is one
structured completion. A conversation that has grown too long is summarised before the next question (`summaries`).
"""

import json
from dataclasses import replace
from typing import Any, cast

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.defaults import LONGEST_PROVIDER_WAIT, MODEL_TIMEOUT
from dsl.ast.people import Stage
from dsl.ast.statements import Step, transcript_name
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.offers import name_in_flows
from dsl.values.schema import Unwrappable, json_schema, unwrap
from dsl.values.validate import validate
from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.view import Counts
from interpreter.core import (
    agent_files,
    agent_talks,
    caps,
    chosen,
    counting,
    discretion,
    longer_answers,
    model_answers,
    model_costs,
    more,
    purses,
    summaries,
    talks,
    telling,
    traces,
)
from interpreter.core.agent_memory import AgentStepMemory, TurnMemory, open_turn, turn_path
from interpreter.core.asked_calls import MOST_MISSES
from interpreter.core.constructs.calls import describe, evaluate_arguments, step_of
from interpreter.core.constructs.construct import end_step
from interpreter.core.constructs.model_call import open_model_call
from interpreter.core.constructs.parks import Given, Parks
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.model_answers import Read
from interpreter.core.model_questions import Heard, ModelCallMemory, heard
from interpreter.core.models_asked import ModelsAsked
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure, done, failed
from interpreter.core.parking import Parking
from interpreter.core.state import Frame


class AgentStepConstruct(Parks[AgentStepMemory]):
    remembers = AgentStepMemory
    node = "agent"
    is_one_call = True

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, agent = _parts(machine, frame)
        memory = self.memory(frame)
        arguments = memory.arguments
        if not memory.asked_for:
            arguments = evaluate_arguments(machine, frame, step.call, agent.parameters)
        prompt, instructions = (
            machine.evaluate(frame, part, expression, arguments, closed=True) if expression is not None else None
            for part, expression in (("prompt", agent.prompt), ("instructions", agent.instructions))
        )
        budget = None if agent.budget is None else chosen.limits(machine, frame, agent.budget, arguments)
        if step.chosen_timeout is not None and step.timeout is not None and not memory.asked_for:
            memory.timeout = chosen.length(machine, frame, "timeout", step.chosen_timeout, step.timeout)
        memory.files = agent_files.shown(machine, frame, agent, arguments)
        talk = agent_talks.begin(machine, frame, step, agent, arguments, memory.given)
        memory.prompt, memory.instructions, memory.talk = to_wire(prompt), to_wire(instructions), talk
        memory.arguments = arguments if agent.uses else {}
        memory.schema = json.dumps(json_schema(agent.returns, machine.definition.types, for_model=True))
        machine.note("started", frame, "agent", detail=agent.name)
        if budget is not None:
            memory.turns = budget.turns
            purses.open_purse(machine, frame, budget)
        self._ask(machine, frame)

    def _ask(self, machine: Machine, frame: Frame, *, whole: bool = False) -> None:
        step, agent = _parts(machine, frame)
        memory = self.memory(frame)
        if memory.talk is not None and memory.talk.turns == agent_talks.most_turns(agent, memory):
            self._out_of_turns(machine, frame, agent_talks.out_of_turns(agent, frame, memory.talk.turns))
            return
        if memory.talk is not None and agent_talks.open_summary(machine, frame, agent, memory.talk):
            return
        request = self._request(machine, frame)
        asked = memory.asked
        memory.turn_began = memory.turn_began or machine.state.now
        most = model_costs.ceiling(machine.state, request.model, asked.ceiling or agent.answer_tokens)
        asking = ModelCallMemory(
            request,
            id=frame.path if memory.talk is None else turn_path(frame, memory.talk.turns),
            most_answer=most,
            timeout=memory.timeout or step.timeout or agent.timeout or MODEL_TIMEOUT,
            patience=LONGEST_PROVIDER_WAIT if agent.patience is None else agent.patience,
            whole=whole,
            attempt=memory.attempts,
            too_short=asked.cut_at,
        )
        open_model_call(machine, frame, asking)

    def _request(self, machine: Machine, frame: Frame) -> ChatRequest:
        """To the model whose turn it is."""
        _, agent = _parts(machine, frame)
        memory = self.memory(frame)
        model = agent.models[memory.asked.model]
        kept = memory.talk is not None and memory.talk.turns > 0
        schema = memory.schema if type(memory.schema) is str else json.dumps(memory.schema)
        return ChatRequest(
            *(agent.name, model, *(("", None) if kept else (memory.prompt, memory.instructions))),
            temperature=float(agent.temperature) if agent.temperature is not None else None,
            schema_text=None if kept else schema,
            feedback=memory.asked.feedback,
            refused=memory.asked.refused,
            without=list(machine.state.refuses.get(model, [])),
            talk=None if memory.talk is None else agent_talks.sent(machine, frame, agent, memory.talk),
            reasoning=agent.reasoning,
            seed=agent.seed,
            batch=agent.batch is not None,
            files=[] if kept else list(memory.files),
            discreet=discretion.is_discreet(machine.definition, machine.state.flow, agent.name),
        )

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        """The time of the agent's own budget is over."""
        self.memory(frame).expired = purses.expired(machine, frame)
        self.cancel(machine, frame)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._end(machine, frame, failed(failure))

    def asks(self, machine: Machine, frame: Frame) -> tuple[Stage, ...]:
        return _parts(machine, frame)[1].asks

    def can_ask(self, frame: Frame) -> bool:
        return self.memory(frame).expired is None

    def parking(self, frame: Frame) -> Parking | None:
        return self.memory(frame).parking

    def parks(self, frame: Frame) -> Parking:
        memory = self.memory(frame)
        memory.parking = memory.parking or Parking()
        return memory.parking

    def _out_of_turns(self, machine: Machine, frame: Frame, short: Failure) -> None:
        if not more.may_ask(machine, machine.state.purses[frame.path]):
            self._end(machine, frame, failed(short))
            return
        self.parks(frame).short = short
        more.ask(machine, frame, "turns", f"{short.message}. How many more may there be?")

    def given(self, machine: Machine, frame: Frame, short: Failure, given: Given | None) -> None:
        memory = self.memory(frame)
        if frame.cancelling or memory.expired is not None:
            self._end(machine, frame, CANCELLED)
        elif given is None:
            self._end(machine, frame, failed(short))
        else:
            memory.more_turns += given["turns"]
            self._ask(machine, frame)

    def ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        if exit_.kind == "cancelled" or frame.cancelling or memory.expired is not None:
            self._end(machine, frame, CANCELLED)
            return
        if memory.talk is not None and memory.talk.replacing:
            self._summarised(machine, frame, exit_)
            return
        if not child.endswith("/call"):
            self._turned(machine, frame, exit_)
            return
        answer = heard(exit_)
        memory.attempts = max(memory.attempts, answer.attempts)
        memory.rehearsal = answer.rehearsal
        if answer.failure is None:
            self._answered(machine, frame, answer)
        elif answer.failure.kind == failures.BUDGET_EXCEEDED and not self._may_ask_another(machine, frame, answer):
            failure = memory.asked.out_of_budget(_parts(machine, frame)[1].models, answer.failure)
            self._end(machine, frame, failed(failure))
        elif answer.failure.kind == failures.MALFORMED_OUTPUT and answer.cut:
            self._cut_off(machine, frame, answer, answer.failure.message)
        elif answer.failure.kind == failures.MALFORMED_OUTPUT:
            self._ask_again(machine, frame, answer.failure.message)
        else:
            self._next_model(machine, frame, answer.failure, answer.budget)

    def _summarised(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """What was said so far has been put in a few words, and the model is asked with these."""
        if exit_.failure is not None:
            self._end(machine, frame, exit_)
            return
        memory = self.memory(frame)
        assert memory.talk is not None
        summaries.replaced(memory.talk, str(exit_.value))
        self._ask(machine, frame)

    def _turned(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """The calls of a turn have ended: what came of them is told to the model, unless the agent ends by it."""
        memory = self.memory(frame)
        if exit_.failure is not None:
            self._end(machine, frame, exit_)
            return
        assert memory.talk is not None
        came = cast("dict[str, Any]", exit_.value)
        talks.heard(memory.talk, came["messages"], missed=came["missed"])
        telling.say(memory)
        if memory.talk.misses >= MOST_MISSES:
            memory.talk.misses = 0
            message = f"in {MOST_MISSES} turns it asked for no call that could be made"
            self._next_model(machine, frame, Failure(failures.MALFORMED_OUTPUT, message))
        else:
            self._ask(machine, frame)

    def _calls(self, machine: Machine, frame: Frame, answer: Heard) -> None:
        """The model asks for calls: the agent's next turn."""
        _, agent = _parts(machine, frame)
        memory = self.memory(frame)
        assert memory.talk is not None
        talk, calls = memory.talk, list(answer.calls)
        place = talk.turns
        text = talks.words(None, answer.text, plain=agent_talks.answers_text(machine, agent))
        talks.taken(talk, agent_files.message(memory), text, calls, answer.head)
        memory.asked, memory.attempts = ModelsAsked(model=memory.asked.model), 0
        counting.turned(memory, len(calls))
        names = ", ".join(name_in_flows(call.name) for call in calls)
        machine.note("turn", frame, "agent", attempt=talk.turns, detail=names, counts=memory.counts)
        stuck = agent_talks.stuck(machine.definition, agent, talk, calls)
        if stuck is not None:
            exit_ = failed(replace(stuck, path=frame.path))
            self._turn_over(machine, frame, place, exit_)
            self._end(machine, frame, exit_)
            return
        turn = TurnMemory(agent.name, memory.arguments, talk.offered, calls, began=memory.turn_began)
        memory.turn_began = 0.0
        open_turn(machine, frame, place, turn)

    def _answered(self, machine: Machine, frame: Frame, answer: Heard) -> None:
        _, agent = _parts(machine, frame)
        self._keep(machine, frame, answer)
        if answer.calls:
            self._calls(machine, frame, answer)
            return
        any_text = agent_talks.answers_text(machine, agent)
        read = Read(answer.output) if answer.text is None else model_answers.read(answer.text, any_text=any_text)
        if read.problem is not None and answer.cut:
            self._cut_off(machine, frame, answer, f"the answer was cut off: it is longer than {answer.most} tokens")
            return
        value, problem = (None, read.problem) if read.problem is not None else _fitting(machine, agent, read.value)
        if problem is not None:
            self._ask_again(machine, frame, problem, refused=answer.text)
            return
        memory = self.memory(frame)
        if memory.talk is not None:
            text = talks.words(answer.output, answer.text, plain=any_text)
            talks.taken(memory.talk, agent_files.message(memory), text, [], answer.head)
            counting.turned(memory, 0)
            self._turn_over(machine, frame, memory.talk.turns - 1)
            if telling.hears(machine.definition, machine.state, frame):
                self._goes_on(machine, frame)
                return
        self._end(machine, frame, done(value))

    def _goes_on(self, machine: Machine, frame: Frame) -> None:
        """Somebody spoke while the model wrote its answer, so that is what it says next to, and no answer yet."""
        memory = self.memory(frame)
        memory.asked, memory.attempts = ModelsAsked(model=memory.asked.model), 0
        telling.say(memory)
        self._ask(machine, frame)

    def _keep(self, machine: Machine, frame: Frame, answer: Heard) -> None:
        """Where the texts of the first request are kept is known from any answer."""
        memory = self.memory(frame)
        if memory.talk is not None and answer.measured:
            summaries.measured(memory.talk, *answer.measured)
        if memory.talk is not None and memory.talk.preamble is None and answer.preamble is not None:
            memory.talk.preamble_bytes = model_costs.texts_sent(self._request(machine, frame), to_any=True)
            memory.talk.preamble = answer.preamble

    def _ask_again(self, machine: Machine, frame: Frame, problem: str, refused: str | None = None) -> None:
        shown = None if refused is None else model_answers.shown_again(refused)
        if self.memory(frame).asked.ask_again(problem, shown):
            self._ask_next(machine, frame, f"{failures.MALFORMED_OUTPUT}: {discretion.words(machine, frame, problem)}")
        else:
            self._next_model(machine, frame, Failure(failures.MALFORMED_OUTPUT, problem))

    def _cut_off(self, machine: Machine, frame: Frame, answer: Heard, problem: str) -> None:
        """The same question again, if its answer may be longer than this one was."""
        _, agent = _parts(machine, frame)
        asked, request = self.memory(frame).asked, self._request(machine, frame)
        longer = longer_answers.after(machine.state, frame.purse, agent, request, answer.most)
        if longer.is_worth_it and asked.ask_for_more(problem, longer.most, answer.most):
            said = discretion.words(machine, frame, problem)
            self._ask_next(machine, frame, f"{failures.MALFORMED_OUTPUT}: {said}; now it may have more", whole=True)
        else:
            self._next_model(machine, frame, Failure(failures.MALFORMED_OUTPUT, f"{problem}; {longer.advice}"))

    def _next_model(self, machine: Machine, frame: Frame, failure: Failure, budget: Value = None) -> None:
        """After the last one the step fails."""
        asked = self.memory(frame).asked
        if asked.next_model(_parts(machine, frame)[1].models, failure, budget):
            self._ask_next(machine, frame, f"{discretion.told(machine, frame, failure)}; the next model is asked")
        else:
            self._end(machine, frame, failed(asked.every_model_failed()))

    def _may_ask_another(self, machine: Machine, frame: Frame, answer: Heard) -> bool:
        """Whether a cap is reached under which the next model may not count."""
        models, asked = _parts(machine, frame)[1].models, self.memory(frame).asked
        assert answer.failure is not None
        return caps.counts_some(answer.failure) and asked.model + 1 < len(models)

    def _ask_next(self, machine: Machine, frame: Frame, detail: str, *, whole: bool = False) -> None:
        machine.note("retrying", frame, "agent", attempt=self.memory(frame).attempts, detail=detail)
        self._ask(machine, frame, whole=whole)

    def detail(self, frame: Frame) -> str:
        talk = self.memory(frame).talk
        return "" if talk is None or not talk.tools_text else f"turn {talk.turns + 1}"

    def _end(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        expired = self.memory(frame).expired
        if expired is not None:
            exit_ = failed(expired)
        telling.was_not_heard(machine, frame)
        talk = self.memory(frame).talk
        if talk is not None and self.memory(frame).turn_began:
            self._turn_over(machine, frame, talk.turns, exit_)
        purses.close_purse(machine, frame)
        step, memory = _parts(machine, frame)[0], self.memory(frame)
        if step.transcript and exit_.kind == "done" and memory.talk is not None:
            machine.bind(frame, transcript_name(step.name), talks.transcript(memory.talk))
        end_step(machine, frame, exit_, "agent", rehearsal=memory.rehearsal, counts=memory.counts)

    def _turn_over(self, machine: Machine, frame: Frame, number: int, exit_: Exit = DONE) -> None:
        """A turn without calls has no frame: the answer, or how its model failed."""
        memory = self.memory(frame)
        traces.turn(machine, frame, turn_path(frame, number), memory.turn_began, exit_)
        memory.turn_began = 0.0

    def called(self, machine: Machine, frame: Frame) -> str:
        return _parts(machine, frame)[1].name

    def counts(self, frame: Frame) -> Counts | None:
        return self.memory(frame).counts


def _fitting(machine: Machine, agent: AgentDeclaration, output: Value) -> tuple[Value, str | None]:
    """The answer as a value of the agent's type, or why it is none."""
    types = machine.definition.types
    try:
        plain = unwrap(output, agent.returns, types)
    except Unwrappable as error:
        return None, str(error)
    checked = validate(plain, agent.returns, types, received=True)
    return checked.value, describe(checked.problems) if checked.problems else None


def _parts(machine: Machine, frame: Frame) -> tuple[Step, AgentDeclaration]:
    step = step_of(machine, frame, cast(AgentStepMemory, frame.memory).asked_for)
    return step, machine.definition.agents[step.call.target]
