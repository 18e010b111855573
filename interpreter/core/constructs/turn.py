"""One turn of an agent: the calls that its model asked for, side by side, each a frame of its own.

A call is what a step would be: the same construct carries it out, with the effect, the retries, the key and the entry
in the ledger of what it calls. What came of it goes back to the model, a failure too: its words are all that the model
can go by. Not told are a doubt (a model that is told "nobody knows" just calls again, under another key), a deadline or
budget from outside of the call, and a question that was to fail the run: they end the agent. What stands in the ledger
of an agent or flow that failed is undone before anybody is told of it.

A call that is gated is asked about first, in a frame beside (`call_gate`); what people agreed to is what is called.
"""

from typing import cast

from dsl.ast.declarations import AgentDeclaration, Use
from dsl.ast.defaults import MOST_CALLS_OF_A_TURN
from dsl.expressions.equality import equal
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from interpreter.core import asked_calls, ledger
from interpreter.core.agent_memory import AgentStepMemory, CallGateMemory, TurnCall, TurnMemory
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.joins import TOLD, judge
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Exit, Failure, done, failed
from interpreter.core.state import Frame
from interpreter.core.step_memory import FlowStepMemory, ToolStepMemory

TOO_MANY = f"at most {MOST_CALLS_OF_A_TURN} calls are made in one turn: ask for this one in the next"


class TurnConstruct(Construct[TurnMemory]):
    remembers = TurnMemory
    node = "turn"
    place = "turn"
    side_by_side = True

    def called(self, machine: Machine, frame: Frame) -> str:
        return self.memory(frame).agent

    def began(self, frame: Frame) -> float:
        return self.memory(frame).began

    def enter(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        memory.calls = [self._read(machine, frame, place) for place in range(len(memory.asked))]
        memory.asked = []
        self._go_on(machine, frame)

    def _read(self, machine: Machine, frame: Frame, place: int) -> TurnCall:
        memory = self.memory(frame)
        asked = memory.asked[place]
        if place >= MOST_CALLS_OF_A_TURN:
            return TurnCall(asked.id, asked.name, phase="over", told=_error(TOO_MANY))
        read = asked_calls.read_call(machine.definition, _agent(machine, frame), memory.offered, asked)
        call = TurnCall(asked.id, asked.name, read.use)
        problem: Value = read.problem
        if read.arguments is not None:
            call.arguments = dict(read.arguments)
            problem = self._refused(machine, frame, call, f"only{place}")
        if problem is not None:
            call.phase, call.told = "over", _error(problem)
        return call

    def _refused(self, machine: Machine, frame: Frame, call: TurnCall, slot: str) -> Value:
        """What the model is told of a call that the agent may not make, which may lie in the store; None when it may.
        May suspend."""
        use = _use(machine, frame, call)
        if use.only is None:
            return None
        names = self.memory(frame).arguments | call.arguments
        if machine.evaluate(frame, slot, use.only, names, closed=True):
            return None
        if use.otherwise is None:
            return "this may not be called with these arguments"
        return machine.evaluate(frame, f"{slot}else", use.otherwise, names, closed=True)

    # -- what goes on

    def _go_on(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if frame.cancelling or memory.failure is not None:
            self._end_early(machine, frame)
            return
        most = _agent(machine, frame).side_by_side or len(memory.calls)
        for place, call in enumerate(memory.calls):
            if call.phase == "waiting" and sum(_is_at_work(each) for each in memory.calls) < most:
                self._begin(machine, frame, place)
        if all(call.phase == "over" for call in memory.calls):
            self._end(machine, frame)

    def _begin(self, machine: Machine, frame: Frame, place: int) -> None:
        call = self.memory(frame).calls[place]
        use = _use(machine, frame, call)
        if not use.gate:
            self._call(machine, frame, place)
            return
        memory = CallGateMemory(
            self.memory(frame).agent, cast(int, call.use), call.arguments, self.memory(frame).arguments
        )
        gate = machine.open(frame, f"{_segment(use, place)}/approval", "CallGate", address="", memory=memory)
        call.phase, call.path = "asking", gate.path

    def _call(self, machine: Machine, frame: Frame, place: int) -> None:
        call = self.memory(frame).calls[place]
        use = _use(machine, frame, call)
        kind, memory = _as_step(machine, use.target, call.arguments)
        opened = machine.open(frame, _segment(use, place), kind, address="", memory=memory)
        call.phase, call.path = "calling", opened.path

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        place = next(place for place, call in enumerate(memory.calls) if call.path == child)
        match memory.calls[place].phase:
            case "asking":
                self._asked(machine, frame, place, exit_)
            case "calling":
                self._called(machine, frame, place, exit_)
            case _:
                self._undone(machine, frame, place, exit_)
        self._go_on(machine, frame)

    def _asked(self, machine: Machine, frame: Frame, place: int, exit_: Exit) -> None:
        """People have said what they think of the call, or nothing."""
        call = self.memory(frame).calls[place]
        if exit_.kind == "cancelled":
            call.phase = "over"
        elif exit_.failure is not None:
            self._give_up(frame, call, exit_.failure)
        else:
            verdict = cast("dict[str, Value]", exit_.value)
            if verdict["outcome"] != "approved":
                self._tell(call, _error(_rejection(verdict)))
                return
            agreed = dict(cast("dict[str, Value]", verdict["answer"]))
            call.edited = call.edited or not equal(agreed, call.arguments)
            call.arguments = agreed
            refused = self._refused(machine, frame, call, f"approved{place}")
            if refused is not None:
                self._tell(call, _error(refused))
            else:
                self._call(machine, frame, place)

    def _called(self, machine: Machine, frame: Frame, place: int, exit_: Exit) -> None:
        call = self.memory(frame).calls[place]
        judgement = judge(call.path, exit_, [], TOLD)
        failure = judgement.failure
        if judgement.what == "nothing" or exit_.kind == "cancelled":
            call.phase = "over"
        elif failure is None:
            seen = self._seen(machine, frame, place, exit_.value)
            self._tell(call, _as_edited(call, seen) if call.edited else seen)
        elif judgement.what == "stop":
            self._give_up(frame, call, failure)
        else:
            undo = f"{_segment(_use(machine, frame, call), place)}/undo"
            call.error = failure
            if open_undo(machine, frame, undo, call.path, frame.opened):
                call.phase, call.path = "undoing", frame.path + undo
            else:
                self._tell(call, _error(f"{failure.kind}: {failure.message}"))

    def _undone(self, machine: Machine, frame: Frame, place: int, exit_: Exit) -> None:
        call = self.memory(frame).calls[place]
        assert call.error is not None
        if exit_.failure is not None:
            self._give_up(frame, call, after(exit_.failure, call.error))
        else:
            self._tell(call, _error(f"{call.error.kind}: {call.error.message}"))

    def _seen(self, machine: Machine, frame: Frame, place: int, result: Value) -> Value:
        """What the model sees of a result. May suspend."""
        use = _use(machine, frame, self.memory(frame).calls[place])
        if use.then is None:
            tells_nothing = asked_calls.declared(machine.definition, use.target).returns is None
            return "done" if tells_nothing else result
        names = self.memory(frame).arguments | {"result": result}
        return machine.evaluate(frame, f"then{place}", use.then, names, closed=True)

    def _tell(self, call: TurnCall, value: Value) -> None:
        call.phase, call.told = "over", value

    def _give_up(self, frame: Frame, call: TurnCall, failure: Failure) -> None:
        call.phase = "over"
        self.memory(frame).failure = self.memory(frame).failure or failure

    # -- how it ends

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """What the agent declares of its calls has no value."""
        memory = self.memory(frame)
        memory.failure = memory.failure or failure
        self._end_early(machine, frame)

    def _end_early(self, machine: Machine, frame: Frame) -> None:
        for path in tuple(frame.children):
            machine.cancel(path)
        if not frame.children:
            failure = self.memory(frame).failure
            machine.end(frame, CANCELLED if frame.cancelling or failure is None else failed(failure))

    def _end(self, machine: Machine, frame: Frame) -> None:
        doubts = ledger.doubts(machine.state, frame.path, frame.opened)
        if doubts:
            machine.end(frame, failed(ledger.failure_of(doubts, frame.path)))
            return
        calls = self.memory(frame).calls
        messages: list[Value] = [{"role": "tool", "call": call.id, "value": call.told} for call in calls]
        machine.end(frame, done({"messages": messages, "missed": not any(call.path for call in calls)}))


def _agent(machine: Machine, frame: Frame) -> AgentDeclaration:
    return machine.definition.agents[cast(TurnMemory, frame.memory).agent]


def _use(machine: Machine, frame: Frame, call: TurnCall) -> Use:
    assert call.use is not None
    return _agent(machine, frame).uses[call.use]


def _segment(use: Use, place: int) -> str:
    return f"/{use.target}#{place + 1}"


def _is_at_work(call: TurnCall) -> bool:
    return call.phase not in ("waiting", "over")


def _as_step(machine: Machine, target: str, arguments: dict[str, Value]) -> tuple[str, Memory]:
    """What carries the call out, as it would that of a step."""
    if target in machine.definition.tools:
        return "ToolStep", ToolStepMemory(asked_for=target, arguments=arguments)
    if target in machine.definition.agents:
        return "AgentStep", AgentStepMemory(asked_for=target, arguments=arguments)
    return "FlowStep", FlowStepMemory(asked_for=target, input=to_wire(arguments))


def _rejection(verdict: dict[str, Value]) -> str:
    if verdict["outcome"] == "timed_out":
        return "nobody agreed to this call in time, so it was not made"
    words = f": {verdict['note']}" if verdict["note"] else ""
    return f"this call was rejected, and not made{words}"


def _as_edited(call: TurnCall, seen: Value) -> Value:
    """The model asked for something else, so it is told what was called."""
    return {"people_changed_the_arguments_to": call.arguments, "result": seen}


def _error(words: Value) -> Value:
    """How a model is told that a call came to nothing."""
    return {"error": words}
