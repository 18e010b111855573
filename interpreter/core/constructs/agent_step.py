"""A step that calls an agent without tools: one structured completion.

Each attempt at a model reserves the most that it can cost and settles what it did cost. What follows a failed attempt
(the same model after a durable wait, the next model, the end) is decided in `policies`; an answer that does not fit its
type is asked for again with the reason, a bounded number of times.
"""

from dataclasses import dataclass, field
from typing import Literal, cast

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.statements import Step
from dsl.expressions.values import Reference
from dsl.expressions.wire import to_wire
from dsl.values.schema import json_schema, unwrap
from dsl.values.validate import validate
from interpreter.boundary import failures
from interpreter.boundary.payloads import JSON, ChatRequest
from interpreter.core import model_costs, policies, purses, reservations
from interpreter.core.commands import AttemptModel, SetTimer
from interpreter.core.constructs.calls import describe, evaluate_arguments
from interpreter.core.constructs.construct import Construct, end_step
from interpreter.core.events import CallFailed, Event, ModelAnswered, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Exit, Failure, done, failed
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame
from interpreter.core.wording import title


@recorded
@dataclass(slots=True)
class AgentStepMemory(Memory):
    """`model` is its place in the list, `tries` those at this model, `attempt` those in all; `causes` tell how earlier
    models failed; `expired` is set when the time is over.
    """

    prompt: str | Reference | None = None
    instructions: str | Reference | None = None
    schema: JSON = None
    model: int = 0
    tries: int = 0
    attempt: int = 0
    reasks: int = 0
    feedback: str | None = None
    phase: Literal["reserving", "asking", "waiting"] = "reserving"
    command: str = ""
    causes: list[dict[str, str]] = field(default_factory=list)
    rehearsal: bool = False
    expired: Failure | None = None


class AgentStepConstruct(Construct[AgentStepMemory]):
    remembers = AgentStepMemory
    node = "agent"

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, agent = _parts(machine, frame)
        arguments = evaluate_arguments(machine, frame, step.call, agent.parameters)
        prompt, instructions = (
            machine.evaluate(frame, part, expression, arguments, closed=True) if expression is not None else None
            for part, expression in (("prompt", agent.prompt), ("instructions", agent.instructions))
        )
        memory = self.memory(frame)
        memory.prompt = cast(str | Reference | None, prompt)
        memory.instructions = cast(str | Reference | None, instructions)
        memory.schema = json_schema(agent.returns, machine.definition.types, for_model=True)
        machine.note("started", frame, "agent", detail=agent.name)
        if agent.budget is not None:
            purses.open_purse(machine, frame, agent.budget)
        self.granted(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        """Reserve for the next attempt, and make it."""
        _, agent = _parts(machine, frame)
        self.memory(frame).phase = "reserving"
        need = model_costs.most(machine.state, frame, self.memory(frame), agent)
        if reservations.reserve(machine, frame, need):
            self._ask(machine, frame, agent, need.tokens - model_costs.tokens_sent(self.memory(frame)))

    def _ask(self, machine: Machine, frame: Frame, agent: AgentDeclaration, answer_tokens: int) -> None:
        memory = self.memory(frame)
        memory.tries += 1
        memory.attempt += 1
        request = ChatRequest(
            agent=agent.name,
            model=agent.models[memory.model],
            prompt=to_wire(memory.prompt),
            instructions=to_wire(memory.instructions),
            schema=memory.schema,
            max_output_tokens=answer_tokens,
            temperature=float(agent.temperature) if agent.temperature is not None else None,
            attempt=memory.attempt,
            feedback=memory.feedback,
        )
        memory.phase = "asking"
        memory.command = frame.path if memory.attempt == 1 else f"{frame.path}~{memory.attempt}"
        timeout = _parts(machine, frame)[0].timeout or policies.MODEL_TIMEOUT
        machine.issue(frame, AttemptModel(memory.command, request, timeout, title(frame.path)))
        if memory.attempt > 1:
            machine.note("attempt", frame, "agent", attempt=memory.attempt, detail=request.model)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case ModelAnswered():
                self._answered(machine, frame, event)
            case CallFailed():
                self._attempt_failed(machine, frame, event)
            case TimerFired(id=id_) if id_ == purses.deadline_id(frame):
                self.memory(frame).expired = purses.expired(machine, frame)
                self.cancel(machine, frame)
            case TimerFired():
                self.granted(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).phase == "asking":
            machine.interrupt(self.memory(frame).command)
            return
        reservations.stop_waiting(machine, frame)
        if self.memory(frame).phase == "waiting":
            machine.withdraw(self.memory(frame).command)
        self._end(machine, frame, CANCELLED)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._end(machine, frame, failed(failure))

    def _answered(self, machine: Machine, frame: Frame, event: ModelAnswered) -> None:
        _, agent = _parts(machine, frame)
        result, memory = event.result, self.memory(frame)
        reservations.settle(machine, frame, model_costs.of_usage(machine.state, memory.model, agent, result.usage))
        machine.state.rehearsal = machine.state.rehearsal or result.rehearsal
        self.memory(frame).rehearsal = result.rehearsal
        types = machine.definition.types
        checked = validate(unwrap(result.output, agent.returns, types), agent.returns, types)
        if frame.cancelling or self.memory(frame).expired is not None:
            self._end(machine, frame, CANCELLED)
        elif not checked.problems:
            self._end(machine, frame, done(checked.value))
        else:
            self._ask_again(machine, frame, describe(checked.problems))

    def _ask_again(self, machine: Machine, frame: Frame, problem: str) -> None:
        memory = self.memory(frame)
        if memory.reasks == policies.MOST_REASKS:
            self._next_model(machine, frame, Failure(failures.MALFORMED_OUTPUT, problem, frame.path))
            return
        memory.reasks += 1
        memory.feedback = problem
        machine.note(
            "retrying", frame, "agent", attempt=memory.attempt, detail=f"{failures.MALFORMED_OUTPUT}: {problem}"
        )
        self.granted(machine, frame)

    def _attempt_failed(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        _, agent = _parts(machine, frame)
        memory = self.memory(frame)
        reservations.settle(machine, frame, model_costs.of_failure(machine.state, frame, memory.model, agent, event))
        if frame.cancelling or memory.expired is not None:
            self._end(machine, frame, CANCELLED)
            return
        if event.kind == failures.MALFORMED_OUTPUT:
            self._ask_again(machine, frame, event.message)
            return
        following = policies.after_model_failure(
            event,
            memory.tries,
            more_models=memory.model + 1 < len(agent.models),
            seed=f"{machine.state.key_base}/{frame.path}",
        )
        if following.what != "again":
            self._next_model(machine, frame, Failure(event.kind, event.message, frame.path, _first(event)))
            return
        memory.phase = "waiting"
        memory.command = f"{frame.path}~{memory.attempt}!retry"
        deadline = machine.state.now + following.delay / 1000
        machine.issue(frame, SetTimer(memory.command, deadline, f"{title(frame.path)}: {event.kind}"))
        machine.note("retrying", frame, "agent", attempt=memory.attempt, detail=f"{event.kind}: {event.message}")

    def _next_model(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """Go on with the next model; after the last one the step fails."""
        _, agent = _parts(machine, frame)
        memory = self.memory(frame)
        memory.causes.append({"model": agent.models[memory.model], "kind": failure.kind, "message": failure.message})
        if memory.model + 1 < len(agent.models):
            memory.model += 1
            memory.tries, memory.reasks, memory.feedback = 0, 0, None
            machine.note("retrying", frame, "agent", attempt=memory.attempt, detail=f"{failure.kind}: next model")
            self.granted(machine, frame)
            return
        message = "; ".join(f"{cause['model']}: {cause['kind']} ({cause['message']})" for cause in memory.causes)
        failure = Failure(failures.EVERY_MODEL_FAILED, message, frame.path, memory.causes)
        self._end(machine, frame, failed(failure))

    def _end(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        expired = self.memory(frame).expired
        if expired is not None:
            exit_ = failed(expired)
        purses.close_purse(machine, frame)
        end_step(machine, frame, exit_, "agent", rehearsal=self.memory(frame).rehearsal)

    def attempt(self, frame: Frame) -> int:
        return self.memory(frame).attempt

    def doing(self, frame: Frame) -> str:
        if frame.cancelling:
            return "cancelling"
        return {"reserving": "waiting", "asking": "running", "waiting": "retrying"}[self.memory(frame).phase]


def _parts(machine: Machine, frame: Frame) -> tuple[Step, AgentDeclaration]:
    step = cast(Step, machine.node(frame))
    return step, machine.definition.agents[step.call.target]


def _first(event: CallFailed) -> JSON:
    return event.details[0] if event.details else None
