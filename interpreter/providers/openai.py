"""The OpenAI API, or any server that speaks it: one completion or response for one attempt, streamed.

The client's own retries are off: the interpreter decides what comes next. The client sends; what comes back is read
here (`openai_reading.py`), because the client's own reading of a stream takes one that broke off for one that ended,
and believes what it is told.
"""

from dataclasses import replace
from typing import Any, assert_never

from dsl.models.known import refused_at, told_in_words_at
from interpreter.boundary import failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.access import Access, usable_key
from interpreter.providers.call_id import CALL_ID
from interpreter.providers.keyless import Keyless, keyless
from interpreter.providers.openai_answers import result
from interpreter.providers.openai_batches import OpenAIBatches
from interpreter.providers.openai_client import client_of
from interpreter.providers.openai_failures import failure_of
from interpreter.providers.openai_reading import Answer, read
from interpreter.providers.openai_request import parameters
from interpreter.providers.openai_responses import Responded, as_response
from interpreter.providers.provider import Heard, ProviderFailure

SILENCE_SECONDS = 120.0
"""The longest wait for the next piece of an answer. The whole attempt is bounded by its activity."""


class OpenAIProvider:
    def __init__(self, access: Access, *, silence: float = SILENCE_SECONDS) -> None:
        self._access = replace(access, key=usable_key(access.key))
        self._client = client_of(self._access, silence)
        self._refused_here = refused_at(self._access.host)
        self._told_in_words = told_in_words_at(self._access.host)

    async def chat(self, request: ChatRequest) -> ChatResult:
        return await self.chat_streamed(request, None)

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        """What is said, and what is said of a failure, is looked through for the key: a server, or the client, may have
        told it back.
        """
        request = replace(request, without=sorted({*request.without, *self._refused_here}))
        try:
            return keyless(await self._asked(request, heard), self._access)
        except ProviderFailure as failure:
            failure.message = self._access.without_key(failure.message)
            raise failure from None
        except Exception as error:  # noqa: BLE001 - of the client library, which may fail in any way
            message = f"the client failed: {self._access.without_key(f'{type(error).__name__}: {error}')}"
            raise ProviderFailure(failures.CONNECTION_FAILED, message, charge="reservation") from None

    async def _asked(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        sent = parameters(request, self._name(request.model), self._told_in_words)
        ask = self._client.chat.completions.with_streaming_response.create
        heard = None if heard is None else Keyless(self._access, heard)
        answer = Answer(heard=heard)
        if self._access.api == "responses":
            sent, answer = as_response(sent), Responded(heard=heard)
            ask = self._client.responses.with_streaming_response.create
        try:
            async with ask(**sent, extra_headers=self._headers()) as response:
                answer = await read(response.iter_bytes(), answer)
        except Exception as error:
            failure = failure_of(error, request, self._access)
            if failure is None:
                raise
            raise failure from error
        return result(request, answer)

    def _headers(self) -> dict[str, str]:
        """What its operator can find the call by, in his logs and in ours."""
        call = CALL_ID.get()
        return {self._access.id_header: call} if call else {}

    async def batch(self, request: BatchRequest) -> BatchReply:
        if self._access.version is not None:
            words = f"batches of Azure are not supported; {self._access.names_address}"
            raise ProviderFailure(failures.INVALID_REQUEST, words, charge="none")
        batches = OpenAIBatches(self._client, self._access)
        try:
            match request.what:
                case "submit":
                    bodies = [(place, self._body(each)) for place, each in enumerate(request.requests) if each.model]
                    return await batches.submit(request, bodies)
                case "look":
                    return await batches.look(request)
                case "cancel":
                    return await batches.cancel(request)
                case _:
                    assert_never(request.what)
        except Exception as error:  # noqa: BLE001 - of the client library, which may fail in any way
            failure = failure_of(error, ChatRequest("", request.model, ""), self._access)
            if failure is None:
                words = f"the client failed: {type(error).__name__}: {error}"
                failure = ProviderFailure(failures.CONNECTION_FAILED, words, charge="reservation")
            failure.message = self._access.without_key(failure.message)
            raise failure from None

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        """What a question of a batch sends: as alone, but not as a stream."""
        without = sorted({*request.without, *self._refused_here, "stream", "stream_options"})
        sent = parameters(replace(request, without=without), self._name(request.model), self._told_in_words)
        del sent["stream"]
        return as_response(sent) if self._access.api == "responses" else sent

    async def close(self) -> None:
        await self._client.close()

    def _name(self, model: str) -> str:
        if self._access.version is not None:
            return model.removeprefix("azure/")
        return model.removeprefix("openai/") if self._access.address is None else model
