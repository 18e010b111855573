"""What is outside of a simulated run: planned answers of tools, models and people, and a record of every call."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dsl.expressions.values import substitute
from dsl.expressions.wire import told as as_said
from dsl.values.conversations import text_of
from dsl.values.spoken import beginning, without_answers
from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.core.commands import CallTool
from interpreter.core.events import Certainty
from interpreter.core.talks import said, words
from interpreter.simulation.batches import Batches, BatchPlan


@dataclass(frozen=True, slots=True)
class Returns:
    """The call takes `seconds` and gives plain JSON, large parts of it as `Reference`. For a model also how many tokens
    it reports, whether its answer is made up, and the calls that it asks for in the place of one. `deaf`: it does not
    hear that it is cancelled.
    """

    value: Any = None
    seconds: float = 0.1
    input_tokens: int = 10
    output_tokens: int = 10
    deaf: bool = False
    rehearsal: bool = False
    calls: tuple[AskedCall, ...] = ()


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
    batches: Batches = field(default_factory=Batches)
    made_up: Callable[[str, Any], Any] = lambda tool, schema: None
    """What a captured call of a tool gives, by the JSON Schema of its result."""

    def call(self, at: float, command: CallTool) -> Planned:
        planned = self.tools[command.tool](command)
        self.calls.append(Recorded(at, command.tool, command.arguments, command.key, command.attempt, planned))
        return planned

    def ask(self, at: float, request: ChatRequest, place: str) -> Planned:
        planned = self.agents[request.agent](request)
        self.calls.append(Recorded(at, request.agent, self._seen(request), place, request.attempt, planned))
        return planned

    def batch(self, at: float, request: BatchRequest) -> BatchReply | BatchPlan:
        """Each question is asked as it would be alone."""

        def answer(each: ChatRequest, place: int) -> BatchAnswer:
            planned = self.ask(at, each, f"{request.key}/{place}")
            if isinstance(planned, Fails):
                detail = planned.details[0] if planned.details else None
                return BatchAnswer(place, None, planned.kind, planned.message, detail)
            usage = ChatUsage(planned.input_tokens, planned.output_tokens)
            return BatchAnswer(place, ChatResult(planned.value, usage, each.model, planned.rehearsal))

        return self.batches.told(request, answer)

    def _seen(self, request: ChatRequest) -> Any:
        """The prompt, or what the model sees of a conversation."""
        talk = request.talk
        if talk is None:
            return [request.prompt, *shown(request.files)] if request.files else request.prompt
        kept = self._last(talk)
        first = request.prompt if talk.preamble is None else self.objects[talk.preamble.hash]["prompt"]
        files = request.files if talk.preamble is None else self.objects[talk.preamble.hash].get("files", [])
        prompt = [{"role": "user", "value": first, **({"files": files} if files else {})}]
        latest = without_answers([*kept, *talk.messages[talk.hidden :]])
        if talk.preamble is None:
            latest = [*latest, *prompt]
        before = fetch(self, [*prompt * talk.again, *talk.opening])
        seen = beginning(*(list(map(_readable, fetch(self, each))) for each in (before, latest)))
        return [*spoken(seen), *noticed(talk)]

    def _last(self, talk: Talk) -> list[Any]:
        """The kept messages that are shown."""
        kept: list[Any] = []
        head = talk.head
        while head is not None and len(kept) < talk.shown:
            chunk = self.objects[head.hash]
            head, kept = chunk["previous"], [*chunk["messages"], *kept]
        return kept[len(kept) - talk.shown :]

    def keep(self, request: ChatRequest, result: ChatResult) -> ChatResult:
        """The answer with the references of what a worker would have kept."""
        talk = request.talk
        assert talk is not None
        new, head = list(talk.messages), talk.head
        if talk.opening:
            new, head = [*talk.opening, *self._last(talk), *new[talk.hidden :]], None
        if talk.preamble is None:
            files = {"files": request.files} if request.files else {}
            new.append({"role": "user", "value": request.prompt, **files})
            texts = {"prompt": request.prompt, "tools": talk.tools_text}
            result = replace(result, preamble=self._kept(texts | files))
        text = words(result.output, result.text, plain=talk.plain)
        return replace(result, head=self._kept({"previous": head, "messages": [*new, said(text, result.calls)]}))

    def _kept(self, value: Any) -> list[Any]:
        content = repr(value).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.objects[digest] = value
        return [digest, len(content)]


def spoken(messages: list[Any]) -> list[str]:
    """Messages as lines for people."""
    return [_line(message) for message in messages]


def noticed(talk: Talk) -> list[str]:
    """What is said for one request alone."""
    return [f"notice {talk.notice}"] if talk.notice else []


def _line(message: Any) -> str:
    told = _told(message)
    calls = [f"{call['name']}({call['arguments']})" for call in message.get("calls") or []]
    return " ".join([message["role"], *([told] if told else []), *shown(message.get("files") or []), *calls])


def shown(files: list[Any]) -> list[str]:
    """Files of a message as people read them, before they are on their way or behind it."""
    told = [each if type(each) is dict else as_said(each) for each in files]
    return [f"[{each['name']} {each['media_type']} {each['size']}]" for each in told]


def _readable(message: Any) -> Any:
    return {name: part for name, part in message.items() if name != "value"} | {"text": _told(message)}


def _told(message: Any) -> str:
    return text_of(message["value"]) if "value" in message else message.get("text") or ""


def fetch(world: World, value: Any) -> Any:
    """A value with what its references stand for in their place."""
    return substitute(value, lambda reference: world.objects[reference.hash])
