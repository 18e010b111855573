"""What went wrong with a call of the API, told apart by what the interpreter does next and by what it cost.

Charged is nothing only where that is certain: the request never left, or was refused. After a timeout, a broken
connection or a crash of the server, the model may have run.
"""

import json
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import openai

from interpreter.boundary import failures
from interpreter.boundary.numbers import seconds
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.access import Access
from interpreter.providers.openai_ceilings import told_ceiling
from interpreter.providers.openai_client import refusal_in
from interpreter.providers.openai_reading import Damaged, ToldError, in_a_list, whole_characters
from interpreter.providers.openai_refusals import refused_parts
from interpreter.providers.provider import Charge, ProviderFailure

LONGEST_TOLD = 40
"""Characters of a header that cannot be true."""
LONGEST_WORDS = 600
"""Characters of what a server says."""

_OUT_OF_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "exceeded_current_quota_error"}
_FILTERED = {"content_filter", "content_policy_violation", "responsibleaipolicyviolation"}
_LIMITED = {"rate_limit_exceeded", "rate_limit_error", "too_many_requests", "rate_limit_reached_error"}
_NO_KEY = {"invalid_api_key", "authentication_error", "invalid_authentication_error"}
_INVALID = {
    "invalid_request_error",
    "invalid_argument",
    "badrequesterror",
    "unsupported_parameter",
    "unsupported_value",
}
_ABOUT_KEY = re.compile(
    r"\bapi.?key\b.{0,40}\b(invalid|not valid|incorrect|missing|expired)|(invalid|incorrect) api.?key", re.IGNORECASE
)
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_NEVER_MADE = {"LocalProtocolError", "UnsupportedProtocol", "InvalidURL"}
_OF_TRANSPORT = {"TransportError", "InvalidURL", "StreamError"}
"""Causes by class name: openai 2 stands on httpx, openai 3 on httpx2."""


def failure_of(error: Exception, request: ChatRequest, access: Access) -> ProviderFailure | None:
    """None for what is neither the client's nor the server's."""
    refusal = refusal_in(error)
    if refusal is not None:
        return _refused(refusal, request, access)
    match error:
        case openai.APIConnectionError():
            return _not_connected(error.__cause__ or error, access)
        case ToldError():
            return _told(error, request, access)
        case Damaged(page=True):
            return _no_api(str(error), access)
        case Damaged():
            return ProviderFailure(failures.CONNECTION_FAILED, str(error), charge="reservation")
        case _ if _kinds(error) & _OF_TRANSPORT:
            return _not_connected(error, access)
        case _:
            return None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | str | None:
    """Seconds to wait: from `retry-after-ms`, or from `Retry-After` as seconds or as an HTTP date. A wait that cannot
    be is given as it was told; it is not known what is meant.
    """
    text, wait = headers.get("retry-after-ms", ""), _number(headers.get("retry-after-ms", ""), parts=1000)
    if wait is None:
        text = headers.get("retry-after", "")
        wait = _number(text)
    if wait is None:
        wait = _until(text, now)
    return None if wait is None else text[:LONGEST_TOLD] if seconds(wait) is None else wait


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _number(text: str, parts: int = 1) -> float | None:
    try:
        return float(text) / parts
    except ValueError:
        return None


def _refused(error: openai.APIStatusError, request: ChatRequest, access: Access) -> ProviderFailure:
    status = error.status_code
    told = _told_of(in_a_list(error.body))
    said = _short(access.without_key(_said(error, told)))
    kind, charge = _meaning(status, _words(told))
    if status == 400 and _ABOUT_KEY.search(said):
        kind = failures.AUTHENTICATION
    message = f"{status}: {said}"
    if kind == failures.AUTHENTICATION:
        message += f"; {access.names_key}"
    elif status in (404, 405) or status < 400:
        message += f"{_points_elsewhere(error) if status < 400 else ''}; {access.names_address}"
    wait = retry_after(error.response.headers, datetime.now(UTC))
    failure = ProviderFailure(kind, message, charge=charge, retry_after=wait)
    return _adaptable(failure, status, told, said, request)


def _told(came: ToldError, request: ChatRequest, access: Access) -> ProviderFailure:
    """Some say the status there that they did not send."""
    error = came.error
    words = _words(error)
    status = next((int(word) for word in sorted(words) if len(word) == 3 and word.isdecimal() and word >= "400"), 0)
    said = _short(access.without_key(str(error.get("message") or json.dumps(dict(error), default=str))))
    if not status and words & _INVALID and not words & (_OUT_OF_QUOTA | _FILTERED | _LIMITED | _NO_KEY):
        status = 400
    kind, charge = _meaning(status or 500, words)
    if kind == failures.AUTHENTICATION:
        said += f"; {access.names_key}"
    if kind == failures.OVERLOADED or came.begun:
        charge = "reservation"
    failure = ProviderFailure(kind, f"an error came in the place of the answer: {said}", charge=charge)
    return _adaptable(failure, status or 400, error, said, request)


def _adaptable(
    failure: ProviderFailure, status: int, told: Mapping[str, Any], said: str, request: ChatRequest
) -> ProviderFailure:
    """The failure, with what the server would have taken instead, as far as it says so."""
    if failure.kind not in (failures.INVALID_REQUEST, failures.OVERLOADED):
        return failure
    param = told.get("param")
    named = param[:LONGEST_WORDS] if type(param) is str else ""
    ceiling = told_ceiling(status, f"{named} {said}")
    if ceiling is None:
        failure.refuses = refused_parts(request, status, named, said)
    elif ceiling.of_model:
        failure.most = ceiling.tokens
    else:
        failure.most_here = ceiling.tokens
    return failure


def _meaning(status: int, words: set[str]) -> tuple[str, Charge]:
    if status not in (401, 402, 403) and words & _FILTERED:
        return failures.CONTENT_FILTERED, "none"
    match status:
        case 429 | 402 | 500 if status == 402 or words & _OUT_OF_QUOTA:
            return failures.QUOTA_EXCEEDED, "none"
        case 429 | 500 if status == 429 or words & _LIMITED:
            return failures.RATE_LIMITED, "none"
        case 401 | 403 | 500 if status != 500 or words & _NO_KEY:
            return failures.AUTHENTICATION, "none"
        case 408:
            return failures.MODEL_TIMEOUT, "reservation"
        case 409 | 503 | 529:
            return failures.OVERLOADED, "none"
        case _ if status >= 500:
            return failures.OVERLOADED, "reservation"
        case _:
            return failures.INVALID_REQUEST, "none"


def _words(told: Mapping[str, Any]) -> set[str]:
    return {str(told[name]).lower() for name in ("code", "type", "status") if told.get(name) is not None}


def _told_of(body: Any) -> Mapping[str, Any]:
    """What a body tells; empty where that is nothing."""
    error = body.get("error") if type(body) is dict else None
    told = error or body
    return told if type(told) is dict else {"message": told} if told and type(told) in (str, list) else {}


def _said(error: openai.APIStatusError, told: Mapping[str, Any]) -> str:
    """The server's own words, wherever it puts them."""
    if not told:
        return str(error.response.reason_phrase or "it does not say why")
    found = next((told[name] for name in ("message", "detail", "error", "msg") if told.get(name)), told)
    return found if type(found) is str else json.dumps(found, default=str)


def _points_elsewhere(error: openai.APIStatusError) -> str:
    """Where a redirect leads to, without what may be a secret in it: it is not followed."""
    try:
        parts = urlsplit(error.response.headers.get("location", ""))
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    except ValueError:
        host, parts = "", urlsplit("")
    place = _short(f"{host}{parts.path}")
    return f", to {place}, where it is not followed" if place else ", and redirects are not followed"


def _short(text: str) -> str:
    words = whole_characters(" ".join(text.split()))
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


def _no_api(message: str, access: Access) -> ProviderFailure:
    return ProviderFailure(failures.INVALID_REQUEST, f"{message}; {access.names_address}", charge="none")


def _kinds(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _no_such_host(cause: BaseException | None) -> bool:
    """Whether that was the answer to the question where it is; none at all may be one later."""
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_NONAME
        cause = cause.__cause__ or cause.__context__
    return False


_OTHER_THAN_HTTP = re.compile(r"illegal (status|request) line")
_OTHER_THAN_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"}


def _no_tls(cause: BaseException | None) -> str:
    """What is wrong with a server to which no trusted connection can be made, now or later; empty where that is not
    known."""
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of the server is not accepted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError) and cause.reason in _OTHER_THAN_TLS:
            return "what answers there does not speak https"
        cause = cause.__cause__ or cause.__context__
    return ""


def _not_connected(cause: BaseException, access: Access) -> ProviderFailure:
    names = _kinds(cause)
    if names & _NEVER_MADE:
        return _no_api(f"the request could not be made ({type(cause).__name__})", access)
    if _no_such_host(cause):
        return _no_api("there is no host of that name", access)
    spoken = _no_tls(cause)
    if spoken:
        return _no_api(spoken, access)
    never_sent = bool(names & _NEVER_SENT)
    if "RemoteProtocolError" in names and _OTHER_THAN_HTTP.match(str(cause)):
        return _no_api("what answers there does not speak http", access)
    reason = _short(access.without_key(str(cause))) or type(cause).__name__
    charge: Charge = "none" if never_sent else "reservation"
    if "ConnectError" in names:
        message = f"nothing answers ({reason}); {access.names_address}"
        return ProviderFailure(failures.CONNECTION_FAILED, message, charge=charge, unreached=True)
    if names & {"TimeoutException", "APITimeoutError"}:
        message = f"no answer in time ({reason})" + (f"; {access.names_address}" if never_sent else "")
        return ProviderFailure(failures.MODEL_TIMEOUT, message, charge=charge)
    message = f"the connection failed ({reason}); {access.names_address}"
    return ProviderFailure(failures.CONNECTION_FAILED, message, charge=charge)
