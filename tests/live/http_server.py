"""A server of HTTP that says what it was sent, counts, and plays what goes wrong: what was planned for a path, one
answer for each request, the last one again and again; what was not planned is answered with the request itself.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """`breaks`: the connection ends `before` anything is said, or `within` the body. `after` seconds it begins; the
    body comes in pieces with a `pause` between them."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks: str = ""
    after: float = 0.0
    pause: float = 0.0


def said(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Faulty:
    def __init__(self) -> None:
        self.planned: dict[str, list[Reply]] = {}
        self.seen: list[Seen] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plan(self, path: str, *replies: Reply) -> None:
        self.planned[path] = list(replies)

    def forget(self) -> None:
        self.planned.clear()
        self.seen.clear()

    def targets(self) -> list[str]:
        return [f"{each.method} {each.target}" for each in self.seen]

    @contextmanager
    def serving(self) -> Iterator["Faulty"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _next(self, seen: Seen) -> Reply:
        with self._lock:
            self.seen.append(seen)
            planned = self.planned.get(seen.path, [])
            if len(planned) > 1:
                return planned.pop(0)
            if planned:
                return planned[0]
        echo = {"method": seen.method, "target": seen.target, "headers": dict(seen.headers), "body": seen.body.decode()}
        return said(echo)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        faulty = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = faulty._next(Seen(self.command, self.path, headers, body))
                time.sleep(reply.after)
                self.close_connection = True
                if reply.breaks != "before":
                    self.tell(reply)

            def tell(self, reply: Reply) -> None:
                self.send_response(reply.status)
                named = {"Content-Length": str(len(reply.body)), "Content-Type": reply.kind} | dict(reply.headers)
                for name, value in named.items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                half = len(reply.body) // 2
                if self.command != "HEAD":
                    self.wfile.write(reply.body[:half])
                    time.sleep(reply.pause)
                    if reply.breaks != "within":
                        self.wfile.write(reply.body[half:])

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the tests look at what was seen."""

        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.answer)
        return Handler
