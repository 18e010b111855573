"""What is outside of a simulated run: planned answers of tools, models and people, and a record of every call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.expressions.values import substitute
from interpreter.boundary.payloads import ChatRequest
from interpreter.core.commands import CallTool
from interpreter.core.events import Certainty


@dataclass(frozen=True, slots=True)
class Returns:
    """The call takes `seconds` and gives plain JSON, large parts of it as `Reference`; for a model also how many tokens
    it reports, and whether its answer is made up. `deaf`: it does not hear that it is cancelled.
    """

    value: Any = None
    seconds: float = 0.1
    input_tokens: int = 10
    output_tokens: int = 10
    deaf: bool = False
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Fails:
    """The call takes `seconds` and fails. `took_effect` says what `unknown` leaves open, for the record of effects."""

    kind: str
    message: str = ""
    certainty: Certainty = "answered"
    seconds: float = 0.1
    took_effect: bool = False
    retryable: bool = True
    details: tuple[Any, ...] = ()
    deaf: bool = False


Planned = Returns | Fails


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call outside, as the world saw it."""

    at: float
    name: str
    arguments: Any
    key: str
    attempt: int
    planned: Planned


@dataclass
class World:
    """`tools` and `agents` decide how each call goes; `calls` is what happened, in order."""

    tools: Mapping[str, Callable[[CallTool], Planned]] = field(default_factory=dict)
    agents: Mapping[str, Callable[[ChatRequest], Planned]] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    """What stands behind references, by hash."""
    calls: list[Recorded] = field(default_factory=list)
    made_up: Callable[[str, Any], Any] = lambda tool, schema: None
    """What a captured call of a tool gives, by the JSON Schema of its result."""

    def call(self, at: float, command: CallTool) -> Planned:
        planned = self.tools[command.tool](command)
        self.calls.append(Recorded(at, command.tool, command.arguments, command.key, command.attempt, planned))
        return planned

    def ask(self, at: float, request: ChatRequest, place: str) -> Planned:
        planned = self.agents[request.agent](request)
        self.calls.append(Recorded(at, request.agent, request.prompt, place, request.attempt, planned))
        return planned


def fetch(world: World, value: Any) -> Any:
    """A value with what its references stand for in their place."""
    return substitute(value, lambda reference: world.objects[reference.hash])
