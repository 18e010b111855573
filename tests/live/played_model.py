"""A server that speaks the API of models and answers as planned: for each model, one plan after the other."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

from tests.live.serving import serving


@dataclass(frozen=True)
class Says:
    """An answer, with the tokens that are reported for it, and why it ended. `alternating`: only to a conversation in
    which roles alternate.
    """

    text: str
    sent: int = 10
    answered: int = 5
    finish: str | None = "stop"
    alternating: bool = False


@dataclass(frozen=True)
class Refuses:
    """An answer with an HTTP status that is an error."""

    status: int
    message: str = "no luck"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sends:
    """A body word for word."""

    body: str
    kind: str = "application/json"


@dataclass(frozen=True)
class Wants:
    """An answer to a request without the field `no`; with it, a refusal that names it."""

    no: str
    answer: "Says"


@dataclass(frozen=True)
class Gives:
    """An answer to a request for no more than `most` tokens; with more, a refusal that says so."""

    most: int
    answer: "Says"


@dataclass(frozen=True)
class Acts:
    """In each turn a call of `tool` with the next of these arguments, and in the end an answer. Which turn it is, the
    conversation says, so a request that is made again is answered alike.
    """

    tool: str
    arguments: tuple[str, ...]
    answer: "Says"


class Silent:
    """No answer, as long as the server is there."""


Plan = Says | Refuses | Sends | Wants | Gives | Acts | Silent


class PlayedModel(ThreadingHTTPServer):
    """`plans` by model, of which the last is played for ever; `asked` are the bodies of the requests, by model,
    and `heads` their headers, with small letters.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plans: dict[str, list[Plan]] = {}
        self.asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.heads: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.over = threading.Event()

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": f"http://127.0.0.1:{self.server_port}/v1"}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed; that is what is tested."""


@contextmanager
def played_model() -> Iterator[PlayedModel]:
    with serving(PlayedModel()) as server:
        try:
            yield server
        finally:
            server.over.set()


class _Handler(BaseHTTPRequestHandler):
    server: PlayedModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = body["model"]
        self.server.asked[model].append(body)
        self.server.heads[model].append({name.lower(): value for name, value in self.headers.items()})
        plans = self.server.plans[model]
        plan = plans[min(len(self.server.asked[model]), len(plans)) - 1]
        if isinstance(plan, Wants):
            words = f"Unsupported parameter: '{plan.no}' is not supported with this model."
            plan = Refuses(400, words) if plan.no in body else plan.answer
        if isinstance(plan, Gives):
            wanted = body.get("max_completion_tokens", 0)
            words = f"max_tokens is too large: {wanted}. This model supports at most {plan.most} completion tokens."
            plan = Refuses(400, words) if wanted > plan.most else plan.answer
        if isinstance(plan, Says) and plan.alternating and not _alternate(body["messages"]):
            plan = Refuses(400, "Conversation roles must alternate user/assistant/user/assistant")
        match plan:
            case Acts():
                self._answer(200, "text/event-stream", _act(model, plan, body["messages"]), {})
            case Sends():
                self._answer(200, plan.kind, plan.body, {})
            case Says():
                self._answer(200, "text/event-stream", _stream(model, plan), {})
            case Refuses():
                text = json.dumps({"error": {"message": plan.message, "type": "server_error"}})
                self._answer(plan.status, "application/json", text, plan.headers)
            case Silent():
                self.server.over.wait()

    def _answer(self, status: int, kind: str, text: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(text.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked stands in `asked`."""


def _alternate(messages: list[dict[str, Any]]) -> bool:
    roles = [message["role"] for message in messages if message["role"] != "system"]
    return all(one != other for one, other in pairwise(roles))


def _act(model: str, plan: Acts, messages: list[dict[str, Any]]) -> str:
    turn = sum(message["role"] == "assistant" for message in messages)
    if turn >= len(plan.arguments):
        return _stream(model, plan.answer)
    call = {"name": plan.tool, "arguments": plan.arguments[turn]}
    asked = [{"index": 0, "id": f"c-{turn}", "type": "function", "function": call}]
    return _events(model, {"tool_calls": asked}, "tool_calls", plan.answer)


def _stream(model: str, plan: Says) -> str:
    return _events(model, {"content": plan.text}, plan.finish, plan)


def _events(model: str, delta: dict[str, Any], finish: str | None, plan: Says) -> str:
    usage = {"prompt_tokens": plan.sent, "completion_tokens": plan.answered, "total_tokens": plan.sent + plan.answered}
    parts: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
        {"choices": [], "usage": usage},
    ]
    same = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
    return "".join(f"data: {json.dumps(same | part)}\n\n" for part in parts) + "data: [DONE]\n\n"
