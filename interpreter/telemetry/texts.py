"""What models are told and say, in the form of the conventions: only where a worker is told to let it out."""

import json
from typing import Any

from opentelemetry.util.types import AttributeValue

from interpreter.boundary.payloads import ChatRequest, ChatResult

Part = dict[str, Any]


def messages_in(request: ChatRequest) -> dict[str, AttributeValue]:
    said = [{"role": "user", "parts": [_text(str(request.prompt))]}]
    if request.talk is not None:
        said = [_message(message) for message in request.talk.messages]
    told: dict[str, AttributeValue] = {"gen_ai.input.messages": _json(said)}
    if request.instructions is not None:
        told["gen_ai.system_instructions"] = _json([_text(str(request.instructions))])
    return told


def messages_out(result: ChatResult) -> dict[str, AttributeValue]:
    text = result.text if result.text is not None else _json(result.output) if result.output is not None else ""
    parts = [_text(text)] if text else []
    parts += [_call(call.id, call.name, call.arguments) for call in result.calls]
    said = {"role": "assistant", "parts": parts, "finish_reason": "tool_call" if result.calls else "stop"}
    return {"gen_ai.output.messages": _json([said])}


def _message(message: Any) -> Part:
    if message.get("role") == "tool":
        response = {"type": "tool_call_response", "id": message.get("call"), "response": message.get("text")}
        return {"role": "tool", "parts": [response]}
    parts = [_text(str(message["text"]))] if message.get("text") else []
    calls = message.get("calls") or ()
    parts += [_call(call.get("id"), call.get("name"), call.get("arguments")) for call in calls]
    return {"role": message.get("role"), "parts": parts}


def _text(text: str) -> Part:
    return {"type": "text", "content": text}


def _call(id_: Any, name: Any, arguments: Any) -> Part:
    return {"type": "tool_call", "id": id_, "name": name, "arguments": arguments}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
