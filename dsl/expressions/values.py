"""What expressions compute with, and how values are told apart.

| in a flow          | here                          |
|--------------------|-------------------------------|
| `null bool int`    | `None`, `bool`, `int` (64 bits)|
| `number`           | `float`, always finite        |
| `decimal`          | `Decimal`, 34 digits          |
| `text`             | `str`                         |
| `time`             | `datetime`, aware, UTC        |
| `duration`         | `timedelta`, whole milliseconds|
| lists              | `list`                        |
| records, maps      | `dict` in order of insertion  |
| a large value      | `Reference`, opaque           |
| `file`             | `File`, whose content lies elsewhere |

Lists and dictionaries are shared, never changed. Everything dispatches on the exact `type` of a value: subclasses do
not occur, `bool` is not an `int` here, and `isinstance` is slow inside a workflow.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, Union

from dsl.dataclass import dataclass, field

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is kept beside the run, by the SHA-256 (hex) of its content, and its size in bytes."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept beside the run as it is, by the SHA-256 (hex) of its content; `size` in bytes. Two are equal
    by their content. `measured`: of an image its width and height in pixels, of a PDF its pages and the bytes of its
    text, at most; None where nobody has measured it.
    """

    hash: str
    size: int
    name: str
    media_type: str
    measured: tuple[int, int] | None = field(default=None, compare=False)


Value: TypeAlias = Union[  # noqa: UP007 - a recursive alias needs the names in quotes
    None, bool, int, float, Decimal, str, datetime, timedelta, list["Value"], dict[str, "Value"], Reference, File
]

Scope: TypeAlias = Mapping[str, Any]
"""The names an expression may use, with their values."""

KIND_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "a bool",
    int: "an int",
    float: "a number",
    Decimal: "a decimal",
    str: "a text",
    datetime: "a time",
    timedelta: "a duration",
    list: "a list",
    dict: "a record",
    Reference: "a large value",
    File: "a file",
}


def kind_name(value: Any) -> str:
    """What a message calls a value: `a text`, `null`."""
    return KIND_NAMES.get(type(value), type(value).__name__)


def references(value: Any) -> tuple[Reference, ...]:
    """Every reference in `value`, in order, each once."""
    found: dict[Reference, None] = {}
    _collect(value, found)
    return tuple(found)


def _collect(value: Any, found: dict[Reference, None]) -> None:
    kind = type(value)
    if kind is Reference:
        found[value] = None
    elif kind is list:
        for item in value:
            _collect(item, found)
    elif kind is dict:
        for item in value.values():
            _collect(item, found)


def files_in(value: Any) -> list[File]:
    """The files that `value` holds, in order."""
    kind = type(value)
    if kind is File:
        return [value]
    if kind is list or kind is dict:
        parts = value if kind is list else value.values()
        return [file for part in parts for file in files_in(part)]
    return []


def references_in(value: Any) -> list[Reference]:
    """The references that `value` holds, in order."""
    found: list[Reference] = []

    def take(reference: Reference) -> Reference:
        found.append(reference)
        return reference

    substitute(value, take)
    return found


def substitute(value: Any, content: Callable[[Reference], Any]) -> Any:
    """`value` with each reference replaced by what `content` gives for it (which may be the reference itself)."""
    return replaced(value, Reference, content)


def replaced(value: Any, kind: type[Kind], by: Callable[[Kind], Any]) -> Any:
    """`value` with each `kind` in it replaced by what `by` gives for it."""
    found = type(value)
    if found is kind:
        return by(value)
    if found is list:
        return [replaced(item, kind, by) for item in value]
    if found is dict:
        return {name: replaced(item, kind, by) for name, item in value.items()}
    return value
