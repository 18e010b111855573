"""What an agent remembers while it thinks and acts: its step, a turn of it, a question before one of its calls."""

from dataclasses import dataclass, field
from typing import Literal

from dsl.expressions.values import Value
from interpreter.boundary.talk import AskedCall
from interpreter.boundary.view import Counts
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.models_asked import ModelsAsked
from interpreter.core.outcomes import Failure
from interpreter.core.parking import Parking
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame
from interpreter.core.talks import TalkMemory


@recorded
@dataclass(slots=True)
class AgentStepMemory(Memory):
    """`attempts` counts those at all models; `expired` is set when the time is over. `asked_for`: the agent's name,
    when another agent calls it with these `arguments`; those of a step are kept too where what the agent may call is
    judged by them. `talk` is there where more than one answer, or the conversation itself, is asked for. `told` is
    what people have said to it, and its model has not heard. `counts` are for people; `turn_began` is when the model
    was first asked in the turn that is under way (0: none is). One that summarises for another agent goes on with the
    conversation that it is `given`. `parking` is there when people were asked for more of its budget; they gave so many
    `more_turns`. `turns` and `timeout` are those that were worked out.
    """

    asked_for: str = ""
    arguments: dict[str, Value] = field(default_factory=dict)
    talk: TalkMemory | None = None
    prompt: Value = None
    instructions: Value = None
    schema: Value = None
    asked: ModelsAsked = field(default_factory=ModelsAsked)
    attempts: int = 0
    rehearsal: bool = False
    expired: Failure | None = None
    told: list[str] = field(default_factory=list)
    counts: Counts | None = None
    given: Value = None
    turn_began: float = 0.0
    files: list[Value] = field(default_factory=list)
    parking: Parking | None = None
    more_turns: int = 0
    turns: int | None = None
    timeout: int | None = None


@recorded
@dataclass(slots=True)
class TurnCall:
    """`use` is the place of what is called in the agent's list, `path` that of the frame that is at work for it,
    `told` the value that the model gets. `error` is what is being undone after. `edited`: people agreed to it with
    other arguments.
    """

    id: str
    name: str
    use: int | None = None
    arguments: dict[str, Value] = field(default_factory=dict)
    phase: Literal["waiting", "asking", "calling", "undoing", "over"] = "waiting"
    path: str = ""
    told: Value = None
    error: Failure | None = None
    edited: bool = False


@recorded
@dataclass(slots=True)
class TurnMemory(Memory):
    """`agent` is whose turn it is, with the `arguments` of its step. `failure` ends the agent when all has ended.
    `began`: when its model was asked.
    """

    agent: str = ""
    arguments: dict[str, Value] = field(default_factory=dict)
    offered: list[int] = field(default_factory=list)
    asked: list[AskedCall] = field(default_factory=list)
    calls: list[TurnCall] = field(default_factory=list)
    failure: Failure | None = None
    began: float = 0.0


@recorded
@dataclass(slots=True)
class CallGateMemory(Memory):
    """Which agent asks, for what of its list, with which arguments; `known` are the arguments of the agent itself."""

    agent: str = ""
    use: int = 0
    arguments: dict[str, Value] = field(default_factory=dict)
    known: dict[str, Value] = field(default_factory=dict)


def turn_path(frame: Frame, number: int) -> str:
    """Of turn `number`, from 0, of the agent whose frame this is: `reply/turn#1` is the first."""
    return f"{frame.path}/turn#{number + 1}"


def open_turn(machine: Machine, frame: Frame, number: int, memory: TurnMemory) -> None:
    """Ends `done` with the messages for the model, or `failed` as the agent does."""
    machine.open(frame, turn_path(frame, number).removeprefix(frame.path), "Turn", address="", memory=memory)
