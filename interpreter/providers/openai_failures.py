"""What went wrong with a call of the API, told apart by what the interpreter does next and by what it cost.

Charged is nothing only where that is certain: the request never left, or was refused. After a timeout, a broken
connection or a crash of the server, the model may have run.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from interpreter.boundary import failures
from interpreter.boundary.numbers import seconds
from interpreter.providers.provider import Charge, ProviderFailure

LONGEST_TOLD = 40
"""Characters of a header that cannot be true."""

_OUT_OF_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"}
_FILTERED = {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_NEVER_MADE = {"LocalProtocolError", "UnsupportedProtocol", "InvalidURL"}
"""Causes by class name: openai 2 stands on httpx, openai 3 on httpx2."""

_SCHEMA_HELP = (
    " (this server does not take response_format json_schema: use a model that supports structured outputs,"
    " or let the agent return text)"
)


def failure_of(error: openai.APIError) -> ProviderFailure:
    if isinstance(error, openai.APIStatusError):
        return _refused(error)
    if isinstance(error, openai.APIConnectionError):
        return _not_connected(error)
    return _broke_off(error)


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


def _refused(error: openai.APIStatusError) -> ProviderFailure:
    kind, charge = _meaning(error)
    message = f"{error.status_code}: {error.message}"
    if kind == failures.INVALID_REQUEST and "response_format" in f"{error.param} {error.message}":
        message += _SCHEMA_HELP
    wait = retry_after(error.response.headers, datetime.now(UTC))
    return ProviderFailure(kind, message, charge=charge, retry_after=wait)


def _meaning(error: openai.APIStatusError) -> tuple[str, Charge]:
    words = {error.code, error.type}
    match error.status_code:
        case 429 if words & _OUT_OF_QUOTA:
            return failures.QUOTA_EXCEEDED, "none"
        case 429:
            return failures.RATE_LIMITED, "none"
        case 401 | 403:
            return failures.AUTHENTICATION, "none"
        case 402:
            return failures.QUOTA_EXCEEDED, "none"
        case 408:
            return failures.MODEL_TIMEOUT, "reservation"
        case 409 | 503 | 529:
            return failures.OVERLOADED, "none"
        case status if status >= 500:
            return failures.OVERLOADED, "reservation"
        case _ if words & _FILTERED:
            return failures.CONTENT_FILTERED, "none"
        case _:
            return failures.INVALID_REQUEST, "none"


def _not_connected(error: openai.APIConnectionError) -> ProviderFailure:
    cause = error.__cause__
    if type(cause).__name__ in _NEVER_MADE:
        message = f"the request could not be made ({type(cause).__name__})"
        return ProviderFailure(failures.INVALID_REQUEST, message, charge="none")
    charge: Charge = "none" if type(cause).__name__ in _NEVER_SENT else "reservation"
    reason = str(cause) or type(cause).__name__ if cause else error.message
    if isinstance(error, openai.APITimeoutError):
        return ProviderFailure(failures.MODEL_TIMEOUT, f"no answer in time ({reason})", charge=charge)
    return ProviderFailure(failures.CONNECTION_FAILED, f"the connection failed ({reason})", charge=charge)


def _broke_off(error: openai.APIError) -> ProviderFailure:
    """An error that came inside a stream, after the server had said 200."""
    words = {error.code, error.type}
    if words & _OUT_OF_QUOTA:
        kind = failures.QUOTA_EXCEEDED
    elif words & _FILTERED:
        kind = failures.CONTENT_FILTERED
    elif "rate_limit_exceeded" in words:
        kind = failures.RATE_LIMITED
    else:
        kind = failures.OVERLOADED
    return ProviderFailure(kind, f"the answer broke off: {error.message}", charge="reservation")
