"""What may be said of a field's values: which bound has no meaning, and what is taken into the type."""

from decimal import Decimal

import pytest

from dsl.ast.types import Field, NamedType
from dsl.semantics.constraints import constrained
from dsl.semantics.findings import Finding, InvalidType
from dsl.semantics.types import (
    BOOL,
    DECIMAL,
    DURATION,
    FILE,
    INT,
    JSON,
    NUMBER,
    TEXT,
    TIME,
    UNKNOWN,
    Enum,
    ListOf,
    MapOf,
    OptionalOf,
    Type,
)

LIST = ListOf(TEXT)
NO_SIZE = "`x` is {}, which has no size to bound"
WHOLE = "the size of `x` is counted in whole numbers from 0"
NO_TEXT = "`x` is {}, and `matches` is for text, or the media type of a file"


def taken(type_: Type, least: str | None, most: str | None, matches: str | None = None) -> tuple[Type, list[Finding]]:
    findings: list[Finding] = []
    bounds = [None if each is None else Decimal(each) for each in (least, most)]
    field = Field("x", NamedType("text"), at_least=bounds[0], at_most=bounds[1], matches=matches)
    return constrained(field, type_, findings), findings


@pytest.mark.parametrize(
    ("type_", "least", "most", "told"),
    [
        (INT, "1", "9", None),
        (INT, "-5", None, None),
        (INT, "1", "1", None),
        (INT, "2", "1", "no value is at least 2 and at most 1"),
        (NUMBER, "0.5", None, None),
        (DECIMAL, None, "-0.5", None),
        (TEXT, "0", "9", None),
        (TEXT, "-1", None, WHOLE),
        (TEXT, None, "-1", WHOLE),
        (TEXT, "1.5", None, WHOLE),
        (TEXT, "1.0", None, None),
        (TEXT, "3", "2", "no value is at least 3 and at most 2"),
        (FILE, None, "1000", None),
        (FILE, None, "0.5", WHOLE),
        (LIST, "1", None, None),
        (LIST, None, "2.5", WHOLE),
        (LIST, "3", "2", "no value is at least 3 and at most 2"),
        (BOOL, None, "1", NO_SIZE.format("bool")),
        (TIME, "1", None, NO_SIZE.format("time")),
        (DURATION, None, "1", NO_SIZE.format("duration")),
        (JSON, None, "1", NO_SIZE.format("json")),
        (MapOf(TEXT), None, "1", NO_SIZE.format("map[text]")),
        (Enum(("a", "b")), None, "1", NO_SIZE.format('one of "a" | "b"')),
        (Enum(("a", "b"), written=True), None, "1", NO_SIZE.format('one of "a" | "b"')),
        (BOOL, None, None, None),
        (UNKNOWN, "2", "1", None),
    ],
    ids=str,
)
def test_what_a_bound_is_of(type_: Type, least: str | None, most: str | None, told: str | None) -> None:
    for outer in (type_, OptionalOf(type_)):
        _, findings = taken(outer, least, most)
        assert [each.message for each in findings if isinstance(each, InvalidType)] == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("type_", "pattern", "told"),
    [
        (TEXT, "[a-z]+", None),
        (FILE, "image/.*", None),
        (INT, "1", NO_TEXT.format("int")),
        (LIST, "a", NO_TEXT.format("[text]")),
        (Enum(("a",)), "a", NO_TEXT.format('one of "a"')),
        (UNKNOWN, "(", None),
    ],
    ids=str,
)
def test_what_a_pattern_is_of(type_: Type, pattern: str, told: str | None) -> None:
    _, findings = taken(type_, None, None, pattern)
    assert [each.message for each in findings if isinstance(each, InvalidType)] == ([] if told is None else [told])


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1"])
def test_a_pattern_that_cannot_be_read(pattern: str) -> None:
    type_, (found,) = taken(TEXT, None, None, pattern)
    assert isinstance(found, InvalidType)
    assert type_ == TEXT
    assert found.message.startswith("this pattern cannot be read: ")
    assert found.help == "patterns are RE2's: no look-around, no back references"


@pytest.mark.parametrize(
    ("type_", "least", "most", "becomes"),
    [
        (LIST, None, "3", ListOf(TEXT, 3)),
        (LIST, "1", None, LIST),
        (ListOf(TEXT, 5), None, "3", ListOf(TEXT, 3)),
        (ListOf(TEXT, 2), None, "3", ListOf(TEXT, 2)),
        (ListOf(TEXT, 2), None, None, ListOf(TEXT, 2)),
        (OptionalOf(LIST), None, "3", OptionalOf(ListOf(TEXT, 3))),
        (LIST, None, "0", ListOf(TEXT, 0)),
        (LIST, None, "2.5", LIST),
        (LIST, "3", "2", LIST),
        (TEXT, None, "3", TEXT),
        (INT, None, "3", INT),
    ],
    ids=str,
)
def test_the_bound_of_a_list_is_in_its_type(type_: Type, least: str | None, most: str | None, becomes: Type) -> None:
    assert taken(type_, least, most)[0] == becomes
