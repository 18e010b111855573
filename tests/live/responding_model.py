"""A server that speaks the Responses API as its reference says, and refuses what that refuses: a call without what came
of it, what came of a call that nobody asked for, a tool in the form of a chat, a schema that stands elsewhere.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dsl.models.providers import Served
from tests.live.serving import serving

Data = dict[str, Any]


@dataclass(frozen=True)
class Calls:
    """One turn: calls of tools, each by its name and arguments, and what the model says beside."""

    calls: tuple[tuple[str, Data], ...]
    says: str = ""


class RespondingModel(ThreadingHTTPServer):
    """`turns` are taken one after the other, as the conversation says how many there were; then comes the `answer`."""

    daemon_threads = True

    def __init__(self, turns: list[Calls], answer: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.turns, self.answer = turns, answer
        self.asked: list[Data] = []
        self.refused: list[str] = []

    @property
    def provider(self) -> Served:
        return Served("r", "compatible", f"http://127.0.0.1:{self.server_port}/v1", "", "responses")


@contextmanager
def responding_model(turns: list[Calls], answer: str) -> Iterator[RespondingModel]:
    with serving(RespondingModel(turns, answer)) as server:
        yield server


class _Handler(BaseHTTPRequestHandler):
    server: RespondingModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        problem = "not found" if self.path != "/v1/responses" else _problem(body)
        if problem is not None:
            self.server.refused.append(problem)
            error = {"message": problem, "type": "invalid_request_error", "param": None, "code": None}
            self._answer(400, "application/json", json.dumps({"error": error}))
            return
        taken = sum(_begins_a_turn(body["input"], place) for place in range(len(body["input"])))
        if taken < len(self.server.turns):
            output = _turn(self.server.turns[taken], taken)
        else:
            output = [_message(self.server.answer)]
        events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _events(body, output))
        self._answer(200, "text/event-stream", events)

    def _answer(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked stands in `asked`."""


def _begins_a_turn(items: list[Data], place: int) -> bool:
    """Calls that stand in a row are of one turn."""
    is_call = items[place].get("type") == "function_call"
    return is_call and (place == 0 or items[place - 1].get("type") != "function_call")


def _problem(body: Data) -> str | None:
    unknown = body.keys() - _FIELDS
    if unknown:
        return f"Unknown parameter: '{min(unknown)}'."
    for place, tool in enumerate(body.get("tools", ())):
        if tool.get("type") != "function" or "name" not in tool or "parameters" not in tool:
            return f"Missing required parameter: 'tools[{place}].name'."
    form = body.get("text", {}).get("format", {"type": "text"})
    if form["type"] == "json_schema" and not {"name", "schema"} <= form.keys():
        return "Missing required parameter: 'text.format.name'."
    return _out_of_order(body["input"])


_FIELDS = frozenset(
    {"model", "input", "stream", "store", "temperature", "max_output_tokens", "tools", "text", "reasoning"}
)


def _out_of_order(items: list[Data]) -> str | None:
    open_calls: list[str] = []
    for place, item in enumerate(items):
        match item.get("type", "message"):
            case "function_call":
                open_calls.append(item["call_id"])
            case "function_call_output":
                if item["call_id"] not in open_calls:
                    return f"No tool call found for function call output with call_id {item['call_id']}."
                open_calls.remove(item["call_id"])
            case "message":
                if item.get("role") not in ("user", "assistant", "system", "developer"):
                    return f"Invalid value: '{item.get('role')}' for 'input[{place}]'."
    return f"No tool output found for function call {open_calls[0]}." if open_calls else None


def _turn(turn: Calls, number: int) -> list[Data]:
    said = [_message(turn.says)] if turn.says else []
    return [
        {"type": "reasoning", "id": f"rs_{number}", "summary": []},
        *said,
        *(
            {
                "type": "function_call",
                "id": f"fc_{number}_{place}",
                "call_id": f"call_{number}_{place}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
            for place, (name, arguments) in enumerate(turn.calls)
        ),
    ]


def _message(text: str) -> Data:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}


def _events(body: Data, output: list[Data]) -> Iterator[Data]:
    response = {"id": "resp_1", "object": "response", "model": body["model"], "status": "in_progress", "output": []}
    yield {"type": "response.created", "response": response}
    for index, item in enumerate(output):
        yield {"type": "response.output_item.added", "output_index": index, "item": {**item, "status": "in_progress"}}
        if item["type"] == "message":
            text = item["content"][0]["text"]
            for piece in (text[:3], text[3:]):
                yield {"type": "response.output_text.delta", "output_index": index, "content_index": 0, "delta": piece}
            yield {"type": "response.output_text.done", "output_index": index, "content_index": 0, "text": text}
        if item["type"] == "function_call":
            arguments = item["arguments"]
            for piece in (arguments[:3], arguments[3:]):
                yield {"type": "response.function_call_arguments.delta", "output_index": index, "delta": piece}
            yield {"type": "response.function_call_arguments.done", "output_index": index, "arguments": arguments}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    usage = {
        "input_tokens": 40,
        "input_tokens_details": {"cached_tokens": 8},
        "output_tokens": 12,
        "output_tokens_details": {"reasoning_tokens": 4},
        "total_tokens": 52,
    }
    yield {
        "type": "response.completed",
        "response": {**response, "status": "completed", "output": output, "usage": usage},
    }
