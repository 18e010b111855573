"""What must be true of agents in a loop after every step, in words when it is not.

**Side by side.** No more of a turn's calls are at work than the agent says.
**Gates.** A gated call begins when somebody has agreed to it, at that moment, and with what was agreed to.
**Turns.** Before a model is asked again, it is told of every call that it has asked for, once; and there are no more
turns than its budget has.
"""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.expressions.wire import to_wire
from interpreter.boundary.payloads import Answer
from interpreter.core import agent_talks
from interpreter.core.agent_memory import AgentStepMemory, TurnCall, TurnMemory
from interpreter.core.commands import AttemptModel, CallTool, StartChild
from interpreter.core.events import AnswerVerified, Event
from interpreter.core.question import Question
from interpreter.core.state import State
from tests.explore.steps import Step


def no_more_are_at_work_than_may_be(step: Step) -> Iterator[str]:
    assert step.new is not None
    for path, memory in _turns(step.new).items():
        most, at_work = _agent(step, memory).side_by_side, len(step.new.frames[path].children)
        if most is not None and at_work > most:
            yield f"{path} has {at_work} calls at work, and may have {most}"


def a_gated_call_is_what_people_agreed_to(step: Step) -> Iterator[str]:
    for call in _gated_and_calling(step):
        before = _turns(step.before).values()
        if not any(each.path == call.path and each.phase == "calling" for turn in before for each in turn.calls):
            yield from _agreed(step, call)


def _gated_and_calling(step: Step) -> list[TurnCall]:
    assert step.new is not None
    return [
        call
        for memory in _turns(step.new).values()
        for call in memory.calls
        if call.phase == "calling" and _agent(step, memory).uses[call.use or 0].gate
    ]


def _agreed(step: Step, call: TurnCall) -> Iterator[str]:
    question = step.before.questions.get(f"{call.path}/approval")
    agreed = [answer for answer in _counted(question, step.happening.event) if answer.decision == "approve"]
    if question is None or not agreed:
        yield f"{call.path} begins, and nobody has agreed to it"
        return
    proposed = question.asked if question.proposal is None else question.proposal
    wanted = [to_wire(proposed) if answer.answer is None else answer.answer for answer in agreed]
    if question.current.required == 1:
        del wanted[1:]
    for command in step.commands:
        if isinstance(command, CallTool | StartChild) and command.id.startswith(call.path):
            given = to_wire(command.arguments if isinstance(command, CallTool) else command.input)
            if given not in wanted:
                yield f"{command.id} is called with {given}, and people agreed to {wanted[0]}"


def _counted(question: Question | None, event: Event | None) -> Iterator[Answer]:
    """The answers that count once this event is heard, in their order."""
    if question is not None:
        yield from (vote.answer for vote in question.votes if not vote.overruled)
        known = event.id if type(event) is AnswerVerified else ""
        yield from (check.answer for check in question.checks if check.command == known or check.verdict is not None)


def a_model_is_told_of_every_call(step: Step) -> Iterator[str]:
    assert step.new is not None
    if not any(type(command) is AttemptModel for command in step.commands):
        return
    for path, memory in _turns(step.before).items():
        agent = path.rsplit("/", 1)[0]
        if path in step.new.frames:
            continue
        for command in step.commands:
            if type(command) is AttemptModel and _asks(step.new, command, agent) and command.request.talk is not None:
                told = [said["call"] for said in command.request.talk.messages if said.get("role") == "tool"]
                if told != [call.id for call in memory.calls]:
                    yield f"{agent} hears of {told}, and has asked for {[call.id for call in memory.calls]}"


def _asks(state: State, command: AttemptModel, agent: str) -> bool:
    return state.frames[state.pending[command.id].frame].parent == agent


def no_turn_is_too_many(step: Step) -> Iterator[str]:
    assert step.new is not None
    for path, memory in _turns(step.new).items():
        agent, number = step.new.frames[path.rsplit("/", 1)[0]].memory, int(path.rsplit("#", 1)[1])
        assert type(agent) is AgentStepMemory
        most = agent_talks.most_turns(_agent(step, memory), agent)
        if most is not None and number > most:
            yield f"{path} is more than {most} turns"


def what_is_told_is_heard(step: Step) -> Iterator[str]:
    """An agent does not answer before it has heard what it was told."""
    completed = {note.path for note in step.notes if note.kind == "completed"}
    for path, frame in step.before.frames.items() if completed else ():
        if path in completed and type(frame.memory) is AgentStepMemory and frame.memory.told:
            yield f"{path} answers, and has not heard what it was told"


def _turns(state: State) -> dict[str, TurnMemory]:
    return {path: frame.memory for path, frame in state.frames.items() if type(frame.memory) is TurnMemory}


def _agent(step: Step, memory: TurnMemory) -> AgentDeclaration:
    return step.after.definition.agents[memory.agent]


RULES_OF_AGENTS = (
    what_is_told_is_heard,
    no_more_are_at_work_than_may_be,
    a_gated_call_is_what_people_agreed_to,
    a_model_is_told_of_every_call,
    no_turn_is_too_many,
)
