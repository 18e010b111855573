"""What can happen next in a world: everything that the outside may do, in any order, whether it is likely or not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dsl.ast.declarations import Costs
from dsl.ast.expressions import Get, Name
from dsl.expressions.wire import to_wire
from interpreter.boundary.batches import BatchAnswer, BatchReply
from interpreter.boundary.failures import CANCELLED, RUN_LOST, STILL_RUNNING, TIMED_OUT, UNDECLARED
from interpreter.boundary.payloads import Answer, AnswerVerdict, ChatResult, ChatUsage, ChildReport
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.core import arrivals, telling
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.batches import BatchMemory
from interpreter.core.commands import (
    Acquire,
    AskBatch,
    AttemptModel,
    CallTool,
    Evaluate,
    Pause,
    SetTimer,
    StartChild,
    VerifyAnswer,
    Work,
)
from interpreter.core.events import (
    Acquired,
    Answered,
    AnswerVerified,
    BatchTold,
    CallFailed,
    CancelRequested,
    Certainty,
    ChildEnded,
    ChildStarted,
    Event,
    ModelAnswered,
    Received,
    Resumed,
    Started,
    TimerFired,
    Told,
    ToolReturned,
)
from interpreter.core.question import Question
from interpreter.core.reports import lost
from interpreter.core.state import State
from tests.explore.models import model_says
from tests.explore.samples import sample
from tests.explore.worlds import TOP, Effect, Run, World, takes_effect_once

MOMENT = 0.001
PEOPLE = ("ann", "bob")


@dataclass(frozen=True, slots=True)
class Happening:
    """`run` hears of `event`, or of nothing. `effects`: what the outside did; `costs`: faults that are used up."""

    label: str
    run: str
    event: Event | None = None
    effects: dict[str, Effect] = field(default_factory=dict)
    costs: int = 0
    cancels: bool = False
    ends: ChildReport | None = None
    """The run is terminated; this is what its parent will hear."""


def happenings(world: World) -> Iterator[Happening]:
    if world.over:
        return
    for run in world.runs.values():
        if run.finish is None:
            yield from _of_run(world, run)
    for key, effect in world.effects.items():
        if effect.may_come(world.now):
            yield _late(world, key, effect)


def _of_run(world: World, run: Run) -> Iterator[Happening]:
    state = run.state
    now = world.now + MOMENT
    if not run.begun:
        yield Happening("begins", run.key, Started(now, state.input))
        return
    for command in run.pending:
        yield from _OF_COMMAND[type(command)](world, run, state, now, command)
    yield from _answers(run, state, now)
    yield from _tells(world, run, state, now)
    yield from _events(world, run, state, now)
    if run.stop or (run.key == TOP and world.cancels):
        yield Happening("is cancelled", run.key, CancelRequested(now), cancels=run.key == TOP)
    if run.parent is not None and world.faults:  # of one for whom nobody waits, an operator is told what is lost
        failure = {"$type": "Failure", "kind": RUN_LOST, "message": "it was terminated"}
        report = replace(lost(state), failure=failure)
        yield Happening("is terminated", run.key, effects=_left_running(world, run, now), costs=1, ends=report)


def _late(world: World, key: str, effect: Effect) -> Happening:
    """An attempt that was not heard of takes effect after all."""
    return Happening(f"{key} takes effect late", TOP, effects={key: _committed(world, effect, running=False)})


def _left_running(world: World, run: Run, now: float) -> dict[str, Effect]:
    """The calls of a run that is terminated go on."""
    found = {}
    for command in run.pending:
        if type(command) is CallTool and _has_effect(world, command) and not _undoes(command):
            effect = world.effects.get(command.key, Effect(command.tool))
            found[command.key] = replace(effect, running=True, over=now + command.timeout / 1000)
    return found


# -- tools


def _tool(world: World, run: Run, state: State, now: float, command: CallTool) -> Iterator[Happening]:
    name, told = command.id, command.id in run.told

    def fails(
        how: str, kind: str, certainty: Certainty, effects: dict[str, Effect], costs: int = 1, **more: Any
    ) -> Happening:
        return Happening(
            f"{name} {how}", run.key, CallFailed(now, command.id, kind, how, certainty, **more), effects, costs
        )

    done: dict[str, Effect] = _took_effect(world, command, heard=True)
    nothing: dict[str, Effect] = {}
    yield Happening(f"{name} returns", run.key, ToolReturned(now, command.id, _answer(world, command)), done)
    if command.verifies is not None and _runs_still(world, command.verifies, now):
        yield fails("is refused: the call still runs", STILL_RUNNING, "answered", nothing)
    happened = _took_effect(world, command)
    either = [("", nothing)] if happened == nothing else [(", done", happened), (", not done", nothing)]
    if told:
        for how, effects in either:
            yield fails(f"ends as told{how}", CANCELLED, "cancelled", effects, 0)
    if not world.faults:
        return
    for error in _errors(world, command):
        yield fails(f"answers {error}", error, "answered", nothing)
    yield fails("never starts", CANCELLED if told else TIMED_OUT, "not_started", nothing)
    for how, effects in either:
        yield fails(f"breaks{how}", UNDECLARED, "unknown", effects)
    if _has_effect(world, command):
        over = now + _settling(world, command)
        for how, effects in either:
            yield fails(f"times out{how}", TIMED_OUT, "timed_out", effects)
        if not _undoes(command):
            runs_on = replace(world.effects.get(command.key, Effect(command.tool)), running=True, over=over)
            yield fails("times out and goes on", TIMED_OUT, "timed_out", {command.key: runs_on})
        if world.definition.tools[command.tool].returns is not None:
            odd = ToolReturned(now, command.id, ["odd"])
            yield Happening(f"{name} answers oddly", run.key, odd, done, 1)


def _errors(world: World, command: CallTool) -> tuple[str, ...]:
    """One of the errors that the tool declares; where it honours the key, that says that no attempt took effect."""
    tool, effect = world.definition.tools[command.tool], world.effects.get(command.key)
    return () if tool.effect.keyed and effect is not None and effect.commits else tool.errors[:1]


def _settling(world: World, command: CallTool) -> float:
    """For how many seconds after its timeout an attempt may go on."""
    verify = world.definition.tools[command.tool].verify
    after = verify.after if verify is not None else None
    return (after if after is not None else command.timeout) / 1000 - 2 * MOMENT


def _answer(world: World, command: CallTool) -> Any:
    tool = world.definition.tools[command.tool]
    if command.verifies is not None:
        effect = world.effects.get(command.verifies)
        if effect is None or not effect.commits:
            return None
    answer = sample(tool.returns, world.definition.types)
    return answer if tool.costs is None else _billed(answer, tool.costs)


def _billed(answer: Any, costs: Costs) -> Any:
    """An answer that says no higher price than its tool's `at most`: what is above it is charged, and overspends."""
    match costs.value:
        case Get(subject=Name(name="result"), name=field) if isinstance(answer, dict):
            return {**answer, field: str(costs.at_most)}
        case _:
            return answer


def _has_effect(world: World, command: CallTool) -> bool:
    return world.definition.tools[command.tool].effect.kind != "read"


def _undoes(command: CallTool) -> bool:
    return command.key.endswith("/undo")


def _took_effect(world: World, command: CallTool, *, heard: bool = False) -> dict[str, Effect]:
    if not _has_effect(world, command):
        return {}
    if _undoes(command):
        key = command.key.removesuffix("/undo")
        effect = world.effects.get(key)  # a step may undo a tool that only reads
        return {key: replace(effect, undone=effect.commits)} if effect is not None else {}
    effect = world.effects.get(command.key, Effect(command.tool))
    return {command.key: _committed(world, effect, running=effect.running, heard=heard or effect.heard)}


def _committed(world: World, effect: Effect, **changes: Any) -> Effect:
    """A tool that honours the key, or is idempotent, takes effect once."""
    commits = 1 if takes_effect_once(world, effect.tool) else effect.commits + 1
    return replace(effect, commits=commits, **changes)


def _runs_still(world: World, key: str, now: float) -> bool:
    effect = world.effects.get(key)
    return effect is not None and effect.may_come(now)


# -- everything else


def _model(world: World, run: Run, state: State, now: float, command: AttemptModel) -> Iterator[Happening]:
    name = command.id
    for what, said in model_says(world.definition, state, command):
        costs = 1 if what.startswith("asks oddly") else 0
        if costs <= world.faults:
            yield Happening(f"{name} {what}", run.key, ModelAnswered(now, command.id, said), costs=costs)
    if command.id in run.told:
        yield Happening(f"{name} ends", run.key, CallFailed(now, command.id, CANCELLED, "told", "cancelled"))
    if world.faults:
        busy = CallFailed(now, command.id, "Overloaded", "busy", "answered", details=({"charge": "reservation"},))
        lost_ = CallFailed(now, command.id, TIMED_OUT, "lost", "timed_out")
        refused = CallFailed(now, command.id, "InvalidRequest", "no", "answered", False, ({"charge": "none"},))
        part = {"charge": "none", "refuses": ["stream_options"]}
        adapts = CallFailed(now, command.id, "InvalidRequest", "no", "answered", False, (part,))
        bad_ends = (("is busy", busy), ("is lost", lost_), ("refuses", refused), ("refuses a part", adapts))
        for how, event in bad_ends:
            yield Happening(f"{name} {how}", run.key, event, costs=1)


def _batch(world: World, run: Run, state: State, now: float, command: AskBatch) -> Iterator[Happening]:
    """It is made, or nobody knows; it is answered, or some of it is, or it goes on for a while."""
    request, name = command.request, command.id
    batch = request.batch or "b-1"
    if request.what == "look":
        questions = next(each.questions for each in _batches(state) if each.command == command.id)
        usage = ChatUsage(10, 10)
        answers = [
            BatchAnswer(place, ChatResult(None, usage, request.model, text='"said"')) for place in range(len(questions))
        ]
        yield Happening(f"{name}: all", run.key, BatchTold(now, name, BatchReply(batch, over=True, answers=answers)))
        if world.faults:
            ended = BatchReply(batch, over=True, answers=answers[1:], kind="BatchExpired", message="expired")
            yield Happening(f"{name}: some", run.key, BatchTold(now, name, ended), costs=1)
            yield Happening(f"{name}: not yet", run.key, BatchTold(now, name, BatchReply(batch)), costs=1)
    else:
        yield Happening(f"{name} is done", run.key, BatchTold(now, name, BatchReply(batch)))
    if world.faults:
        lost_ = CallFailed(now, name, TIMED_OUT, "lost", "timed_out")
        refused = CallFailed(now, name, "InvalidRequest", "no", "answered", False, ({"charge": "none"},))
        for how, event in (("is lost", lost_), ("is refused", refused)):
            yield Happening(f"{name} {how}", run.key, event, costs=1)


def _batches(state: State) -> Iterator[BatchMemory]:
    for frame in state.frames.values():
        if type(frame.memory) is BatchMemory:
            yield frame.memory


def _child(world: World, run: Run, state: State, now: float, command: StartChild) -> Iterator[Happening]:
    """A child that has ended is heard of, sooner or later; of one that is detached, that it has begun."""
    if command.detached:
        yield Happening(f"{command.id} has started", run.key, ChildStarted(now, command.id, f"{run.key}/{command.id}"))
        return
    child = world.runs[f"{run.key}/{command.id}"]
    if child.finish is not None:
        report = replace(child.finish.report, command=command.id)
        yield Happening(f"{command.id} is heard of", run.key, ChildEnded(now, command.id, report))


def _lock(world: World, run: Run, state: State, now: float, command: Acquire) -> Iterator[Happening]:
    """It comes whenever fewer hold it than may, whoever came first: so every order of those who wait is seen."""
    held = sum(
        id_ not in {each.id for each in other.pending} and lock == command.lock
        for other in world.runs.values()
        if other.finish is None and other.begun
        for id_, lock in other.state.locks.items()
    )
    if held < command.up_to:
        yield Happening(f"{command.id} is acquired", run.key, Acquired(now, command.id))


def _timer(world: World, run: Run, state: State, now: float, command: SetTimer) -> Iterator[Happening]:
    """The timers of a run fire in their order; whoever is late, hears of all else first."""
    first = min(other.deadline for other in run.pending if type(other) is SetTimer)
    if command.deadline == first:
        at = max(now, command.deadline)
        yield Happening(f"{command.id} fires", run.key, TimerFired(at, command.id))


def _pause(world: World, run: Run, state: State, now: float, command: Pause) -> Iterator[Happening]:
    yield Happening("breathes", run.key, Resumed(now, command.id))


def _verdict(world: World, run: Run, state: State, now: float, command: VerifyAnswer) -> Iterator[Happening]:
    verdict = AnswerVerdict("unverified")
    yield Happening(f"{command.id} is checked", run.key, AnswerVerified(now, command.id, verdict))


def _evaluation(world: World, run: Run, state: State, now: float, command: Evaluate) -> Iterator[Happening]:
    raise NotImplementedError("flows that are explored have no large values")


def _answers(run: Run, state: State, now: float) -> Iterator[Happening]:
    """Anybody who is asked may say yes or no, also when the time is over and the run has not heard of that yet."""
    for question in state.questions.values():
        seat = question.current.seats[0]
        group = None if seat.is_person else seat.name
        for person, decision in ((PEOPLE[0], "approve"), (PEOPLE[1], "approve"), (PEOPLE[0], "reject")):
            id_ = f"{question.id}:{person}:{decision}"
            if id_ in state.answers_seen or any(check.answer.id == id_ for check in question.checks):
                continue
            by = seat.name if seat.is_person else person
            edited = _edited(question) if decision == "approve" and person == PEOPLE[0] else None
            if edited is not None:
                answer = Answer(id_, question.id, decision, by, answer=edited, group=group)
                yield Happening(f"{by} edits {question.id}", run.key, Answered(now, answer, id_))
            answer = Answer(id_, question.id, decision, by, group=group)
            for late, at in (("", now), (" late", max(now, question.deadline + MOMENT))):
                yield Happening(f"{by} says {decision}{late} to {question.id}", run.key, Answered(at, answer, id_))


def _edited(question: Question) -> Any:
    """Other arguments for a call that an agent asks to make, where one of them is a text."""
    if type(question.asked) is not dict or not any(type(value) is str for value in question.asked.values()):
        return None
    return {name: "edited" if type(value) is str else to_wire(value) for name, value in question.asked.items()}


def _events(world: World, run: Run, state: State, now: float) -> Iterator[Happening]:
    """Of each name one for whoever waits, before anybody does too, and one for each key that is waited for."""
    definition = world.of(run)
    names = definition.events(state.flow)
    keys = {(name, None): None for name in names}
    keys |= {(each.name, each.key): None for wait in state.waits.values() for each in wait.expects}
    for name, key in keys:
        value = sample(names[name][0].type, definition.types)
        send = Send(f"event:{name}:{key}", name, value, PEOPLE[0], key)
        if send.id not in state.arrivals_seen and arrivals.why_not(definition, state, send) is None:
            yield Happening(f"{name} comes", run.key, Received(now, send, send.id))


def _tells(world: World, run: Run, state: State, now: float) -> Iterator[Happening]:
    """Somebody says something to an agent that would hear it, once to each."""
    for path, frame in state.frames.items():
        tell = Tell(f"tell:{path}", "Sure?", PEOPLE[0], path)
        if type(frame.memory) is not AgentStepMemory or tell.id in state.tells_seen:
            continue
        if telling.why_not(world.of(run), state, tell) is None:
            yield Happening(f"{path} is told something", run.key, Told(now, tell, tell.id))


_OF_COMMAND: dict[type[Work], Any] = {
    CallTool: _tool,
    AttemptModel: _model,
    AskBatch: _batch,
    StartChild: _child,
    Acquire: _lock,
    SetTimer: _timer,
    Pause: _pause,
    Evaluate: _evaluation,
    VerifyAnswer: _verdict,
}
