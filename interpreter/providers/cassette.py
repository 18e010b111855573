"""Calls of models, recorded: a file of JSON lines, one for each attempt that was answered or that failed.

A line is added before anybody hears of the answer, so what a run has got is in the file, however its worker ends; a
line that was cut off by that is none. When a recording is closed, its lines are put in an order that does not hang on
who was faster, so what changes in a repository is what has changed. While one is open, no other worker may write it.
"""

import asyncio
import json
import os
from collections.abc import Iterable
from pathlib import Path

from temporalio import activity

from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.failures import INVALID_REQUEST, MODEL_TIMEOUT, NO_PROVIDER
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.in_order import PLACE, step_that_asks
from interpreter.providers.provider import Heard, Provider, ProviderFailure, TakesBatches, asked
from interpreter.providers.recorded_calls import (
    Asked,
    RecordedCall,
    UnreadableCall,
    asked_of,
    call_of,
    failure_told,
    in_order,
    key_of,
    line_of,
)
from interpreter.providers.replaying import ReplayingProvider

HEAD = json.dumps({"cassette": 1})
"""The first line, with the version of the form."""
ENDING = ".cassette.jsonl"
_SHORTEST_SECRET = 8
_LEFT_OUT = "…"


class UnusableCassette(ValueError):
    """A file that is no cassette, or that cannot be read or written."""


class Cassette:
    """The recorded calls of models in a file: `recording(provider)` adds to it what a provider is asked and answers,
    `replaying()` answers from it and asks nobody.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def calls(self) -> list[RecordedCall]:
        """Raises `UnusableCassette`."""
        known: dict[str, Asked] = {}
        calls: list[RecordedCall] = []
        for number, line in enumerate(self._lines(), 2):
            try:
                calls.append(call_of(line, known))
            except UnreadableCall as error:
                raise UnusableCassette(f"{self.path}:{number}: this is no recorded call ({error})") from error
        return calls

    def replaying(self) -> Provider:
        """Raises `UnusableCassette`."""
        return ReplayingProvider(self.path.name, self.calls)

    def recording(self, provider: Provider, *, secrets: Iterable[str] = ()) -> Provider:
        """What is secret is left out, should somebody have told it to a model, or a provider tell it back. Raises
        `UnusableCassette`.
        """
        return RecordingProvider(provider, self, frozenset(secrets))

    def begin(self) -> None:
        """Make it an empty one; nothing else is replaced. Raises `UnusableCassette`."""
        if self.path.exists() and self.path.stat().st_size:
            self._lines()
        self._replace([])

    def prepare(self) -> None:
        """For lines to be added: it is there, and has no line that was cut off. Raises `UnusableCassette`."""
        if not self.path.exists() or not self.path.stat().st_size:
            self._replace([])
            return
        self._lines()
        content = self.path.read_bytes()
        if not content.endswith(b"\n"):
            self._write(content[: content.rindex(b"\n") + 1])

    def add(self, line: str) -> None:
        with self.path.open("ab") as file:
            file.write(f"{line}\n".encode())

    def tidy(self) -> None:
        """Put its lines in order."""
        calls = in_order(self.calls)
        known: dict[str, Asked] = {}
        lines = []
        for call in calls:
            lines.append(line_of(call, known))
            known.setdefault(call.key, call.asked)
        self._replace(lines)

    def _lines(self) -> list[str]:
        """Those of calls, that are whole."""
        try:
            head, *lines = self.path.read_text(encoding="utf-8").split("\n")[:-1]
            version = json.loads(head)["cassette"]
        except OSError as error:
            raise UnusableCassette(f"{self.path} cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UnusableCassette(f"{self.path} is no cassette: its first line is not {HEAD}") from error
        if version != 1:
            raise UnusableCassette(f"{self.path} is of the form {version}, and only 1 is known here")
        return lines

    def _replace(self, lines: list[str]) -> None:
        self._write("".join(f"{line}\n" for line in (HEAD, *lines)).encode())

    def _write(self, content: bytes) -> None:
        draft = self.path.with_name(f"{self.path.name}.draft")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            os.replace(draft, self.path)
        except OSError as error:
            raise UnusableCassette(f"{self.path} cannot be written: {error.strerror or error}") from error


class RecordingProvider:
    def __init__(self, provider: Provider, cassette: Cassette, secrets: frozenset[str] = frozenset()) -> None:
        self._provider = provider
        self._cassette = cassette
        self._secrets = sorted((text for text in secrets if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)
        cassette.prepare()
        self._known: dict[str, Asked] = {}
        self._submitted: dict[str, list[ChatRequest]] = {}
        for call in cassette.calls:
            self._known.setdefault(call.key, call.asked)

    async def chat(self, request: ChatRequest) -> ChatResult:
        return await self.chat_streamed(request, None)

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        try:
            result = await asked(self._provider, request, heard)
        except ProviderFailure as failure:
            # Which worker lacks a key says nothing about the model.
            if failure.kind != NO_PROVIDER:
                self._record(request, failure)
            raise
        except asyncio.CancelledError:
            if activity.in_activity() and activity.cancellation_details() is None:
                late = ProviderFailure(MODEL_TIMEOUT, "the model did not answer in time", charge="reservation")
                self._record(request, late)
            raise
        self._record(request, result)
        return result

    async def batch(self, request: BatchRequest) -> BatchReply:
        """Each question with what came of it, as if it had been asked alone. A worker that did not submit the batch
        does not know what was asked, and records none of it.
        """
        if not isinstance(self._provider, TakesBatches):
            raise ProviderFailure(INVALID_REQUEST, "the provider takes no batches", charge="none")
        reply = await self._provider.batch(request)
        if request.what == "submit":
            self._submitted[request.key] = request.requests
        asked_there = self._submitted.get(request.key, [])
        for answer in reply.answers:
            if answer.place < len(asked_there):
                token = PLACE.set(str(answer.place))
                self._record(asked_there[answer.place], answer.result or failure_told(answer))
                PLACE.reset(token)
        if reply.over and reply.more is None:
            self._submitted.pop(request.key, None)
        return reply

    def _record(self, request: ChatRequest, came: ChatResult | ProviderFailure) -> None:
        told = asked_of(request)
        call = RecordedCall(key_of(told), request.agent, step_that_asks(), told, came)
        line = line_of(call, self._known)
        for secret in self._secrets:
            line = line.replace(secret, _LEFT_OUT).replace(json.dumps(secret)[1:-1], _LEFT_OUT)
        self._cassette.add(line)
        self._known.setdefault(call.key, told)

    async def close(self) -> None:
        await self._provider.close()
        self._cassette.tidy()
