"""One call of a model as a cassette has it: what was asked, what came of it, and the line that says both.

What is asked is known by a digest of the request as it is sent for a chat, whichever API it goes to, without what says
nothing of the question: how the answer travels, and its ceiling, which goes by what the budgets have left at that
moment. Neither key nor address is a part of a request, and of a file only the hash of its content is.

A request that goes on with another one has only what is new: `after` is the key of the other, whose messages, tools
and options it has too. So a conversation is written down once, whatever its length, and each line can be read.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from interpreter.boundary.batches import BatchAnswer
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.sparse import sparse
from interpreter.boundary.talk import AskedCall
from interpreter.providers.files import by_hash
from interpreter.providers.openai_request import parameters
from interpreter.providers.provider import ProviderFailure

Asked = dict[str, Any]
"""A request as it is written down."""

_HOW_IT_TRAVELS = ("stream", "stream_options", "max_tokens", "max_completion_tokens")
_DIGITS = re.compile(r"(\d+)")


class UnreadableCall(ValueError):
    """Why a line is no call of a model."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """`step` is the path of the step, with its turn, and of the called run that it is in."""

    key: str
    agent: str
    step: str
    asked: Asked
    came: ChatResult | ProviderFailure

    @property
    def is_passing_trouble(self) -> bool:
        """Whether it failed and cost nothing: if the same was answered later, there is nothing to learn from it."""
        return isinstance(self.came, ProviderFailure) and self.came.charge == "none" and not self.came.refuses


def asked_of(request: ChatRequest) -> Asked:
    sent = parameters(by_hash(request), request.model)
    return {name: part for name, part in sent.items() if name not in _HOW_IT_TRAVELS}


def key_of(asked: Asked) -> str:
    """Fields in their order: a model writes them in the one in which it sees them."""
    return hashlib.sha256(_line(asked).encode()).hexdigest()[:16]


def in_order(calls: Iterable[RecordedCall]) -> list[RecordedCall]:
    """By step, turns as numbers, and as a conversation grows; the same question stays in the order of its answers."""
    return sorted(calls, key=lambda call: (_natural(call.step), call.agent, len(call.asked["messages"]), call.key))


def _natural(step: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(step)]


# -- written


def line_of(call: RecordedCall, known: Mapping[str, Asked]) -> str:
    """`known` are the requests that are written before it, or beside it, by their keys."""
    if isinstance(call.came, ProviderFailure):
        came: dict[str, Any] = {"failed": {"kind": call.came.kind, "message": call.came.message, **call.came.detail}}
    else:
        came = {"said": _said(call.came)}
    asked = _gone_on(call, known)
    return _line({"step": call.step, "agent": call.agent, "key": call.key, "asked": asked, **came})


def _gone_on(call: RecordedCall, known: Mapping[str, Asked]) -> Asked:
    """The request, as it goes on with the longest of the known ones that it begins with."""
    messages, longest, before = call.asked["messages"], 0, ""
    for key, asked in known.items():
        shared = len(asked["messages"])
        if longest < shared < len(messages) and messages[:shared] == asked["messages"] and _alike(asked, call.asked):
            longest, before = shared, key
    return {"after": before, "messages": messages[longest:]} if before else call.asked


def _alike(one: Asked, other: Asked) -> bool:
    return {**one, "messages": None} == {**other, "messages": None} and list(one) == list(other)


def _said(result: ChatResult) -> dict[str, Any]:
    said: dict[str, Any] = {"model": result.response_model, "usage": sparse(result.usage)}
    said |= {"text": result.text} if result.text is not None else {}
    said |= {"output": result.output} if result.output is not None else {}
    return said | ({"calls": [vars(call) for call in result.calls]} if result.calls else {})


def _line(data: JSON) -> str:
    return json.dumps(data, ensure_ascii=False)


# -- read


def call_of(line: str, known: dict[str, Asked]) -> RecordedCall:
    """The call that a line tells; its request is added to `known`. Raises `UnreadableCall`."""
    try:
        told = json.loads(line)
        key, asked = str(told["key"]), dict(told["asked"])
        before = asked.pop("after", None)
        if before is not None:
            asked = known[before] | {"messages": [*known[before]["messages"], *asked["messages"]]}
        came = _failure(told["failed"]) if "failed" in told else _result(told["said"])
        call = RecordedCall(key, str(told["agent"]), str(told["step"]), asked, came)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableCall(f"{type(error).__name__}: {error}") from error
    known.setdefault(key, asked)
    return call


def _result(said: Mapping[str, Any]) -> ChatResult:
    calls = [AskedCall(**call) for call in said.get("calls", [])]
    usage = ChatUsage(**said["usage"])
    return ChatResult(said.get("output"), usage, said["model"], rehearsal=True, text=said.get("text"), calls=calls)


def failure_told(answer: BatchAnswer) -> ProviderFailure:
    """How a question of a batch failed."""
    return _failure({"kind": answer.kind, "message": answer.message, **(answer.detail or {"charge": "none"})})


def _failure(told: Mapping[str, Any]) -> ProviderFailure:
    rest = {name: part for name, part in told.items() if name not in ("kind", "message")}
    rest |= {"usage": ChatUsage(**rest["usage"])} if rest.get("usage") is not None else {}
    rest |= {"refuses": tuple(rest["refuses"])} if "refuses" in rest else {}
    return ProviderFailure(told["kind"], told["message"], **rest)
