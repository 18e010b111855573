"""What a worker's log says of failed calls: one line for each, once the frames in the author's file, and no more.

All of it, with every frame, is logged as DEBUG for those who want it: `dsl` writes that to a file.
"""

import linecache
import logging
import traceback

from temporalio.exceptions import ApplicationError

from interpreter.activities.context import ToolContext
from interpreter.activities.headers import HEADERS
from interpreter.activities.wording import class_of, one_line, place
from interpreter.boundary.told import SDK_NOT_FOUND, is_workers

log = logging.getLogger("steadflow.tools")
_told: set[tuple[str, str]] = set()
"""Tool, and where its exception came from: whose frames have been shown."""


def tell_failed(tool: str, call: ToolContext, failure: BaseException, error: BaseException, file: str | None) -> None:
    """`failure` goes on record for `error`. A declared error is an answer, and no line. The line ends with the call's
    key, which others were told too. Of a discreet call it has the class of the exception, and no words.
    """
    if not isinstance(failure, ApplicationError) or not is_workers(failure.type):
        return
    attempt, words, frames = call.attempt, one_line(failure.message), _frames(tool, error, file)
    discreet = HEADERS.get().discreet
    words = f"{class_of(error)}; what it says may hold sensitive data, and is kept back" if discreet else words
    log.warning("`%s` failed, attempt %d: %s [%s]%s", tool, attempt, words, one_line(call.key), frames)
    if discreet:
        return
    try:
        log.debug("`%s`, attempt %d, in full", tool, attempt, exc_info=error)
    except BaseException as second:  # noqa: BLE001 - the exception is the author's, and is looked at in all its parts
        log.debug("`%s`, attempt %d: it cannot be shown in full: %s", tool, attempt, class_of(second))


def _frames(tool: str, error: BaseException, file: str | None) -> str:
    lines = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == file:
            source = linecache.getline(frame.f_code.co_filename, line).strip()
            lines.append(one_line(f"{place(frame, line)}: {source}", 200))
    key = (tool, f"{class_of(error)} {lines}")
    if key in _told:
        return ""
    _told.add(key)
    return "".join(f"\n    {line}" for line in lines)


class ToldAlready(logging.Filter):
    """Keeps off the log what the SDK says, with all its frames, about failures that were told here."""

    def __init__(self) -> None:
        super().__init__()
        self._unknown: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, ApplicationError) or record.levelno < logging.WARNING:
            return True
        if error.type == SDK_NOT_FOUND:
            return self._once(record, error.message)
        return not is_workers(error.type)

    def _once(self, record: logging.LogRecord, message: str) -> bool:
        """A call of something that this worker does not have: one line for each name."""
        name = message.removeprefix("Activity function ").split(" for workflow ")[0]
        if name in self._unknown:
            return False
        self._unknown.add(name)
        record.msg, record.args, record.exc_info = f"`{one_line(name)}` was called, which this worker lacks", (), None
        return True


TOLD_ALREADY = ToldAlready()


def keep_to_one_line() -> None:
    """From now on the SDK's activity log is filtered, in this process."""
    logging.getLogger("temporalio.activity").addFilter(TOLD_ALREADY)
