"""A request as the OpenAI API takes it, and in the forms that servers take which know only a part of it.

Roles alternate after the instructions, because the templates of many models want that: a re-ask shows the model its own
refused answer as its own, and where that was empty, the reason stands below the prompt.
"""

import json
import re
from typing import Any

from dsl.models.strict import beyond, within
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.files import merged, said_with
from interpreter.providers.tools_in_words import conversed, form, told

Message = dict[str, Any]


def parameters(request: ChatRequest, model: str, words: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What is sent, `model` being its name there; the keywords `words` of a schema are told in words."""
    without = set(request.without)
    ceiling = "max_tokens" if "max_completion_tokens" in without else "max_completion_tokens"
    sent: dict[str, Any] = {
        "model": model,
        "messages": messages(request),
        ceiling: request.max_output_tokens,
        "stream": "stream" not in without,
    }
    if sent["stream"] and "stream_options" not in without:
        sent["stream_options"] = {"include_usage": True}
    if request.temperature is not None and "temperature" not in without:
        sent["temperature"] = request.temperature
    if request.seed is not None and "seed" not in without:
        sent["seed"] = request.seed
    if request.reasoning is not None and "reasoning_effort" not in without:
        sent["reasoning_effort"] = request.reasoning
    tools = _tools(request)
    if tools:
        sent["tools"] = tools
    form = _form(request, words)
    return sent if form is None else sent | {"response_format": form}


def messages(request: ChatRequest) -> list[Message]:
    instructions = [] if request.instructions is None else [str(request.instructions)]
    in_words = told(request)
    instructions += [in_words] if in_words is not None else []
    if not in_words and cannot_be_held_to(schema_of(request), request):
        instructions.append(f"Answer with JSON of this schema only:\n{schema_text(request)}")
    said: list[Message] = [{"role": "user", "content": said_with(str(request.prompt), request.files)}]
    if request.talk is not None:
        said = [message for each in request.talk.messages for message in conversed(each, in_words=in_words is not None)]
    if request.talk is not None and request.talk.notice is not None:
        said.append({"role": "user", "content": request.talk.notice})
    feedback = f"Your last answer could not be used: {request.feedback}\nAnswer again."
    if request.feedback is not None and request.refused:
        said.append({"role": "assistant", "content": request.refused})
    if request.feedback is not None:
        said.append({"role": "user", "content": feedback})
    if instructions and "system" in request.without:
        said.insert(0, {"role": "user", "content": "\n\n".join(instructions)})
    elif instructions:
        said.insert(0, {"role": "system", "content": "\n\n".join(instructions)})
    return _alternating(said)


def _alternating(said: list[Message]) -> list[Message]:
    """What one side says in a row is one message."""
    rows: list[Message] = []
    for message in said:
        before = rows[-1] if rows else None
        if before is not None and before["role"] == message["role"] == "user":
            before["content"] = merged(before["content"], message["content"])
        else:
            rows.append(dict(message))
    return rows


def _tools(request: ChatRequest) -> list[dict[str, Any]]:
    text = request.talk.tools_text if request.talk is not None and "tools" not in request.without else None
    return [{"type": "function", "function": each} for each in json.loads(text)] if text is not None else []


def schema_of(request: ChatRequest) -> Any:
    """The JSON Schema of the answer, its keys in order; None where any text will do."""
    return json.loads(request.schema_text) if request.schema_text is not None else request.schema


def held_to(request: ChatRequest) -> Any:
    """The JSON Schema of all that the model may say."""
    return schema_of(request) if told(request) is None else form(request)


def schema_text(request: ChatRequest) -> str:
    return request.schema_text or json.dumps(request.schema)


def _form(request: ChatRequest, words: frozenset[str]) -> dict[str, Any] | None:
    schema = held_to(request)
    if schema is None:
        return None
    if cannot_be_held_to(schema, request):
        return None if "json_object" in request.without else {"type": "json_object"}
    name = re.sub(r"[^A-Za-z0-9_-]", "_", request.agent)[:64]
    strict = {} if "strict" in request.without else {"strict": True}
    return {"type": "json_schema", "json_schema": {"name": name, "schema": within(schema, words), **strict}}


def cannot_be_held_to(schema: Any, request: ChatRequest) -> bool:
    """Whether the schema cannot be a form of the answer here: the server takes none, or not such a one."""
    return schema is not None and ("json_schema" in request.without or beyond(schema) is not None)
