"""The messages of a conversation for a server, and tools for one that knows none: told in words, called by an answer.

A model that is told of tools in words answers with one JSON object: `{"call": {"name": …, "arguments": {…}}}`, or
`{"answer": …}`. What it called and what came of it then stands in plain messages, of the two roles that every model
knows. Where a server can hold an answer to a schema, it is held to these two forms: a small model does not keep to them
by being told. What a function gave is followed by a reminder, without which such a model calls it for ever.
"""

import json
from collections.abc import Iterator
from typing import Any

from interpreter.boundary.payloads import JSON, ChatRequest
from interpreter.providers.files import said_with

CALL, ANSWER = "call", "answer"
REMINDER = f'Go on: {{"{CALL}": …}} or {{"{ANSWER}": …}}.'


def told(request: ChatRequest) -> str | None:
    """What a model without tool calling is told of its tools; None when there is nothing to tell."""
    if request.talk is None or request.talk.tools_text is None or "tools" not in request.without:
        return None
    tools = "\n".join(_line(tool) for tool in json.loads(request.talk.tools_text))
    answer = "a text" if request.schema_text is None else f"JSON of this schema: {request.schema_text}"
    return (
        f"You may call these functions, one at a time:\n{tools}\n"
        f'To call one, answer with this JSON alone: {{"{CALL}": {{"name": "…", "arguments": {{…}}}}}}\n'
        f'What it gives is told to you then. When you know enough, answer with this JSON alone: {{"{ANSWER}": …}}, '
        f"where … is {answer}"
    )


def form(request: ChatRequest) -> dict[str, Any]:
    """The JSON Schema of all that such a model may say: a call of one of its tools, or its answer."""
    assert request.talk is not None
    definitions: dict[str, Any] = {}
    calls = [
        _record(
            name={"type": "string", "enum": [tool["name"]]}, arguments=_with_its_own(tool["parameters"], definitions)
        )
        for tool in json.loads(request.talk.tools_text or "[]")
    ]
    answer = {"type": "string"} if request.schema_text is None else json.loads(request.schema_text)
    either = [_record(**{CALL: {"anyOf": calls}}), _record(**{ANSWER: _with_its_own(answer, definitions)})]
    return {"anyOf": either, "$defs": definitions} if definitions else {"anyOf": either}


def _record(**properties: JSON) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _with_its_own(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Types are named from the root of a schema. A name is that of one declared type, wherever it stands."""
    definitions |= schema.get("$defs", {})
    return {keyword: value for keyword, value in schema.items() if keyword != "$defs"}


def conversed(message: JSON, *, in_words: bool) -> Iterator[dict[str, Any]]:
    """A message as servers of the OpenAI API take it."""
    text, calls = message.get("text"), message.get("calls") or []
    match message["role"]:
        case "tool" if in_words:
            yield {"role": "user", "content": f"The function gave: {text}\n{REMINDER}"}
        case "tool":
            yield {"role": "tool", "tool_call_id": message["call"], "content": text}
        case "assistant" if calls and in_words:
            for call in calls:
                yield {"role": "assistant", "content": _called(call)}
        case "assistant" if calls:
            yield {"role": "assistant", "content": text, "tool_calls": [_function(call) for call in calls]}
        case role:
            yield {"role": role, "content": said_with(text or "", message.get("files"))}


def _line(tool: JSON) -> str:
    described = f": {tool['description']}" if "description" in tool else ""
    return f"- {tool['name']}{described}. Arguments, as a JSON Schema: {json.dumps(tool['parameters'])}"


def _called(call: JSON) -> str:
    return f'{{"{CALL}": {{"name": {json.dumps(call["name"])}, "arguments": {call["arguments"] or "{}"}}}}}'


def _function(call: JSON) -> dict[str, Any]:
    return {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
