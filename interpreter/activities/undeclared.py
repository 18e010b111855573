"""What goes on record of an exception that nobody declared: its class and message, and never more than a page."""

from temporalio.exceptions import ApplicationError

from interpreter.boundary.failures import UNDECLARED

LONGEST_MESSAGE = 2_000


def undeclared(message: str, error: BaseException) -> ApplicationError:
    failure = ApplicationError(short(message), type=UNDECLARED)
    # For the worker's log. As its cause it would be copied to history, however long it is.
    failure.__context__ = error
    return failure


def short(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
