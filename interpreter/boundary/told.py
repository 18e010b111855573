"""Whose word the type of an `ApplicationError` is, when an activity ends with one.

What a worker says of a call by itself (it was not called, its signature differs, it ended in a way that nobody
declared) travels as `steadflow.KIND`. No tool can say that: our wrapper is the only code that ends an activity of a
tool, and it takes from the tool no kind but a plain name. So a kind of the machine that comes without the prefix was
written by somebody else, and is believed by nobody: it is `Undeclared`.
"""

import re
from dataclasses import dataclass

from interpreter.boundary import failures

MACHINE_KINDS = (
    frozenset(value for name, value in vars(failures).items() if name.isupper() and isinstance(value, str))
    - failures.MODEL_FAILURES
) | {"ChildFailed", "Failed", "InvalidLimit", "InvalidValue", "TooManyItems"}
"""The kinds that only the machine gives. No tool has one of them, whatever it says. How an attempt at a model failed is
the reason of a kind and no kind, so a tool may be `RateLimited`.
"""

SDK_NOT_FOUND = "NotFoundError"
SDK_NOT_FOUND_TEXT = "is not registered on this worker, available activities:"
"""How a worker of the Python SDK answers a call of an activity that it does not have."""

MOST_TOLD = 10
"""Tools of a worker, where it is told which ones it has."""

SDK_UNREADABLE_TEXT = "Failed decoding arguments"
"""How a worker of the Python SDK answers a call whose arguments it cannot read, with no type; its cause says why."""
NO_KEY_TYPE = "MissingKey"
"""The type of that cause where the arguments are encrypted with a key that the worker does not have."""

_OWN = "steadflow."
_AT_WORK = "steadflow.at-work."
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """The kind, and whether the worker says that what it called is `at_work` still: nothing is over."""

    kind: str
    at_work: bool = False


def told_by_worker(kind: str, *, at_work: bool = False) -> str:
    """The type of an error in which the worker itself speaks."""
    return f"{_AT_WORK if at_work else _OWN}{kind}"


def heard(type_: str | None, message: str = "") -> Told:
    """What is to be believed of an activity's error with this type and message."""
    if not type_:
        return Told(failures.UNDECLARED)
    for prefix, at_work in ((_AT_WORK, True), (_OWN, False)):
        if type_.startswith(prefix):
            return Told(type_.removeprefix(prefix), at_work)
    if _says_not_registered(type_, message):
        return Told(failures.NOT_REGISTERED)
    return Told(failures.UNDECLARED if type_ in MACHINE_KINDS else type_)


def may_be_a_tools(kind: object, message: str = "") -> bool:
    """Whether `kind` can be what a tool declares: a plain name that nobody takes for the worker's own word."""
    if not isinstance(kind, str) or not _PLAIN_NAME.fullmatch(kind) or kind in MACHINE_KINDS:
        return False
    return not _says_not_registered(kind, message)


def of_missing(message: str) -> str:
    """In our words, what a worker of the Python SDK says that does not have what was called: what it has instead is
    told as far as it is no activity of the machine's.
    """
    called, _, rest = message.partition(SDK_NOT_FOUND_TEXT)
    name = called.removeprefix("Activity function ").split(" for workflow ")[0].strip()
    names = (each.strip() for each in rest.split(","))
    others = [f"`{each}`" for each in names if each and not each.startswith(_OWN)]
    more = f" and {len(others) - MOST_TOLD} more" if len(others) > MOST_TOLD else ""
    has = f"; it has {', '.join(others[:MOST_TOLD])}{more}" if others else ""
    return f"the worker that was asked does not have `{name}`{has}"


def _says_not_registered(type_: str, message: str) -> bool:
    return type_ == SDK_NOT_FOUND and SDK_NOT_FOUND_TEXT in message


def lacks_the_key(type_: str | None, message: str, cause: str | None) -> bool:
    """Whether an activity was not begun, because its worker could not decrypt what it was given. `cause` is the type of
    the error's cause. A tool of ours cannot say so: all that it says has a type.
    """
    return type_ is None and message == SDK_UNREADABLE_TEXT and cause == NO_KEY_TYPE


def is_workers(type_: str | None) -> bool:
    """Whether an activity's error is the worker's own word."""
    return type_ is not None and type_.startswith(_OWN)
