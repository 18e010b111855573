"""What follows a failed attempt: the same again after a wait, another model, or the end. Pure decisions, no state."""

import hashlib
from dataclasses import dataclass
from math import inf
from typing import Literal

from dsl.ast import defaults
from dsl.ast.declarations import ToolDeclaration
from dsl.ast.duration import format_duration
from dsl.ast.statements import Retry, Step
from dsl.expressions.values import Value
from interpreter.boundary import failures
from interpreter.boundary.numbers import seconds
from interpreter.core.certainty import NEVER_CALLED, is_declared
from interpreter.core.events import CallFailed

FIRST_MISFIT_DELAY = 200
LONGEST_MISFIT_DELAY = 30_000
MISFIT_GROWTH = 1.5
"""Slower than for failures: while two versions share a queue, the wrong worker takes a call by chance only."""
FIRST_OBJECT_DELAY = 1_000
LONGEST_OBJECT_DELAY = 60_000
DEFAULT_PATIENCE = 86_400_000
"""Milliseconds for which a call waits for a worker that has its tool, where no time budget around says otherwise."""
DEFAULT_OUTPUT_TOKENS = 4096

_PATIENCE = {
    failures.RATE_LIMITED: 6,
    failures.OVERLOADED: 4,
    failures.CONNECTION_FAILED: 4,
    failures.MODEL_TIMEOUT: 1,
    failures.ATTEMPT_LOST: 4,
    failures.CIRCUIT_OPEN: 6,
}
"""How often one model is tried again after each kind of failure; others are never tried again."""
_UNREACHED_PATIENCE = 2
"""How often when nothing answered at the address: most likely it is wrong."""


def may_repeat(tool: ToolDeclaration, key_left: float | None, delay: int = 0) -> bool:
    """Whether a call that may have taken effect can be made again after `delay` milliseconds without harm.

    `key_left`: for how many milliseconds more the tool knows the key (None: for ever).
    """
    key_holds = tool.effect.keyed and (key_left is None or delay < key_left)
    return key_holds or tool.effect.kind in ("read", "idempotent")


def call_timeout(tool: ToolDeclaration, step: Step | None) -> int:
    """Milliseconds for one attempt."""
    return (step.timeout if step else None) or tool.timeout or defaults.TIMEOUT


def retry_of(tool: ToolDeclaration, step: Step | None) -> Retry | None:
    return (step.retry if step else None) or tool.retry


def retry_delay(
    tool: ToolDeclaration,
    retry: Retry | None,
    failure: CallFailed,
    attempt: int,
    *,
    doubt: bool,
    key_left: float | None,
) -> int | None:
    """Milliseconds until the next attempt at a tool, or None when there is none.

    `doubt`: an attempt so far may have taken effect.
    """
    delay = backoff(retry, attempt)
    harmless = not doubt or may_repeat(tool, key_left, delay)
    if not harmless or not failure.retryable or failure.kind in NEVER_CALLED:
        return None
    if retry is None and is_declared(tool, failure):
        return None
    if retry is not None and failure.kind in retry.exceptions:
        return None
    if attempt > (retry.times if retry is not None else defaults.RETRIES):
        return None
    return delay


def misfit_delay(misfits: int) -> int:
    """Milliseconds until a call that met the wrong worker is tried again, on whichever takes it then."""
    return int(min(FIRST_MISFIT_DELAY * MISFIT_GROWTH ** min(misfits - 1, 60), LONGEST_MISFIT_DELAY))


def object_delay(tries: int) -> int:
    """Milliseconds until an object that could not be read is asked for again."""
    return int(min(FIRST_OBJECT_DELAY * 2 ** min(tries - 1, 30), LONGEST_OBJECT_DELAY))


def backoff(retry: Retry | None, attempt: int) -> int:
    """Doubling from the first wait up to the longest, in milliseconds."""
    first = (retry.backoff_initial if retry else None) or defaults.FIRST_BACKOFF
    longest = (retry.backoff_maximum if retry else None) or max(first, defaults.LONGEST_BACKOFF)
    return int(min(first * 2 ** min(attempt - 1, 30), longest))


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """`again` after `delay` milliseconds, or the `end` of this model, with a `reason` that the failure does not say."""

    what: Literal["again", "end"]
    delay: int = 0
    reason: str = ""


def after_refusal(failure: CallFailed, refusals: int, *, left: int, patience: int) -> NextAttempt:
    """What follows when the server of a request takes none for now: it is asked again when it says, never faster than
    `misfit_delay`, or not, where that is later than the `left` of the patience, in milliseconds.
    """
    told = seconds(failure.detail.get("retry_after"))
    delay = max(misfit_delay(refusals), 0 if told is None else int(told * 1000))
    if delay <= left:
        return NextAttempt("again", delay)
    most = format_duration(patience)
    if told is not None and delay > patience:
        return NextAttempt("end", reason=f"it asks for a wait of {format_duration(delay)}, and the patience is {most}")
    return NextAttempt("end", reason=f"the patience of {most} is over")


def after_model_failure(
    failure: CallFailed,
    tries: int,
    *,
    patience: int,
    seed: str,
    retry: Retry | None = None,
    others: bool = False,
    left: float = inf,
) -> NextAttempt:
    """`tries` counts the attempts at this model; `patience` is the longest wait that it may ask for, in milliseconds,
    and `left` what is left of the time around it: a wait that outlasts it would be for nothing;
    `seed` spreads the waits of runs that failed together; `retry` is what its agent says of them. `others`: another
    model follows, which is asked at once where this one's provider is left alone.
    """
    if tries > _tries_again(failure, retry) or (others and in_our_words(failure)[0] == failures.CIRCUIT_OPEN):
        return NextAttempt("end")
    told = _told_wait(failure)
    if told is None:
        return NextAttempt("again", _spread(backoff(retry, tries), 1.0, tries, seed))
    wait = seconds(told)
    if wait is None:
        return NextAttempt("end", reason=f"it asks for a wait that cannot be: {_shown(told)}")
    milliseconds = int(wait * 1000)
    if milliseconds > patience:
        asked, most = format_duration(milliseconds), format_duration(patience)
        return NextAttempt("end", reason=f"it asks for a wait of {asked}, and the patience is {most}")
    if milliseconds >= left:
        asked, rest = format_duration(milliseconds), format_duration(max(int(left), 0))
        return NextAttempt("end", reason=f"it asks for a wait of {asked}, and the budget has {rest} left")
    return NextAttempt("again", milliseconds + _spread(1000, 0.0, tries, seed))


def _tries_again(failure: CallFailed, retry: Retry | None) -> int:
    """How often a model that failed like this is tried again; an agent says how often, not what for."""
    kind = failure.kind if failure.certainty == "answered" else failures.ATTEMPT_LOST
    usual = _PATIENCE.get(kind, 0)
    if retry is not None:
        return retry.times if usual and kind not in retry.exceptions else 0
    unreached = failure.certainty == "answered" and failure.detail.get("unreached") is True
    return _UNREACHED_PATIENCE if unreached else usual


def after_no_provider(unfit: int) -> NextAttempt:
    """`unfit` counts the workers that could ask no model: the next may, so this goes on as it does for tools."""
    if unfit > DEFAULT_PATIENCE // LONGEST_MISFIT_DELAY:
        return NextAttempt("end", reason="no worker came that can ask")
    return NextAttempt("again", misfit_delay(unfit))


def in_our_words(failure: CallFailed) -> tuple[str, str]:
    """How an attempt at a model failed, and what is said of it: nothing outside speaks in the machine's name."""
    if failure.certainty != "answered":
        return failures.ATTEMPT_LOST, failure.message
    if failure.kind in failures.MODEL_FAILURES:
        return failure.kind, failure.message
    return failures.OVERLOADED, f"{failure.kind}: {failure.message}"


def _shown(told: Value) -> str:
    """A number of thousands of digits cannot even be written."""
    small = type(told) is int and told.bit_length() < 64
    return repr(str(told)[:40]) if small or type(told) is str or type(told) is float else type(told).__name__


def _told_wait(failure: CallFailed) -> Value:
    return failure.detail.get("retry_after")


def _spread(wait: int, whole: float, tries: int, seed: str) -> int:
    """`whole` times the wait, and up to half of it more."""
    digest = hashlib.sha256(f"{seed}/{tries}".encode()).digest()
    return int(wait * (whole + int.from_bytes(digest[:2]) / 65536 / 2))
