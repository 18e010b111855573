"""The codec over HTTP: what the Web UI sends and gets, and who is refused."""

import base64
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload

from interpreter.converter.codec import encrypted
from interpreter.converter.codec_server import LARGEST_BODY, CodecServer
from interpreter.encryption.keyring import Key, Keyring

pytestmark = pytest.mark.slow

KEYS = Keyring((Key.new("one"),))
UI = "http://localhost:8233"
PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=b'"secret"')


@pytest.fixture
def server() -> Iterator[CodecServer]:
    with CodecServer(KEYS, frozenset({UI}), 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def asked(
    server: CodecServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection.request(method, path, content, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, told and json.loads(told)


def payloads(*given: Payload) -> dict[str, Any]:
    def of(payload: Payload) -> dict[str, Any]:
        metadata = {name: base64.b64encode(value).decode() for name, value in payload.metadata.items()}
        return {"metadata": metadata, "data": base64.b64encode(payload.data).decode()}

    return {"payloads": [of(payload) for payload in given]}


@pytest.mark.parametrize("path", ["/decode", "/default/decode"])
def test_what_is_encrypted_is_decoded_and_what_is_plain_stays(server: CodecServer, path: str) -> None:
    body = payloads(encrypted(PAYLOAD, KEYS), PAYLOAD)
    status, headers, told = asked(server, "POST", path, body, Origin=UI, X_Namespace="default")
    assert (status, told) == (200, payloads(PAYLOAD, PAYLOAD))
    assert headers["access-control-allow-origin"] == UI
    assert headers["cache-control"] == "no-store"


def test_what_is_encoded_can_be_decoded(server: CodecServer) -> None:
    status, _, told = asked(server, "POST", "/encode", payloads(PAYLOAD))
    assert status == 200
    assert told != payloads(PAYLOAD)
    assert asked(server, "POST", "/decode", told)[2] == payloads(PAYLOAD)
    assert asked(server, "POST", "/decode", {})[0] == 200


def test_a_browser_is_told_that_the_page_may_ask(server: CodecServer) -> None:
    wanted = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Private_Network": "true"}
    status, headers, _ = asked(server, "OPTIONS", "/decode", Origin=UI, **wanted)
    assert status == 200
    assert headers["access-control-allow-origin"] == UI
    assert "POST" in headers["access-control-allow-methods"]
    assert "x-namespace" in headers["access-control-allow-headers"]
    assert headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:8233.evil.example", "*", ""])
@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
def test_a_page_from_elsewhere_is_refused(server: CodecServer, origin: str, method: str) -> None:
    status, headers, told = asked(server, method, "/decode", payloads(encrypted(PAYLOAD, KEYS)), Origin=origin)
    assert status == 403
    assert "access-control-allow-origin" not in headers
    assert "secret" not in json.dumps(told)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8081", "localhost.evil.example", ""])
def test_a_name_that_was_bent_to_this_machine_is_refused(server: CodecServer, host: str) -> None:
    assert asked(server, "POST", "/decode", payloads(PAYLOAD), Host=host)[0] == 403


def test_what_cannot_be_done_is_said(server: CodecServer) -> None:
    stranger = encrypted(PAYLOAD, Keyring((Key.new("two"),)))
    status, headers, told = asked(server, "POST", "/decode", payloads(PAYLOAD, stranger), Origin=UI)
    assert (status, headers["access-control-allow-origin"]) == (400, UI), "or the page could not read why"
    assert "'two', and the process that reads it has only one" in told["message"]
    for path, body, expected in (
        ("/else", payloads(PAYLOAD), 404),
        ("/a/b/decode", payloads(PAYLOAD), 404),
        ("/decode", b"{", 400),
        ("/decode", b"\xff", 400),
        ("/decode", [1], 400),
        ("/decode", {"payloads": [{"data": 1}]}, 400),
    ):
        assert asked(server, "POST", path, body)[0] == expected, (path, body)
    assert asked(server, "GET", "/decode")[0] == 405
    assert asked(server, "POST", "/decode", b"", Content_Length=str(LARGEST_BODY + 1))[0] == 413
