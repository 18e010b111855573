"""A server that speaks OpenAI's API of batches: files go up, batches are made of them, files of answers come back."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.live.serving import serving

Data = dict[str, Any]


def says(text: str, model: str = "m", **usage: int) -> tuple[int, Data]:
    """The body of a chat's answer."""
    told = {"prompt_tokens": usage.get("sent", 10), "completion_tokens": usage.get("answered", 5)}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return 200, {"id": "c", "object": "chat.completion", "model": model, "choices": [choice], "usage": told}


def refuses(status: int, message: str, **more: Any) -> tuple[int, Data]:
    return status, {"error": {"message": message, **more}}


@dataclass
class Made:
    """A batch. It is over after so many `looks`."""

    id: str
    questions: list[Data]
    metadata: Data
    looks: int
    status: str = "in_progress"
    output: str | None = None
    errors: str | None = None


@dataclass
class BatchApi:
    """`answer` says what comes of the body of a question, None for nothing; a batch `ends` as that says after so many
    `looks`. `drops` are the calls (`POST /batches`) that are carried out and whose connection then breaks, `hangs` are
    those that are carried out and never answered, `fails` the status of those that are not; each once. `calls` is what
    was asked for.
    """

    answer: Callable[[Data], tuple[int, Data] | None] = lambda body: says("hm")
    looks: int = 1
    ends: str = "completed"
    drops: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    fails: dict[str, list[int]] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    batches: dict[str, Made] = field(default_factory=dict)
    page: int = 100
    address: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": self.address}

    def make(self, body: Data) -> Made:
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        made = Made(f"batch_{len(self.batches) + 1}", lines, body.get("metadata") or {}, self.looks)
        self.batches[made.id] = made
        if not lines or any(line["url"] != body["endpoint"] for line in lines):
            made.status = "failed"
        return made

    def look(self, made: Made) -> None:
        made.looks -= 1
        if made.looks <= 0 and made.status == "in_progress":
            self._end(made, self.ends)

    def _end(self, made: Made, status: str) -> None:
        """Answers in no order; what went wrong stands in a file of its own."""
        made.status = status
        output, errors = list[Data](), list[Data]()
        for line in reversed(made.questions):
            came = self.answer(line["body"])
            id_ = line["custom_id"]
            if came is None:
                error = {"code": f"batch_{status}", "message": f"This request was not executed: the batch {status}."}
                errors.append({"id": "r", "custom_id": id_, "response": None, "error": error})
            else:
                response = {"status_code": came[0], "request_id": "q", "body": came[1]}
                (output if came[0] == 200 else errors).append({"custom_id": id_, "response": response, "error": None})
        made.output = self._keep(output)
        made.errors = self._keep(errors)

    def _keep(self, lines: list[Data]) -> str | None:
        return self.file("".join(json.dumps(line) + "\n" for line in lines)) if lines else None

    def file(self, content: str) -> str:
        id_ = f"file-{len(self.files) + 1}"
        self.files[id_] = content
        return id_

    def told(self, made: Made) -> Data:
        total = len(made.questions)
        errors = {"object": "list", "data": [{"code": "bad", "message": "the file has no questions"}]}
        return {
            "id": made.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": 1,
            "input_file_id": "file-1",
            "status": made.status,
            "errors": errors if made.status == "failed" else None,
            "output_file_id": made.output,
            "error_file_id": made.errors,
            "metadata": made.metadata,
            "request_counts": {"total": total, "completed": 0 if made.output is None else total, "failed": 0},
        }


@contextmanager
def batch_api(**settings: Any) -> Iterator[BatchApi]:
    api = BatchApi(**settings)

    class Handler(_Handler):
        pass

    Handler.api = api
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        server.daemon_threads = True
        api.address = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield api
        finally:
            api.over.set()


class _Handler(BaseHTTPRequestHandler):
    api: BatchApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._call("GET")

    def do_POST(self) -> None:
        self._call("POST")

    def _call(self, method: str) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.removeprefix("/v1").partition("?")
        call = f"{method} {re.sub(r'(batch_|file-)[0-9]+', 'ID', path)}"
        self.api.calls.append(call)
        failing = self.api.fails.get(call)
        if failing:
            status = failing.pop(0)
            self._send(status, json.dumps({"error": {"message": "no luck"}}))
            return
        status, text = self._answer(method, path, query, content)
        if call in self.api.drops:
            self.api.drops.remove(call)
            self.close_connection = True
            return
        if call in self.api.hangs:
            self.api.hangs.remove(call)
            self.close_connection = True
            self.api.over.wait()
            return
        self._send(status, text)

    def _answer(self, method: str, path: str, query: str, content: bytes) -> tuple[int, str]:
        api, parts = self.api, path.strip("/").split("/")
        match (method, *parts):
            case ("POST", "files"):
                boundary = b"--" + self.headers["Content-Type"].partition("boundary=")[2].encode()
                fields = [part.partition(b"\r\n\r\n") for part in content.split(boundary)]
                found = next(body for head, _, body in fields if b'name="file"' in head)
                id_ = api.file(found.removesuffix(b"\r\n").decode())
                return 200, json.dumps({"id": id_, "object": "file", "bytes": 1, "created_at": 1, "purpose": "batch"})
            case ("GET", "files", id_, "content"):
                return 200, api.files[id_]
            case ("POST", "batches"):
                return 200, json.dumps(api.told(api.make(json.loads(content))))
            case ("GET", "batches"):
                return 200, json.dumps(self._listed(query))
            case ("GET", "batches", id_):
                api.look(api.batches[id_])
                return 200, json.dumps(api.told(api.batches[id_]))
            case ("POST", "batches", id_, "cancel"):
                made = api.batches[id_]
                if made.status != "in_progress":
                    return 409, json.dumps({"error": {"message": f"Cannot cancel a batch with status {made.status}"}})
                made.status = "cancelled"
                return 200, json.dumps(api.told(made))
        return 404, json.dumps({"error": {"message": "there is no such thing"}})

    def _listed(self, query: str) -> Data:
        """The latest first, a page at a time."""
        latest = list(reversed(self.api.batches.values()))
        after = re.search(r"after=([^&]+)", query)
        begin = next(n for n, each in enumerate(latest, 1) if each.id == after[1]) if after else 0
        page = latest[begin : begin + self.api.page]
        more = begin + len(page) < len(latest)
        ids = {"first_id": page[0].id, "last_id": page[-1].id} if page else {}
        return {"object": "list", "data": [self.api.told(each) for each in page], "has_more": more, **ids}

    def _send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked for stands in `calls`."""
