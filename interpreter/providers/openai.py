"""The OpenAI API, or any server that speaks it: one streamed completion for one attempt.

The client's own retries are off: the interpreter decides what comes next. Two traps of the client are closed here: a
stream that ends early raises nothing (its `finish_reason` stays None), and a corrupt chunk raises a bare
`JSONDecodeError`.
"""

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openai

from interpreter.boundary import failures
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult, ChatUsage
from interpreter.providers.access import usable_key
from interpreter.providers.openai_failures import failure_of
from interpreter.providers.provider import ProviderFailure, believable, spent

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 120.0
"""The longest wait for the next piece of an answer. The whole attempt is bounded by its activity."""


class OpenAIProvider:
    def __init__(self, api_key: str, base_url: str | None = None, *, silence: float = SILENCE_SECONDS) -> None:
        timeout = openai.Timeout(silence, connect=CONNECT_SECONDS)
        self._key = usable_key(api_key)
        self._client = openai.AsyncOpenAI(api_key=self._key, base_url=base_url, max_retries=0, timeout=timeout)
        self._prefix = "openai/" if base_url is None else ""

    async def chat(self, request: ChatRequest) -> ChatResult:
        """What is said of a failure is looked through for the key: a server, or the client, may have told it back."""
        try:
            return await self._asked(request)
        except ProviderFailure as failure:
            failure.message = self._without_key(failure.message)
            raise failure from None
        except Exception as error:  # noqa: BLE001 - of the client library, which may fail in any way
            message = f"the client failed: {self._without_key(f'{type(error).__name__}: {error}')}"
            raise ProviderFailure(failures.CONNECTION_FAILED, message, charge="reservation") from None

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text

    async def _asked(self, request: ChatRequest) -> ChatResult:
        answer = _Answer()
        try:
            stream = await self._client.chat.completions.create(**self._parameters(request))
            async with stream:
                async for chunk in stream:
                    answer.take(chunk)
        except openai.APIError as error:
            raise failure_of(error) from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            message = f"a piece of the answer is damaged ({error})"
            raise ProviderFailure(failures.CONNECTION_FAILED, message, charge="reservation") from error
        return _result(request, answer)

    async def close(self) -> None:
        await self._client.close()

    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            "model": request.model.removeprefix(self._prefix),
            "messages": messages(request),
            "max_completion_tokens": request.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.temperature is not None:
            parameters["temperature"] = request.temperature
        if request.schema is not None:
            name = re.sub(r"[^A-Za-z0-9_-]", "_", request.agent)[:64]
            form = {"name": name, "schema": request.schema, "strict": True}
            parameters["response_format"] = {"type": "json_schema", "json_schema": form}
        return parameters


def messages(request: ChatRequest) -> list[dict[str, str]]:
    """Instructions, prompt, and on a re-ask why the answer before was refused."""
    said = [{"role": "user", "content": request.prompt}]
    if request.instructions is not None:
        said.insert(0, {"role": "system", "content": request.instructions})
    if request.feedback is not None:
        content = f"Your last answer could not be used: {request.feedback}\nAnswer again."
        said.append({"role": "user", "content": content})
    return said


@dataclass
class _Answer:
    """What has come of an answer so far."""

    text: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    finish: str | None = None
    model: str = ""
    usage: ChatUsage | None = None

    def take(self, chunk: "ChatCompletionChunk") -> None:
        self.model = chunk.model or self.model
        if chunk.usage is not None:
            self.usage = believable(ChatUsage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens))
        for choice in chunk.choices or ():
            self.finish = choice.finish_reason or self.finish
            if choice.delta is not None:
                self.text.append(choice.delta.content or "")
                self.refusal.append(choice.delta.refusal or "")


def _result(request: ChatRequest, answer: _Answer) -> ChatResult:
    if answer.finish is None:
        raise spent(failures.CONNECTION_FAILED, "the answer ended before it was complete", answer.usage)
    refusal = "".join(answer.refusal)
    if refusal:
        raise spent(failures.REFUSED, f"the model refused: {refusal}", answer.usage)
    if answer.finish == "content_filter":
        raise spent(failures.CONTENT_FILTERED, "the provider's content filter stopped the answer", answer.usage)
    if answer.finish == "length":
        message = f"the answer was cut off: it is longer than {request.max_output_tokens} tokens"
        raise spent(failures.MALFORMED_OUTPUT, message, answer.usage)
    if answer.finish != "stop":
        message = f"the model stopped with {answer.finish!r} instead of an answer"
        raise spent(failures.MALFORMED_OUTPUT, message, answer.usage)
    text = "".join(answer.text)
    output = text if request.schema is None else _parsed(text, answer.usage)
    return ChatResult(output, answer.usage or _at_most(request, text), answer.model or request.model)


def _parsed(text: str, usage: ChatUsage | None) -> JSON:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise spent(
            failures.MALFORMED_OUTPUT, f"the answer is not the JSON that was asked for: {error}", usage
        ) from error


def _no_constant(name: str) -> JSON:
    raise ValueError(f"{name} is not JSON")


def _at_most(request: ChatRequest, text: str) -> ChatUsage:
    """For a server that reports no usage: the most it can be, since a token has at least one byte."""
    sent = sum(len(message["content"].encode()) for message in messages(request))
    return ChatUsage(sent, min(len(text.encode()), request.max_output_tokens))
