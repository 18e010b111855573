"""The Responses API: the same request in its form, and its answer told as a chat would tell it.

What is asked is made once, as a chat (`openai_request.py`), and what comes back is read once (`openai_reading.py`);
this is the translation of both. Nothing is kept at the provider: a conversation is ours, and is sent whole. There is
no seed, and no usage to be asked for: it always comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from interpreter.providers.openai_reading import Answer, in_a_list

Data = dict[str, Any]

_CEILINGS = ("max_completion_tokens", "max_tokens")
_AS_IT_IS = ("model", "stream", "temperature")
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
_PARTS = {"text": "input_text", "image_url": "input_image", "file": "input_file"}


def as_response(chat: Data) -> Data:
    """The parameters of a chat as those of a response."""
    sent: Data = {name: chat[name] for name in _AS_IT_IS if name in chat}
    sent["input"] = [item for message in chat["messages"] for item in _items(message)]
    sent["max_output_tokens"] = next(chat[name] for name in _CEILINGS if name in chat)
    sent["store"] = False
    if "reasoning_effort" in chat:
        sent["reasoning"] = {"effort": chat["reasoning_effort"]}
    if "tools" in chat:
        sent["tools"] = [{"type": "function", "strict": False, **tool["function"]} for tool in chat["tools"]]
    if "response_format" in chat:
        form = chat["response_format"]
        sent["text"] = {"format": {"type": form["type"], **form.get("json_schema", {})}}
    return sent


def _items(message: Data) -> Iterator[Data]:
    """A message, the calls that a model asked for in it, or what came of one."""
    if message["role"] == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message["tool_call_id"],
            "output": message["content"],
        }
        return
    content = message.get("content")
    if content:
        parts = content if type(content) is str else [_part(part) for part in content]
        yield {"role": message["role"], "content": parts}
    for call in message.get("tool_calls", ()):
        yield {"type": "function_call", "call_id": call["id"], **call["function"]}


def _part(part: Data) -> Data:
    kind = _PARTS.get(part["type"], part["type"])
    if part["type"] == "image_url":
        return {"type": kind, "image_url": part["image_url"]["url"]}
    if part["type"] == "file":
        return {"type": kind, **part["file"]}
    return {**part, "type": kind}


@dataclass
class Responded(Answer):
    """An answer of the Responses API, so far."""

    def take(self, part: Any) -> None:
        part = in_a_list(part)
        if type(part) is not dict or part.get("choices") is not None:
            super().take(part)
            return
        ended = part.get("type") in _ENDS
        for told in _whole(part["response"]) if ended and not self._has_come(part) else _as_chat(part):
            super().take(told)

    def _has_come(self, end: Data) -> bool:
        """Whether an answer came in pieces: some servers tell it at the end alone."""
        return bool(self.length or self.calls) or type(end.get("response")) is not dict


def _as_chat(event: Data) -> Iterator[Data]:
    """What a chat would tell; nothing of what one does not."""
    kind, delta = str(event.get("type", "")), event.get("delta")
    match kind:
        case "response.output_text.delta":
            yield _said(content=delta)
        case "response.refusal.delta":
            yield _said(refusal=delta)
        case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
            yield _said(reasoning=delta)
        case "response.output_item.done":
            yield from _call(event.get("item"), event.get("output_index"))
        case _ if kind in _ENDS:
            yield from _ended(event.get("response"))
        case "error":
            yield {"error": event.get("error") or {name: event.get(name) for name in ("message", "code", "param")}}
        case _ if event.get("object") == "response":
            yield from _whole(event)
        case _ if event.get("error"):
            yield event


def _whole(response: Data) -> Iterator[Data]:
    """One body, although a stream was asked for or not."""
    items = response.get("output")
    for index, item in enumerate(items if type(items) is list else []):
        if type(item) is not dict:
            continue
        for part in item.get("content") or () if item.get("type") == "message" else ():
            if type(part) is dict:
                yield _said(content=part.get("text"), refusal=part.get("refusal"))
        if item.get("type") == "reasoning":
            yield _said(reasoning=True)
        yield from _call(item, index)
    yield from _ended(response)


def _call(item: Any, index: Any) -> Iterator[Data]:
    if type(item) is not dict or item.get("type") != "function_call":
        return
    function = {"name": item.get("name"), "arguments": item.get("arguments")}
    yield _said(tool_calls=[{"index": index or 0, "id": item.get("call_id"), "function": function}])


def _ended(response: Any) -> Iterator[Data]:
    """Usage, and why it ended; `failed` has an error in the place of an answer."""
    if type(response) is not dict:
        return
    usage, model = response.get("usage"), response.get("model")
    if response.get("status") == "failed" or response.get("error"):
        yield {"usage": usage, "model": model}
        yield {"error": response.get("error") or {"message": "the response failed", "code": "server_error"}}
        return
    details = response.get("incomplete_details")
    reason = details.get("reason") if type(details) is dict else None
    ends = {"incomplete": reason, "cancelled": "cancelled"}
    finish = ends.get(str(response.get("status")), "stop")
    yield {"usage": usage, "model": model, "choices": [{"index": 0, "finish_reason": finish or "length"}]}


def _said(**delta: Any) -> Data:
    return {"choices": [{"index": 0, "delta": delta}]}
