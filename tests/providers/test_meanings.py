"""What a status and a server's words mean: the kind of the failure, what it costs, and what the server would take."""

import socket
import ssl
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import openai
import pytest

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.access import Access
from interpreter.providers.openai_failures import LONGEST_TOLD, LONGEST_WORDS, failure_of, retry_after
from interpreter.providers.openai_reading import Damaged, ToldError, TooLong
from interpreter.providers.provider import ProviderFailure

ACCESS = Access("sk-a-key-of-mine-0123456789", "https://models.example.com/v1")
QUOTA, FILTERED, LIMITED = failures.QUOTA_EXCEEDED, failures.CONTENT_FILTERED, failures.RATE_LIMITED
KEY, INVALID, OVERLOADED = failures.AUTHENTICATION, failures.INVALID_REQUEST, failures.OVERLOADED


def failure(error: Exception, **changes: Any) -> ProviderFailure:
    found = failure_of(error, ChatRequest(**{"agent": "a", "model": "m", "prompt": "Sort.", **changes}), ACCESS)
    assert found is not None
    return found


def refusal(status: int, body: Any = None, headers: dict[str, str] | None = None, phrase: str = "") -> Exception:
    response: Any = SimpleNamespace(status_code=status, headers=headers or {}, reason_phrase=phrase, request=None)
    return openai.APIStatusError("", response=response, body=body)


def told(begun: Any = False, **error: Any) -> Exception:
    return ToldError(error, begun=begun)


BY_STATUS: dict[tuple[int, ...], tuple[str, str]] = {
    (301, 302, 307, 308, 400, 404, 405, 410, 413, 415, 422, 451, 499): (INVALID, "none"),
    (401, 403): (KEY, "none"),
    (402,): (QUOTA, "none"),
    (408,): (failures.MODEL_TIMEOUT, "reservation"),
    (429,): (LIMITED, "none"),
    (409, 503, 529): (OVERLOADED, "none"),
    (500, 501, 502, 504, 520, 524, 599): (OVERLOADED, "reservation"),
}


@pytest.mark.parametrize(
    ("status", "kind", "charge"), [(status, *means) for many, means in BY_STATUS.items() for status in many]
)
def test_a_status_alone(status: int, kind: str, charge: str) -> None:
    refused = failure(refusal(status, {"error": {"message": "no luck"}}))
    assert (refused.kind, refused.charge, refused.usage) == (kind, charge, None)
    assert refused.message.startswith(f"{status}: no luck")
    if status >= 400:
        in_its_place = failure(told(message="no luck", code=status))
        assert in_its_place.kind == kind
        assert in_its_place.charge == ("reservation" if kind == OVERLOADED else charge)
        assert failure(told(begun=True, message="no luck", code=str(status))).charge == "reservation"


WORDS = {
    QUOTA: ("insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "exceeded_current_quota_error"),
    FILTERED: ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"),
    LIMITED: ("rate_limit_exceeded", "rate_limit_error", "too_many_requests", "rate_limit_reached_error"),
    KEY: ("invalid_api_key", "authentication_error", "invalid_authentication_error"),
    INVALID: ("invalid_request_error", "INVALID_ARGUMENT", "BadRequestError", "unsupported_parameter"),
}
MEANT_AT = {
    QUOTA: {400: INVALID, 401: KEY, 402: QUOTA, 403: KEY, 429: QUOTA, 500: QUOTA, 503: OVERLOADED},
    FILTERED: {400: FILTERED, 401: KEY, 402: QUOTA, 403: KEY, 429: FILTERED, 500: FILTERED, 503: FILTERED},
    LIMITED: {400: INVALID, 401: KEY, 402: QUOTA, 403: KEY, 429: LIMITED, 500: LIMITED, 503: OVERLOADED},
    KEY: {400: INVALID, 401: KEY, 402: QUOTA, 403: KEY, 429: LIMITED, 500: KEY, 503: OVERLOADED},
    INVALID: {400: INVALID, 401: KEY, 402: QUOTA, 403: KEY, 429: LIMITED, 500: OVERLOADED, 503: OVERLOADED},
}


@pytest.mark.parametrize("field", ["code", "type", "status"])
@pytest.mark.parametrize(("meant", "word"), [(meant, word) for meant, words in WORDS.items() for word in words])
def test_a_word_beside_a_status(field: str, meant: str, word: str) -> None:
    for status, kind in MEANT_AT[meant].items():
        refused = failure(refusal(status, {"error": {"message": "no luck", field: word}}))
        assert (status, refused.kind) == (status, kind)
        assert refused.charge == ("reservation" if status == 500 and kind == OVERLOADED else "none")
    in_its_place = failure(told(message="no luck", **{field: word}))
    assert (in_its_place.kind, in_its_place.charge) == (meant, "none")


def test_an_error_in_the_place_of_an_answer_that_says_no_status() -> None:
    for error in (told(message="no"), told(message="no", code="bad"), told(message="no", code=399, type="³⁴⁵")):
        assert (failure(error).kind, failure(error).charge) == (OVERLOADED, "reservation")
    assert failure(told(code=4000)).kind == OVERLOADED, "no status has four digits"
    assert failure(told(code=400)).kind == INVALID
    both = failure(told(type="invalid_request_error", code="insufficient_quota"))
    assert (both.kind, both.charge) == (QUOTA, "none"), "what it is called beside that is more exact"
    assert failure(told(type="invalid_request_error", code=503)).kind == OVERLOADED, "a status is more exact"
    assert failure(told(type=429, code=401)).kind == KEY, "of several the least, in any order"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("API key not valid. Please pass a valid API key.", KEY),
        ("Incorrect API key provided", KEY),
        ("the api_key is missing", KEY),
        ("your api-key has expired", KEY),
        ("an API key is a secret", INVALID),
    ],
)
def test_a_key_that_is_refused_with_400(words: str, kind: str) -> None:
    assert failure(refusal(400, {"error": {"message": words}})).kind == kind
    assert failure(refusal(422, {"error": {"message": words}})).kind == INVALID


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        (400, "400: no luck"),
        (401, f"401: no luck; {ACCESS.names_key}"),
        (403, f"403: no luck; {ACCESS.names_key}"),
        (404, f"404: no luck; {ACCESS.names_address}"),
        (405, f"405: no luck; {ACCESS.names_address}"),
        (406, "406: no luck"),
        (399, f"399: no luck, and redirects are not followed; {ACCESS.names_address}"),
    ],
)
def test_whom_to_blame_is_said_where_that_may_be_the_address_or_the_key(status: int, ends: str) -> None:
    assert failure(refusal(status, {"error": {"message": "no luck"}})).message == ends


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://else.example.com/v2?token=secret", ", to https://else.example.com/v2, where it is not followed"),
        ("https://name:secret@else.example.com/", ", to https://else.example.com/, where it is not followed"),
        ("/v2", ", to /v2, where it is not followed"),
        ("", ", and redirects are not followed"),
        ("https://[oops", ", and redirects are not followed"),
    ],
)
def test_where_a_redirect_leads_to_without_what_is_secret(location: str, place: str) -> None:
    refused = failure(refusal(307, {"message": "moved"}, {"location": location}))
    assert refused.message == f"307: moved{place}; {ACCESS.names_address}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "a"}}, "a"),
        ({"error": {"detail": "a"}}, "a"),
        ({"error": {"error": "a", "msg": "b"}}, "a"),
        ({"error": {"msg": "a", "message": ""}}, "a"),
        ({"error": "a"}, "a"),
        ({"error": ["a", "b"]}, '["a", "b"]'),
        ({"message": {"x": 1}}, '{"x": 1}'),
        ({"code": 7}, '{"code": 7}'),
        ([{"error": {"message": "a"}}], "a"),
        ("a  b\nc", "a b c"),
        ("", "Word"),
        ({}, "Word"),
        (None, "Word"),
        (7, "Word"),
    ],
    ids=repr,
)
def test_a_servers_words_wherever_it_puts_them(body: Any, said: str) -> None:
    assert failure(refusal(418, body, phrase="Word")).message == f"418: {said}"
    assert failure(refusal(418)).message == "418: it does not say why"


def test_of_long_words_the_beginning_is_told_and_of_the_key_nothing() -> None:
    for length, end in (LONGEST_WORDS, "x"), (LONGEST_WORDS + 1, "…"):
        said = failure(refusal(418, {"message": "x" * length})).message
        assert (len(said), said[-1]) == (len("418: ") + LONGEST_WORDS, end)
    for error in refusal(418, {"message": f"not {ACCESS.key}"}), told(message=f"not {ACCESS.key}"):
        assert failure(error).message.endswith("not …")
    assert failure(told(x=1)).message == 'an error came in the place of the answer: {"x": 1}'
    assert failure(told(code=401)).message.endswith(f'{{"code": 401}}; {ACCESS.names_key}')


NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": "Sun, 29 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 29 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sun, 29 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, "nan"),
        ({"retry-after": "-1"}, "-1"),
        ({"retry-after": "9" * 99}, "9" * LONGEST_TOLD),
        ({"retry-after-ms": "-5", "retry-after": "7"}, "-5"),
    ],
    ids=str,
)
def test_how_long_to_wait(headers: dict[str, str], wait: Any) -> None:
    assert retry_after(headers, NOW) == wait
    assert failure(refusal(429, None, {"retry-after": "7"})).retry_after == 7


def test_what_a_server_would_take_instead() -> None:
    ceiling = "this model supports at most 4096 completion tokens"
    prompt = "maximum context length is 9000 tokens and your request has 4000 input tokens"
    for error in (refusal(400, {"error": {"message": ceiling}}), told(code=400, message=ceiling)):
        assert (failure(error).most, failure(error).most_here, failure(error).refuses) == (4096, None, ())
    for error in (refusal(422, {"error": {"message": prompt}}), told(code=422, message=prompt)):
        assert (failure(error).most, failure(error).most_here) == (None, 5000)
    named = refusal(400, {"error": {"message": "no", "param": "temperature"}})
    assert failure(named, temperature=0.5).refuses == ("temperature",)
    assert failure(refusal(400, {"error": {"message": "no", "param": 7}}), temperature=0.5).refuses == ()
    assert failure(refusal(429, {"error": {"message": "no", "param": "temperature"}}), temperature=0.5).refuses == ()
    unknown = "temperature is not supported"
    assert failure(told(message=unknown, type="invalid_request_error"), temperature=0.5).refuses == ("temperature",)
    assert failure(told(message=unknown), temperature=0.5).refuses == ("temperature",)
    assert failure(refusal(503, {"message": unknown}), temperature=0.5).refuses == ()


def test_what_is_damaged_may_have_run_and_a_page_may_not() -> None:
    for error in Damaged("broken"), TooLong("long"):
        assert (failure(error).kind, failure(error).charge) == (failures.CONNECTION_FAILED, "reservation")
        assert failure(error).message == str(error)
    page = failure(Damaged("a page", page=True))
    assert (page.kind, page.charge, page.message) == (INVALID, "none", f"a page; {ACCESS.names_address}")


def test_what_is_nobodys_is_no_failure_of_theirs() -> None:
    assert failure_of(ValueError("x"), ChatRequest("a", "m", "x"), ACCESS) is None


def transport(*kinds: str, said: str = "why", cause: BaseException | None = None) -> Exception:
    """An error of the library underneath, as it is called there."""
    made: type[Exception] = Exception
    for kind in ("TransportError", *kinds):
        made = type(kind, (made,), {})
    error = made(said)
    error.__cause__ = cause
    return error


CONNECTIONS: list[tuple[Exception, str, str, str]] = [
    (transport("ConnectError"), failures.CONNECTION_FAILED, "none", "nothing answers (why); "),
    (transport("ConnectError", said=""), failures.CONNECTION_FAILED, "none", "nothing answers (ConnectError); "),
    (transport("TimeoutException", "ConnectTimeout"), failures.MODEL_TIMEOUT, "none", "no answer in time (why); "),
    (transport("TimeoutException", "PoolTimeout"), failures.MODEL_TIMEOUT, "none", "no answer in time (why); "),
    (transport("TimeoutException", "ReadTimeout"), failures.MODEL_TIMEOUT, "reservation", "no answer in time (why)"),
    (transport("APITimeoutError"), failures.MODEL_TIMEOUT, "reservation", "no answer in time (why)"),
    (transport("ReadError"), failures.CONNECTION_FAILED, "reservation", "the connection failed (why); "),
    (transport("RemoteProtocolError"), failures.CONNECTION_FAILED, "reservation", "the connection failed (why); "),
    (
        transport("RemoteProtocolError", said="illegal status line: x"),
        *(INVALID, "none", "what answers there does not speak http; "),
    ),
    (
        transport("ReadError", said="illegal status line: x"),
        *(failures.CONNECTION_FAILED, "reservation", "the connection failed (illegal status line: x); "),
    ),
    (transport("LocalProtocolError"), INVALID, "none", "the request could not be made (LocalProtocolError); "),
    (transport("UnsupportedProtocol"), INVALID, "none", "the request could not be made (UnsupportedProtocol); "),
    (
        transport("ConnectError", cause=OSError(socket.EAI_NONAME, "no name")),
        *(failures.CONNECTION_FAILED, "none", "nothing answers (why); "),
    ),
    (
        transport("ConnectError", cause=socket.gaierror(socket.EAI_NONAME, "no name")),
        *(INVALID, "none", "there is no host of that name; "),
    ),
    (
        transport("ConnectError", cause=transport("Inner", cause=socket.gaierror(socket.EAI_NONAME, "no name"))),
        *(INVALID, "none", "there is no host of that name; "),
    ),
    (
        transport("ConnectError", cause=socket.gaierror(socket.EAI_AGAIN, "later")),
        *(failures.CONNECTION_FAILED, "none", "nothing answers (why); "),
    ),
]


@pytest.mark.parametrize(("error", "kind", "charge", "message"), CONNECTIONS)
def test_what_kept_a_request_from_its_answer(error: Exception, kind: str, charge: str, message: str) -> None:
    found = failure(error)
    assert (found.kind, found.charge) == (kind, charge)
    assert found.message == (f"{message}{ACCESS.names_address}" if message.endswith("; ") else message)
    assert found.unreached == message.startswith("nothing answers")


def no_tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError("x")
    error.reason = reason
    return error


def test_a_server_that_cannot_be_trusted_is_one_to_be_changed() -> None:
    refused = ssl.SSLCertVerificationError("x")
    refused.verify_message = "self signed"
    for cause, words in (
        (refused, "the certificate of the server is not accepted (self signed)"),
        *(
            (no_tls(reason), "what answers there does not speak https")
            for reason in ("HTTP_REQUEST", "WRONG_VERSION_NUMBER")
        ),
    ):
        found = failure(transport("ConnectError", cause=transport("Inner", cause=cause)))
        assert (found.kind, found.charge) == (INVALID, "none")
        assert found.message == f"{words}; {ACCESS.names_address}"
    found = failure(transport("ConnectError", cause=no_tls("UNEXPECTED_EOF_WHILE_READING")))
    assert found.kind == failures.CONNECTION_FAILED


def test_the_librarys_own_error_is_that_of_its_cause() -> None:
    class Request:
        """Of the library, which keeps it."""

    request: Any = Request()
    outer = openai.APIConnectionError(request=request)
    outer.__cause__ = transport("ConnectError")
    assert failure(outer).message.startswith("nothing answers (why)")
    outer.__cause__ = refusal(429, {"message": "slow"})
    assert failure(outer).kind == LIMITED
    outer.__cause__ = None
    assert failure(outer).kind == failures.CONNECTION_FAILED
