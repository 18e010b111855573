"""The conversation of a request: read before the model is asked, kept with its answer.

A request has the reference of what is kept and what came since. What came since is kept as one chunk with the answer,
so every message lies in the store once, whoever goes on from there; where a summary takes the place of what is oldest,
the latest of what is kept begin a new chain with it. Chunks never change, so a worker remembers those that it has read,
decoded: a turn on the worker of the turn before reads nothing, and decodes nothing either.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from dsl.expressions.values import File, Reference, Value, replaced, substitute
from dsl.expressions.wire import to_wire
from dsl.values import chunks
from dsl.values.codec import encoded, load
from dsl.values.conversations import Message, text_of
from dsl.values.references import joined
from dsl.values.spoken import beginning, without_answers
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult
from interpreter.boundary.talk import Talk
from interpreter.core.talks import said, words
from interpreter.stores.kept_files import spelled_out
from interpreter.stores.store import ObjectStore, read
from interpreter.stores.values import content_of

MOST_REMEMBERED = 32 * 1024 * 1024
"""Bytes of chunks and texts that a worker remembers, as they are kept."""


class Talks:
    """Calls of the store block: for a thread."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._remembered: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._size = 0

    def whole(self, request: ChatRequest) -> ChatRequest:
        """The request with all its texts and all messages that the model sees. Raises `StoreError`."""
        prompt, instructions, head, preamble, messages, files = self._joined(request)
        talk = _talk(request)
        kept = chunks.last_messages(head, talk.shown, self._chunk)
        shown = [self._readable(message) for message in without_answers([*kept, *messages[talk.hidden :]])]
        before: list[Message] = list(talk.opening)
        tools, schema = talk.tools_text, request.schema_text
        if preamble is None:
            shown.append(_with({"role": "user", "text": self._text(prompt)}, files))
        else:
            first = self._read(preamble, lambda content: load(json.loads(content)))
            prompt, instructions, tools, schema = (first[name] for name in _PREAMBLE)
            if talk.again:
                before.insert(0, _with({"role": "user", "text": self._text(prompt)}, first.get("files")))
        return replace(
            request,
            prompt=self._text(prompt),
            instructions=None if instructions is None else self._text(instructions),
            schema_text=schema,
            references=[],
            files=[],
            talk=Talk(
                messages=replaced([*beginning(before, shown)], File, partial(spelled_out, self._store)),
                tools_text=tools,
                notice=talk.notice,
            ),
        )

    def kept(self, request: ChatRequest, result: ChatResult) -> ChatResult:
        """The answer, with the references of what was kept: the new messages and it, and the texts of a first request.
        Raises what the store does.
        """
        prompt, instructions, head, preamble, messages, files = self._joined(request)
        talk = _talk(request)
        if talk.opening:
            shown = chunks.last_messages(head, talk.shown, self._chunk)
            head, messages = None, [*talk.opening, *shown, *messages[talk.hidden :]]
        if preamble is None:
            messages = [*messages, _with({"role": "user", "value": prompt}, files)]
            texts = (prompt, instructions, talk.tools_text, request.schema_text)
            preface = _with(dict(zip(_PREAMBLE, texts, strict=True)), files)
            first = self._put(encoded(preface), preface)
            result = replace(result, preamble=[first.hash, first.size])
        text = words(result.output, result.text, plain=talk.plain)
        messages = [*messages, said(text, result.calls)]
        chunk = self._put(chunks.encode(head, messages), (head, messages))
        return replace(result, head=[chunk.hash, chunk.size])

    def _joined(self, request: ChatRequest) -> "_Joined":
        talk = _talk(request)
        texts = [request.prompt, request.instructions]
        data: JSON = [*texts, talk.head, talk.preamble, list(talk.messages), list(request.files)]
        prompt, instructions, head, preamble, messages, files = joined(data, request.references)
        return prompt, instructions, head, preamble, messages, files

    def _readable(self, message: Message) -> Message:
        """What a tool gave, or a prompt that is kept elsewhere, as the text that the model sees."""
        if "value" not in message:
            return message
        return {name: part for name, part in message.items() if name != "value"} | {
            "text": self._text(message["value"])
        }

    def _text(self, value: Value) -> str:
        return text_of(substitute(value, lambda reference: to_wire(content_of(self._store, reference))))

    def _put(self, content: bytes, decoded: Any) -> Reference:
        digest = self._store.put(content)
        self._remember(digest, decoded, len(content))
        return Reference(digest, len(content))

    def _chunk(self, reference: Reference) -> chunks.Chunk:
        chunk: chunks.Chunk = self._read(reference, chunks.decode)
        return chunk

    def _read(self, reference: Reference, decode: Callable[[bytes], Any]) -> Any:
        remembered = self._remembered.get(reference.hash)
        if remembered is not None:
            return remembered[0]
        content = read(self._store, reference.hash)
        decoded = decode(content)
        self._remember(reference.hash, decoded, len(content))
        return decoded

    def _remember(self, digest: str, decoded: Any, size: int) -> None:
        if digest not in self._remembered:
            self._size += size
        self._remembered[digest] = decoded, size
        while self._size > MOST_REMEMBERED:
            _, (_, forgotten) = self._remembered.popitem(last=False)
            self._size -= forgotten


_Joined = tuple[Any, Any, Reference | None, Reference | None, list[Message], list[Value]]


def _with(message: Message, files: Any) -> Message:
    return message | {"files": files} if files else message


_PREAMBLE = ("prompt", "instructions", "tools", "schema")


def _talk(request: ChatRequest) -> Talk:
    assert request.talk is not None
    return request.talk
