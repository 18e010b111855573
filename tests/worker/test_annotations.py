"""What Python's annotations are in the language, and functions that cannot be tools."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NewType, NotRequired, Optional

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from interpreter.worker.tools import UnusableTool, describe, tool, tool_of, unique

CustomerId = NewType("CustomerId", str)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1


@dataclass
class Tree:
    name: str
    weight: float = 0.5
    children: "list[Tree]" = field(default_factory=list)


class Model(BaseModel):
    id: CustomerId
    amount: Annotated[Decimal, Field(ge=0)]


class Aliased(BaseModel):
    id: str = Field(alias="_id")


class Dictionary(TypedDict):
    at: datetime
    note: NotRequired[str]


CASES: list[tuple[Any, str]] = [
    (str, "text"),
    (bool, "bool"),
    (int, "int"),
    (float, "number"),
    (Decimal, "decimal"),
    (datetime, "time"),
    (timedelta, "duration"),
    (Any, "json"),
    (object, "json"),
    (Literal["b", "a"], '"b" | "a"'),
    (Literal["a"], '"a"'),
    (Literal["a", None], '"a"?'),
    (Colour, '"red" | "blue"'),
    (Optional[int], "int?"),  # noqa: UP045
    (int | None, "int?"),
    (Literal["a"] | Colour | None, '("a" | "red" | "blue")?'),
    (list[str], "[text]"),
    (Sequence[int], "[int]"),
    (tuple[int, ...], "[int]"),
    (list, "[json]"),
    (dict[str, int], "map[int]"),
    (Mapping[str, str | None], "map[text?]"),
    (dict, "json"),
    (dict[str, Any], "json"),
    (CustomerId, "text"),
    (Annotated[Decimal, "money"], "decimal"),
    (Model, "{id: text, amount: decimal}"),
    (Tree, "{name: text, weight: number, children: [^1]}"),
    (Dictionary, "{at: time, note: text?}"),
    (list[Model | None], "[{id: text, amount: decimal}?]"),
]


@pytest.mark.parametrize(("annotation", "readable"), CASES, ids=[str(case[0]) for case in CASES])
def test_an_annotation_as_a_type(annotation: Any, readable: str) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__ = {"value": annotation, "return": None}
    assert describe("f", function).signature.readable == f"value: {readable} -> null"


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (set[str], "set[str] has no counterpart"),
        (date, "date has no counterpart"),
        (tuple[int, str], "only tuples of one type"),
        (dict[int, str], "the keys of a map are texts"),
        (Literal[1, 2], "the values of an enumeration are texts"),
        (Level, "the values of an enumeration are texts"),
        (Callable[[], None], "has no counterpart"),
        (Aliased, "Aliased.id has an alias"),
    ],
    ids=str,
)
def test_what_has_no_counterpart_is_named(annotation: Any, reason: str) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__ = {"value": annotation, "return": None}
    with pytest.raises(UnusableTool, match="parameter value: ") as caught:
        describe("f", function)
    assert reason in str(caught.value)


def test_everything_that_is_missing_is_told_at_once_at_decoration() -> None:
    with pytest.raises(UnusableTool) as caught:

        @tool("tickets.open")
        def open_ticket(subject, *more: str):  # type: ignore[no-untyped-def]
            return subject

    message = str(caught.value)
    assert "`tickets.open`" in message
    assert "parameter subject: has no annotation" in message
    assert "parameter more: arguments are passed by name" in message
    assert "the result: has no annotation" in message


def test_an_annotation_that_names_nothing_is_told() -> None:
    with pytest.raises(UnusableTool, match="name 'Nothing' is not defined"):

        @tool
        def function(value: "Nothing") -> None:  # type: ignore[name-defined]  # noqa: F821
            ...


def test_a_tool_stays_a_function_and_has_the_given_name_or_its_own() -> None:
    @tool("a.b")
    def first(value: int) -> int:
        return value + 1

    @tool
    async def second() -> None: ...

    assert first(1) == 2
    assert (tool_of(first).name, tool_of(second).name) == ("a.b", "second")
    assert tool_of(tool_of(first)) is tool_of(first)


def test_a_function_without_the_mark_is_no_tool() -> None:
    with pytest.raises(UnusableTool, match="write @tool above it"):
        tool_of(len)


def test_two_functions_for_one_name_are_refused() -> None:
    @tool("same")
    def first() -> None: ...

    @tool("same")
    def second() -> None: ...

    assert list(unique([tool_of(first), tool_of(first)])) == ["same"]
    with pytest.raises(UnusableTool, match=r"`same` is implemented by .*first and by .*second"):
        unique([tool_of(first), tool_of(second)])
