"""Requests against a real server: what is sent, what comes of each answer, and what is known of its effect."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from interpreter.activities import requested
from interpreter.boundary.failures import HTTP_REFUSED, NOT_CALLED, SERVER_UNAVAILABLE, UNDECLARED
from interpreter.http import sending
from interpreter.http.reach import Private
from interpreter.mcp.settings import Settings
from tests.http.conftest import KEY, Asked
from tests.live.http_server import Faulty, Reply, said

pytestmark = pytest.mark.asyncio

FIND = 'tool pets.find(status: text) -> json read { http get "SERVER/pets?status={{ status }}" }'
PET = 'tool pets.read(id: text) -> { id: text } read { http get "SERVER/pets/{{ id }}/card" errors NotFound when 404 }'
OPEN = """
tool tickets.open(subject: text, note: text?) -> { id: text } write keyed final {
  http post "SERVER/tickets" auth "desk" {
    header "Idempotency-Key": key
    body { subject: subject, note: note, from: { desk: "eu", who: null } }
  }
  errors Closed when 409
}
"""


async def test_each_value_stays_in_its_place(asked: Asked, server: Faulty) -> None:
    said = await asked.call(FIND, status="a&b=c #?/ü%")
    assert said["target"] == "/pets?status=a%26b%3Dc%20%23%3F%2F%C3%BC%25"
    assert (await asked.call(PET.replace("{ id: text } read", "json read"), id="a/b?c"))[
        "target"
    ] == "/pets/a%2Fb%3Fc/card"


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../admin", "a/../../b", "..\\x", "%2e%2E", "x%2f..%2fy", "..;v=1", ".%2E%3bx"]
)
async def test_no_value_leads_elsewhere(asked: Asked, server: Faulty, id: str) -> None:
    kind, words = await asked.fails(PET, id=id)
    assert (kind, server.seen) == (NOT_CALLED, []), words


async def test_nor_where_a_part_ends_behind_it(asked: Asked, server: Faulty) -> None:
    """Some servers take `/..;v=1/` for `/../`."""
    tool = PET.replace("pets/{{ id }}/card", "a/{{ id }};v=1/b").replace("{ id: text } read", "json read")
    kind, words = await asked.fails(tool, id="..")
    assert (kind, server.seen) == (NOT_CALLED, []), words
    assert (await asked.call(tool, id=";a..b"))["target"] == "/a/%3Ba..b;v=1/b"


async def test_a_write_says_its_key_and_leaves_out_what_is_not_given(asked: Asked, server: Faulty) -> None:
    server.plan("/tickets", said({"id": "t-1", "more": 1}))
    assert await asked.call(OPEN, subject="späte Katze", note=None) == {"id": "t-1", "more": 1}
    seen = server.seen[0]
    assert json.loads(seen.body) == {"subject": "späte Katze", "from": {"desk": "eu"}}
    assert (seen.method, seen.headers["idempotency-key"], seen.headers["x-client-request-id"]) == ("POST", KEY, KEY)
    assert (seen.headers["content-type"], seen.headers["authorization"]) == ("application/json", "Bearer s3cret-token")


async def test_query_form_and_text(asked: Asked, server: Faulty) -> None:
    tool = """
    tool a.b(tags: [text] at most 9, size: int?, on: bool) -> json idempotent {
      http put "SERVER/x?fixed=1" {
        query { tag: tags, size: size, on: on }
        header "Content-Type": "application/x-www-form-urlencoded"
        header "X-Size": if size == null then null else "{{ size }}"
        body { "a b": "c&d", tag: tags, size: size }
      }
    }"""
    told = await asked.call(tool, tags=["a b", "&"], size=None, on=True)
    assert (told["target"], told["body"]) == ("/x?fixed=1&tag=a%20b&tag=%26&on=true", "a%20b=c%26d&tag=a%20b&tag=%26")
    assert "x-size" not in told["headers"]
    text = 'tool a.c(t: text) -> json write final { http post "SERVER/x" { body t } }'
    assert (await asked.call(text, t="öl"))["headers"]["content-type"] == "text/plain; charset=utf-8"


async def test_a_body_that_is_null_is_none(asked: Asked, server: Faulty) -> None:
    tool = """tool a.b(body: { n: int }? = null) -> json write final {
      http post "SERVER/x" { header "Content-Type": "application/json" body body }
    }"""
    await asked.call(tool, body=None)
    await asked.call(tool, body={"n": 1})
    assert [(each.body, each.headers.get("content-type")) for each in server.seen] == [
        (b"", None),
        (b'{"n":1}', "application/json"),
    ]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "ü"])
async def test_no_value_begins_another_header(asked: Asked, server: Faulty, value: str) -> None:
    tool = 'tool a.b(v: text) -> json read { http get "SERVER/x" { header "X-V": v } }'
    kind, words = await asked.fails(tool, v=value)
    assert (kind, server.seen) == (NOT_CALLED, [])
    assert value not in words


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (said({"why": "gone"}, 404), "NotFound", "answered 404"),
        (said({}, 403), HTTP_REFUSED, "answered 403"),
        (Reply(429), SERVER_UNAVAILABLE, "answered 429"),
        (Reply(503, headers={"Retry-After": "7"}), SERVER_UNAVAILABLE, "answered 503"),
        (Reply(500), UNDECLARED, "answered 500"),
        (Reply(502), UNDECLARED + "…", "answered 502"),
        (Reply(504), UNDECLARED + "…", "answered 504"),
        (Reply(304), UNDECLARED, "answered 304"),
        (Reply(breaks="before"), UNDECLARED + "…", "the connection broke"),
        (Reply(body=b"{" + b" " * 4000 + b"}", breaks="within"), UNDECLARED + "…", "the connection broke"),
        (Reply(body=b"<html>", kind="text/html"), UNDECLARED, "text/html, and no JSON: <html>"),
        (Reply(body=b'{"id": '), UNDECLARED, "no JSON"),
        (Reply(body=b'{"id": 1, "id": 2}'), UNDECLARED, "stands twice"),
        (Reply(body=b""), UNDECLARED, "it is empty"),
        (Reply(body=b'{"id": "\xff"}'), UNDECLARED, "no text in utf-8"),
        (Reply(body=b"{}", kind="application/json; charset=klingon"), UNDECLARED, "nobody knows its charset"),
        (Reply(body=b"{}", kind="application/json; charset=punycode"), UNDECLARED, "nobody knows its charset"),
        (Reply(body=b"{}", kind="application/json; charset=unicode_escape"), UNDECLARED, "nobody knows its charset"),
        (Reply(body=b"{}", headers={"Content-Encoding": "gzip"}), UNDECLARED, "encoded as gzip"),
        (Reply(body=b'{"name": "x"}'), UNDECLARED, "id"),
    ],
)
async def test_what_each_end_says(asked: Asked, server: Faulty, reply: Reply, kind: str, words: str) -> None:
    server.plan("/pets/7/card", reply)
    found, told = await asked.fails(PET, id="7")
    assert (found, len(server.seen)) == (kind, 1)
    assert words in told


async def test_a_server_says_when_to_ask_again(asked: Asked, server: Faulty) -> None:
    year = 31_536_000.0
    for header, wait in (
        *(("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), ("-3", None), ("", None), ("７", None)),
        *(("99999999", year), ("0" * 30 + "12", 12.0), ("9" * 400, year), ("Fri, 31 Dec 9999 23:59:59 GMT", year)),
    ):
        server.plan("/pets/7/card", Reply(429, headers={"Retry-After": header}))
        error = await asked.error(PET, id="7")
        assert list(error.details) == ([] if wait is None else [{"retry_after": wait}]), header


async def test_a_moment_without_a_zone_is_meant_as_utc(
    asked: Asked, server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Etc/GMT+5")
    time.tzset()
    try:
        moment = format_datetime(datetime.now(UTC) + timedelta(hours=1)).replace("+0000", "-0000")
        server.plan("/pets/7/card", Reply(429, headers={"Retry-After": moment}))
        error = await asked.error(PET, id="7")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert 3_500 < error.details[0]["retry_after"] <= 3_600


async def test_details_of_an_error(asked: Asked, server: Faulty) -> None:
    server.plan("/pets/7/card", said({"why": "gone"}, 404))
    assert list((await asked.error(PET, id="7")).details) == [{"status": 404, "body": '{"why": "gone"}'}]


async def test_charset_and_text(asked: Asked, server: Faulty) -> None:
    tool = 'tool a.b() -> text read { http get "SERVER/x" }'
    server.plan("/x", Reply(body="für".encode("latin-1"), kind="text/plain; charset=ISO-8859-1"))
    assert await asked.call(tool) == "für"
    server.plan("/x", Reply(body=b"\x89PNG", kind="image/png"))
    assert await asked.fails(tool) == (UNDECLARED, "the answer of 127.0.0.1 does not fit: it is image/png, and no text")
    nothing = 'tool a.b() idempotent { http delete "SERVER/x" }'
    server.plan("/x", Reply(204, b"", ""))
    assert await asked.call(nothing) is None
    assert await asked.call('tool a.b() -> { id: text }? read { http get "SERVER/x" }') is None


async def test_decimals_keep_their_digits(asked: Asked, server: Faulty) -> None:
    server.plan("/x", Reply(body=b'{"amount": 0.1000000000000000000000001}'))
    answer = await asked.call('tool a.b() -> { amount: decimal } read { http get "SERVER/x" }')
    assert str(answer["amount"]) == "0.1000000000000000000000001"
    sent = await asked.call(
        'tool a.b(x: decimal) -> json idempotent { http put "SERVER/y" { body { x: x } } }', x="0.10"
    )
    assert sent["body"] == '{"x":0.10}'


async def test_redirects_stay_on_the_host(asked: Asked, server: Faulty) -> None:
    server.plan("/pets/7/card", Reply(302, headers={"Location": "/pets/8/card"}))
    server.plan("/pets/8/card", said({"id": "8"}))
    assert await asked.call(PET, id="7") == {"id": "8"}
    assert server.targets() == ["GET /pets/7/card", "GET /pets/8/card"]
    for elsewhere in (
        "https://127.0.0.1/",
        "http://localhost/x",
        "//evil.example/x",
        "file:///etc/passwd",
        "http://a@b/",
    ):
        server.plan("/pets/7/card", Reply(302, headers={"Location": elsewhere}))
        kind, words = await asked.fails(PET, id="7")
        assert kind == HTTP_REFUSED, elsewhere
        assert "sends the request on" in words
    server.plan("/pets/7/card", Reply(302, headers={"Location": "/pets/7/card"}))
    server.seen.clear()
    assert "more than 5 times" in (await asked.fails(PET, id="7"))[1]
    assert len(server.seen) == 6


async def test_a_write_is_sent_on_only_where_it_was_not_done(asked: Asked, server: Faulty) -> None:
    server.plan("/tickets", Reply(307, headers={"Location": "/new"}))
    server.plan("/new", said({"id": "t-2"}))
    assert await asked.call(OPEN, subject="x", note=None) == {"id": "t-2"}
    assert server.seen[1].method == "POST"
    assert json.loads(server.seen[1].body)["subject"] == "x"
    server.plan("/tickets", Reply(302, headers={"Location": "/new"}))
    assert (await asked.fails(OPEN, subject="x", note=None))[0] == UNDECLARED
    server.plan("/tickets", Reply(308, headers={"Location": "https://evil.example/new"}))
    assert (await asked.fails(OPEN, subject="x", note=None))[0] == HTTP_REFUSED


async def test_nobody_there(asked: Asked, server: Faulty) -> None:
    kind, words = await asked.fails(FIND.replace("SERVER", "http://127.0.0.1:9"), status="x")
    assert kind == SERVER_UNAVAILABLE
    assert "cannot be reached" in words
    kind, words = await asked.fails(FIND.replace("SERVER", "https://no-such-host.invalid"), status="x")
    assert kind == SERVER_UNAVAILABLE
    assert "its name is not found" in words


async def test_private_addresses_are_not_asked(server: Faulty) -> None:
    for address in (server.url, f"http://localhost:{server.port}", "http://169.254.169.254", "http://[::1]:1"):
        kind, words = await Asked(server, Private()).fails(FIND.replace("SERVER", address), status="x")
        assert kind == NOT_CALLED
        assert "private address" in words
    assert server.seen == []


async def test_a_credential_is_told_by_nobody(asked: Asked, server: Faulty) -> None:
    tool = OPEN.replace("{ id: text } write", "json write")
    assert "s3cret" not in json.dumps(await asked.call(tool, subject="x", note=None))
    server.plan("/tickets", Reply(400, b"you sent Bearer s3cret-token", "text/plain"))
    error = await asked.error(OPEN, subject="x", note=None)
    assert "s3cret" not in f"{error.message} {error.details}"
    missing = OPEN.replace('auth "desk"', 'auth "other"')
    server.seen.clear()
    assert (await asked.fails(missing, subject="x", note=None))[0] == SERVER_UNAVAILABLE
    assert server.seen == []


IN_ASCII = [rb'{"id": "Bearer ab\/cd+ef\"gh"}', rb'{"id": "ab/cd\u002Bef\u0022gh"}', rb'{"ab/cd+ef\"gh": 1, "id": "x"}']


IN_UTF_16 = Reply(body=b"\xff\xfe" + '{"id": "ab/cd+ef\\"gh"}'.encode("utf-16-le"), kind="text/plain; charset=utf-16")


@pytest.mark.parametrize("reply", [*(Reply(200, each) for each in IN_ASCII), IN_UTF_16])
async def test_a_credential_is_found_however_it_is_written(asked: Asked, server: Faulty, reply: Reply) -> None:
    asked.settings = Settings({"auth": {"desk": {"bearer": 'ab/cd+ef"gh'}}}, "here", {})
    server.plan("/tickets", reply)
    told = json.dumps(await asked.call(OPEN.replace("{ id: text } write", "json write"), subject="x", note=None))
    assert "***" in told
    assert "gh" not in told


@pytest.mark.parametrize("body", IN_ASCII)
@pytest.mark.parametrize("status", [400, 500])
async def test_nor_does_a_failure_tell_it(asked: Asked, server: Faulty, status: int, body: bytes) -> None:
    asked.settings = Settings({"auth": {"desk": {"bearer": 'ab/cd+ef"gh'}}}, "here", {})
    server.plan("/tickets", Reply(status, body))
    error = await asked.error(OPEN, subject="x", note=None)
    assert "***" in error.message
    assert "gh" not in f"{error.message} {error.details}"


async def test_pages_are_together_no_larger_than_an_answer(
    asked: Asked, server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requested, "LARGEST_ANSWER", 3 * 1024 * 1024)
    tool = """tool a.b() -> [text] read {
      http get "SERVER/x" { query { after: page } next result.next at most 100 pages items result.rows }
    }"""
    server.plan("/x", *(said({"rows": [f"{page}" * 1_000_000], "next": f"p{page}"}) for page in range(4)))
    kind, words = await asked.fails(tool)
    assert (kind, len(server.seen)) == (UNDECLARED, 4)
    assert "its pages have more than 3 MB together" in words


async def test_large_answers_go_to_the_store_and_too_large_ones_end(
    asked: Asked, server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = 'tool a.b() -> { text: text } read { http get "SERVER/x" }'
    server.plan("/x", said({"text": "y" * 200_000}))
    assert await asked.call(tool) == {"text": "y" * 200_000}
    monkeypatch.setattr(sending, "LARGEST_ANSWER", 100_000)
    kind, words = await asked.fails(tool)
    assert kind == UNDECLARED
    assert "more than" in words


async def test_pages_by_a_cursor(asked: Asked, server: Faulty) -> None:
    tool = """
    tool a.b() -> [{ n: int }] at most 9 read {
      http get "SERVER/x" { query { after: page, limit: 2 } next result.cursor at most 3 pages items result.rows }
    }"""
    first = said({"rows": [{"n": 1}, {"n": 2}], "cursor": "c&1"})
    last = said({"rows": [{"n": 3}], "cursor": None})
    server.plan("/x", first, last)
    assert await asked.call(tool) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert server.targets() == ["GET /x?limit=2", "GET /x?after=c%261&limit=2"]
    server.plan("/x", *(said({"rows": [{"n": 1}], "cursor": f"c{page}"}) for page in range(3)))
    server.seen.clear()
    assert "more than 3 pages" in (await asked.fails(tool))[1]
    assert len(server.seen) == 3
    server.plan("/x", said({"rows": 1, "cursor": None}))
    assert "no list of items" in (await asked.fails(tool))[1]


@pytest.mark.parametrize("round_", [("a",), ("a", "b"), ("a", "b", "c")])
async def test_pages_that_go_round_are_not_asked_up_to_the_bound(
    asked: Asked, server: Faulty, round_: tuple[str, ...]
) -> None:
    tool = """
    tool a.b() -> [text] at most 900 read {
      http get "SERVER/x" { query { after: page } next result.cursor at most 90 pages items result.rows }
    }"""
    server.plan("/x", *(said({"rows": [each], "cursor": each}) for each in round_ * 3))
    kind, words = await asked.fails(tool)
    assert kind == UNDECLARED
    assert "its pages go round" in words
    assert len(server.seen) <= 2 * len(round_) + 1


async def test_a_cursor_that_stays_the_same_goes_on_while_the_pages_do(asked: Asked, server: Faulty) -> None:
    tool = """
    tool a.b() -> [int] at most 9 read {
      http get "SERVER/x" { query { scroll: page } next result.cursor at most 9 pages items result.rows }
    }"""
    pages = [said({"rows": [1], "cursor": "s"}), said({"rows": [2], "cursor": "s"}), said({"rows": [3], "cursor": "s"})]
    server.plan("/x", *pages, said({"rows": [], "cursor": None}))
    assert await asked.call(tool) == [1, 2, 3]


async def test_pages_by_links(asked: Asked, server: Faulty) -> None:
    tool = 'tool a.b() -> [int] at most 9 read { http get "SERVER/x" { next link at most 3 pages } }'
    server.plan("/x", Reply(body=b"[1]", headers={"Link": '</other>; rel="prev", </y?p=2>; rel="next"'}))
    server.plan("/y", Reply(body=b"[2]"))
    assert await asked.call(tool) == [1, 2]
    assert server.targets() == ["GET /x", "GET /y?p=2"]
    server.plan("/x", Reply(body=b"[1]", headers={"Link": '<https://evil.example/>; rel="next"'}))
    assert "another host" in (await asked.fails(tool))[1]


async def test_what_is_asked_for_follows_from_the_result(asked: Asked, server: Faulty) -> None:
    await asked.call('tool a.b(t: text) write final { http post "SERVER/x" { body t } }', t="a")
    await asked.call('tool a.c(t: text) -> json write final { http post "SERVER/x" { body t } }', t="a")
    assert [each.headers["accept"] for each in server.seen] == ["*/*", "application/json, text/*;q=0.5"]
