"""What a provider is: one attempt at one model, ending in an answer or in a failure that says what it cost."""

import json
from collections.abc import Callable
from typing import Any, Literal, Protocol, runtime_checkable

from dsl.expressions.values import File
from dsl.values.conversations import size_of, size_of_files
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.numbers import tokens
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.sparse import sparse

FRAMING_TOKENS = 64
"""What a chat adds to a text, at most: roles, separators, the name of the schema."""

Charge = Literal["none", "usage", "reservation"]
"""What a failed attempt is charged: nothing, what was reported, or (nobody knows) all that was reserved."""


class Provider(Protocol):
    async def chat(self, request: ChatRequest) -> ChatResult:
        """Ask once. Never tries again by itself: the interpreter decides. Raises `ProviderFailure`."""
        ...

    async def close(self) -> None: ...


Heard = Callable[[str], None]
"""Told each piece of an answer as it comes; it must not take long."""


@runtime_checkable
class Streams(Protocol):
    """A provider whose answers are heard while they are written."""

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult: ...


@runtime_checkable
class TakesBatches(Protocol):
    """A provider that takes many questions together."""

    async def batch(self, request: BatchRequest) -> BatchReply: ...


async def asked(provider: Provider, request: ChatRequest, heard: Heard | None) -> ChatResult:
    """As `Provider.chat`, heard as it is written, where that can be."""
    if isinstance(provider, Streams):
        return await provider.chat_streamed(request, heard)
    return await provider.chat(request)


class ProviderFailure(Exception):
    """How an attempt ended badly; `kind` is one of `interpreter.boundary.failures.MODEL_FAILURES`. `retry_after` are
    the seconds that the provider asks to wait, or its words, where those cannot be. `cut`: the answer was as long as it
    might be; `refuses`: what of the request the server does not take; `most`: the most tokens of an answer of this
    model, and `most_here` of an answer to this prompt, as the server says; `unreached`: nothing answers at the address.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        charge: Charge,
        retry_after: float | str | None = None,
        usage: ChatUsage | None = None,
        cut: bool = False,
        refuses: tuple[str, ...] = (),
        most: int | None = None,
        most_here: int | None = None,
        unreached: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.charge = charge
        self.retry_after = retry_after
        self.usage = usage
        self.cut = cut
        self.refuses = refuses
        self.most = most
        self.most_here = most_here
        self.unreached = unreached

    @property
    def detail(self) -> dict[str, Any]:
        """As it stands in a history."""
        usage = believable(self.usage)
        return {
            "retry_after": self.retry_after,
            "usage": sparse(usage),
            "charge": self.charge,
            **({"cut": True} if self.cut else {}),
            **({"refuses": list(self.refuses)} if self.refuses else {}),
            **({"most": self.most} if self.most is not None else {}),
            **({"most_here": self.most_here} if self.most_here is not None else {}),
            **({"unreached": True} if self.unreached else {}),
        }


def spent(kind: str, message: str, usage: ChatUsage | None, *, cut: bool = False) -> ProviderFailure:
    """A failure of an answer that was produced and is paid for: by its usage, if that was reported."""
    return ProviderFailure(kind, message, charge="usage" if usage else "reservation", usage=usage, cut=cut)


def believable(usage: ChatUsage | None) -> ChatUsage | None:
    """What a provider reports, if it can be true; it is worth no more than none otherwise."""
    if usage is None:
        return None
    sent, answer = tokens(usage.input_tokens), tokens(usage.output_tokens)
    if sent is None or answer is None:
        return None
    cached, written = tokens(usage.cached_tokens) or 0, tokens(usage.cache_write_tokens) or 0
    reasoned = min(tokens(usage.reasoning_tokens) or 0, answer)
    return ChatUsage(sent, answer, *((cached, written) if cached + written <= sent else (0, 0)), reasoned)


def at_most(request: ChatRequest) -> ChatUsage:
    """The most that an answered request can have used, since a token has at least one byte; a file has as many as it is
    reserved for.
    """
    talk = request.talk
    texts = [request.prompt, request.instructions, request.feedback, request.refused, request.schema_text]
    texts += [json.dumps(request.schema)] if request.schema is not None else []
    texts += [talk.tools_text, talk.notice] if talk is not None else []
    messages = talk.messages if talk is not None else []
    files = [*request.files, *(file for each in messages for file in each.get("files") or ())]
    sent = sum(len(text.encode()) for text in texts if text) + sum(size_of(each) for each in messages)
    return ChatUsage(
        FRAMING_TOKENS + sent + sum(_tokens(file, request.model) for file in files), request.max_output_tokens
    )


def _tokens(file: JSON, model: str) -> int:
    kept = File(file.get("sha256", ""), len(file["data"]) * 3 // 4, file["name"], file["media_type"])
    return size_of_files([kept], model)
