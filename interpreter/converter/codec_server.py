"""The codec over HTTP, as Temporal's Web UI and its command line ask for it: `POST /decode` and `POST /encode`.

What it decrypts it gives to whoever asks, so it listens on this machine alone; a page in a browser is answered only
when it comes from an origin that was named, and nobody who reached it under another name than this machine's (DNS that
was bent to point here) is answered at all.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from interpreter.converter.codec import decrypted, encrypted
from interpreter.encryption.errors import EncryptionError
from interpreter.encryption.keyring import Keyring

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 64 * 1024 * 1024
"""Bytes: the page of a history, and a third more for base64."""
_PATH = re.compile(r"/(?:[^/]+/)?(encode|decode)")
"""Also below a namespace, as the command line may ask."""
_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1)(:\d+)?", re.IGNORECASE)


class CodecServer(ThreadingHTTPServer):
    """Answers as soon as `serve_forever` runs; `origins` are those of pages that may ask, as `http://localhost:8233`."""

    daemon_threads = True

    def __init__(self, keys: Keyring, origins: frozenset[str], port: int) -> None:
        self.origins = origins
        self.does: dict[str, Callable[[Payload], Payload]] = {
            "encode": lambda payload: encrypted(payload, keys),
            "decode": lambda payload: decrypted(payload, keys),
        }
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: CodecServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_OPTIONS(self) -> None:
        """A browser asks whether its page may."""
        self._answer(self._permitted)

    def do_POST(self) -> None:
        self._answer(self._coded)

    def do_GET(self) -> None:
        self._answer(self._not_so)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who asks is on this machine, and what is asked is nobody's business."""

    def _answer(self, body: Callable[[], bytes]) -> None:
        try:
            self._refuse_strangers()
            content = body()
        except _Refused as refused:
            self.close_connection = True  # of a body that was not read
            self._send(refused.status, json.dumps({"message": str(refused)}).encode())
        else:
            self._send(HTTPStatus.OK, content)

    def _refuse_strangers(self) -> None:
        if not _THIS_MACHINE.fullmatch(self.headers.get("Host", "")):
            raise _Refused(HTTPStatus.FORBIDDEN, "this codec server answers as localhost or 127.0.0.1 only")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in self.server.origins:
            raise _Refused(HTTPStatus.FORBIDDEN, f"pages from {origin} may not ask; allow it with --origin {origin}")

    def _permitted(self) -> bytes:
        return b""

    def _not_so(self) -> bytes:
        raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "POST to /decode or /encode")

    def _coded(self) -> bytes:
        wanted = _PATH.fullmatch(self.path)
        if wanted is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "there is /decode and /encode")
        try:
            given = json_format.Parse(self._body(), Payloads())
            done = Payloads(payloads=[self.server.does[wanted[1]](payload) for payload in given.payloads])
        except EncryptionError as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        except (json_format.ParseError, UnicodeDecodeError) as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "the body is no JSON of payloads") from error
        return json_format.MessageToJson(done, indent=None).encode()

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, "how long is it? give a Content-Length")
        if int(length) > LARGEST_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {LARGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def _send(self, status: HTTPStatus, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        origin = self.headers.get("Origin")
        if origin in self.server.origins:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Vary", "Origin")
            self.send_header("Access-Control-Allow-Methods", "POST, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "content-type, x-namespace, authorization")
            if self.headers.get("Access-Control-Request-Private-Network") == "true":
                self.send_header("Access-Control-Allow-Private-Network", "true")
        self.end_headers()
        self.wfile.write(content)
