"""What people tell an agent that is under way: judged when it comes, kept in the agent's frame, said between two turns.

A model reads all that it is sent as one text, so what somebody tells it begins with who that is and when it came, as a
message of the user. Neither can be made up: a name is one line, and the lines of a text that follow its first stand
further in. It decides nothing: no gate opens by it, and nobody has proved who said it.

What is taken is heard: only an agent that will be asked once more, whatever its model is just writing, takes anything.
So an answer that was on its way when somebody spoke is no answer yet; it stands in the conversation, and the model goes
on. Only the end of the agent by something else comes before that.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import cast

from dsl.ast.defaults import MOST_TURNS_TOLD
from dsl.ast.statements import Step
from dsl.definition.definition import Definition
from interpreter.boundary.meant import meant
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.persons import in_one_line
from interpreter.boundary.tell import Tell, said
from interpreter.core import talks
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.events import Told
from interpreter.core.late_answers import REFUSED
from interpreter.core.machine import Machine
from interpreter.core.state import Frame, State

LONGEST_TEXT = 8_000
LONGEST_NAME = 100
MOST_WAITING = 20
"""Messages that one agent has not heard yet."""
MOST_REMEMBERED = 200
"""How many messages a run knows again."""
TOLD = "told"


def take(machine: Machine, event: Told) -> None:
    """Somebody has said something; the reply is there at once."""
    tell, state = event.tell, machine.state
    seen = state.tells_seen.get(tell.id)
    problem = why_not(machine.definition, state, tell)
    if problem is None and seen is None:
        frame = _addressed(state, tell.step)
        assert isinstance(frame, Frame)
        _remember(state, tell)
        memory = _memory(frame)
        memory.told = [*memory.told, _in_words(tell, event.at)]
        machine.note("told", frame, "agent", detail=f"by {in_one_line(tell.by)}: {tell.text}")
        name = frame.path.rsplit("/", 1)[-1]
        machine.reply(event.ticket, AnswerReply(True, TOLD, f"`{name}` hears it before its next turn"))
    elif problem is None:
        machine.reply(event.ticket, AnswerReply(True, TOLD, "this was told before"))
    else:
        machine.reply(event.ticket, AnswerReply(False, REFUSED, problem))


def why_not(definition: Definition, state: State, tell: Tell) -> str | None:
    """Why nobody would hear this, or None. Changes nothing, so a validator may ask it."""
    seen = state.tells_seen.get(tell.id)
    if seen is not None:
        return None if seen == _digest(tell) else "something was told under this id before, and it was something else"
    if not in_one_line(tell.by) or len(tell.by) > LONGEST_NAME:
        return f"what is told is of somebody: a name of at most {LONGEST_NAME} characters"
    if not tell.text.strip():
        return "there is nothing to tell"
    if len(tell.text) > LONGEST_TEXT:
        return f"{LONGEST_TEXT:,} characters can be told at a time, and this has {len(tell.text):,}"
    found = _addressed(state, tell.step)
    return found if isinstance(found, str) else _does_not_listen(definition, state, found)


def hears(definition: Definition, state: State, frame: Frame) -> bool:
    """Whether there is something that the agent of `frame`, whose model has just been heard, must be told."""
    return bool(_memory(frame).told) and _turns_left(definition, state, frame, taken=0)


def say(memory: AgentStepMemory) -> None:
    """All that was told goes into the conversation, as one message: some models take no two of one role in a row."""
    if memory.told and memory.talk is not None:
        talks.told(memory.talk, "\n\n".join(memory.told))
        memory.told = []


def was_not_heard(machine: Machine, frame: Frame) -> None:
    """The agent ends: people are told when somebody has spoken in vain."""
    count = len(_memory(frame).told)
    if count:
        messages = "1 message" if count == 1 else f"{count} messages"
        machine.note("told", frame, "agent", detail=f"{messages} not heard: it has ended before its next turn")


def _addressed(state: State, step: str | None) -> Frame | str:
    """The frame of the agent that is meant, or why there is none."""
    talking = [frame for frame in state.frames.values() if _talks(frame)]
    if not talking:
        return "no agent with a conversation is under way in this run"
    found = talking if step is None else _named(talking, step)
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"`{_without_flow(frame)}`" for frame in found or talking)
    if found:
        return f"more than one agent is under way; name the step: {names}"
    return f"no agent with a conversation is under way at `{step}`; there is {names}"


def _named(talking: list[Frame], step: str) -> list[Frame]:
    """Those that are meant by `step`: a path, or as much of it as is enough."""
    for name_of in (lambda frame: frame.path, _without_flow, _last, lambda frame: _last(frame).partition("#")[0]):
        found = [frame for frame in talking if name_of(frame) == step]
        if found:
            return found
    paths = meant([frame.path for frame in talking], step)
    return [frame for frame in talking if frame.path in paths]


def _without_flow(frame: Frame) -> str:
    return frame.path.partition("/")[2]


def _last(frame: Frame) -> str:
    return frame.path.rsplit("/", 1)[-1]


def _talks(frame: Frame) -> bool:
    memory = frame.memory
    if type(memory) is not AgentStepMemory or memory.talk is None or memory.given is not None:
        return False  # who summarises for an agent is nobody to talk to
    return memory.expired is None and not frame.cancelling


def _does_not_listen(definition: Definition, state: State, frame: Frame) -> str | None:
    if len(_memory(frame).told) >= MOST_WAITING:
        return f"`{_last(frame)}` has {MOST_WAITING} messages to hear already"
    taken = 1 if f"{frame.path}/call" in state.frames else 0
    if not _turns_left(definition, state, frame, taken):
        return f"`{_last(frame)}` is in its last turn, so it would not hear this"
    return None


def _turns_left(definition: Definition, state: State, frame: Frame, taken: int) -> bool:
    """Whether its model is asked again after the `taken` turns that are just being taken."""
    memory = _memory(frame)
    name = memory.asked_for or cast(Step, definition.addresses(state.flow)[frame.address]).call.target
    budget = definition.agents[name].budget
    turns = memory.turns or (None if budget is None else budget.turns)
    most = MOST_TURNS_TOLD if turns is None else turns + memory.more_turns
    assert memory.talk is not None
    return memory.talk.turns + taken < most


def _memory(frame: Frame) -> AgentStepMemory:
    assert type(frame.memory) is AgentStepMemory
    return frame.memory


def _in_words(tell: Tell, at: float) -> str:
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{in_one_line(tell.by)}, {when}: " + "\n  ".join(tell.text.strip().splitlines())


def _remember(state: State, tell: Tell) -> None:
    state.tells_seen[tell.id] = _digest(tell)
    if len(state.tells_seen) > MOST_REMEMBERED:
        del state.tells_seen[next(iter(state.tells_seen))]


def _digest(tell: Tell) -> str:
    return hashlib.sha256(json.dumps(said(tell)).encode()).hexdigest()[:16]
