"""What to write where a value of another type stands, or values of several types stand side by side."""

import pytest

from dsl.ast.expressions import Expression, Name
from dsl.ast.node import Node
from dsl.ast.types import NamedType
from dsl.semantics.findings import Mismatch
from dsl.semantics.instead import instead
from dsl.semantics.of_one_type import of_one_type
from dsl.semantics.types import (
    BOOL,
    DECIMAL,
    INT,
    JSON,
    NUMBER,
    TEXT,
    TIME,
    ApprovalOf,
    Enum,
    ListOf,
    MapOf,
    Member,
    OptionalOf,
    Record,
    Type,
    UnionOf,
)

NODE: Expression = Name("v")
ENUM = Enum(("a", "b"))
BARE = Record((Member("x", INT),), None)
NAMED = Record((Member("x", INT), Member("y", TEXT)), "Order")
UNION = UnionOf((NAMED,), "Pay")


def told(
    wanted: str, found: Type, role: str = "`x`", beside: Type | None = None, reason: str | None = None
) -> str | None:
    return instead(Mismatch(NODE, role, wanted, found, reason), "v", beside)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (INT, "write `v != 0`"),
        (NUMBER, "write `v != 0`"),
        (DECIMAL, "write `v != 0`"),
        (TEXT, 'write `v != ""`'),
        (OptionalOf(TEXT), "write `v != null`"),
        (OptionalOf(BOOL), "write `v != null`"),
        (ListOf(TEXT), "write `len(v) > 0`"),
        (MapOf(TEXT), "write `len(v) > 0`"),
        (ApprovalOf(None, False), "write `v.approved`"),
        (NAMED, None),
        (TIME, None),
        (ENUM, None),
        (JSON, None),
    ],
    ids=str,
)
def test_what_makes_a_condition(found: Type, said: str | None) -> None:
    assert told("bool", found) == said


def test_beside_or_is_a_value_or_a_condition() -> None:
    for found in (OptionalOf(TEXT), TEXT, INT):
        said = told("bool", found, role="each side of `or`")
        assert said == "a value for what is missing: `if x != null then x else y`; a condition: `x != null`"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (INT, "write `range(v)`"),
        (TEXT, 'write `split(v, ",")`, or `split_lines(v)`'),
        (ENUM, 'write `split(v, ",")`, or `split_lines(v)`'),
        (MapOf(INT), "write `keys(v)`, or `entries(v)`"),
        (OptionalOf(MapOf(INT)), "write `keys(v)`, or `entries(v)`"),
        (NAMED, None),
        (BOOL, None),
    ],
    ids=str,
)
def test_what_is_gone_over(found: Type, said: str | None) -> None:
    assert told("a list", found, role="`for`") == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ListOf(TEXT), 'write `join(v, ", ")`'),
        (ListOf(ENUM), 'write `join(v, ", ")`'),
        (ListOf(INT), 'put it into a template: `"{{ v }}"`'),
        (MapOf(TEXT), 'put it into a template: `"{{ v }}"`'),
        (NAMED, 'put it into a template: `"{{ v }}"`'),
        (UNION, 'put it into a template: `"{{ v }}"`'),
        (INT, None),
        (OptionalOf(NAMED), None),
    ],
    ids=str,
)
def test_what_makes_a_text(found: Type, said: str | None) -> None:
    assert told("text", found) == said
    assert told("int", found) is None


@pytest.mark.parametrize(
    ("found", "beside", "said"),
    [
        (TEXT, ListOf(TEXT), "a list is joined with a list: write `[v]`"),
        (ListOf(INT), ListOf(TEXT), None),
        (TEXT, TEXT, None),
        (TEXT, None, None),
    ],
    ids=str,
)
def test_what_is_put_behind_a_list(found: Type, beside: Type | None, said: str | None) -> None:
    assert told("a list", found, role="`+`", beside=beside) == said


def test_an_approval_is_asked_for_its_outcome() -> None:
    said = "write `.outcome` behind its name, or ask for `.approved`"
    assert [told("text", ApprovalOf(None, False)), told("approval", TEXT)] == [said, said]


def test_a_record_that_is_none_of_a_union_says_which() -> None:
    said = "say which one it is where it is made: `let x: Pay = …`"
    assert told("Pay", BARE, reason="it is none of Card and Bank") == said
    assert told("Pay", NAMED, reason="it is none of Card and Bank") is None
    assert told("Pay", TEXT, reason="it is none of Card and Bank") is None
    assert told("Pay", BARE, reason="`x` is missing") is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [("v" * 40, "v" * 40), ("v" * 41, "x"), ("a\n+ b", "x"), ("a", "a")],
)
def test_what_is_long_or_on_lines_is_called_x(written: str, shown: str) -> None:
    assert instead(Mismatch(NODE, "`x`", "bool", INT), written, None) == f"write `{shown} != 0`"


def test_what_is_no_expression_is_not_written_otherwise() -> None:
    node: Node = NamedType("text")
    assert instead(Mismatch(node, "`x`", "bool", INT), "v", None) is None


def record(name: str | None = None, **members: Type) -> Record:
    return Record(tuple(Member(each, type_) for each, type_ in members.items()), name)


TEXTS = "make each a text: `text(…)`"
SAME = "make them the same, or say what they are: `let x: json = …`"


@pytest.mark.parametrize(
    ("before", "found", "said"),
    [
        (TEXT, INT, TEXTS),
        (DECIMAL, ENUM, TEXTS),
        (ListOf(TEXT), ListOf(INT), TEXTS),
        (OptionalOf(TEXT), INT, TEXTS),
        (TEXT, BOOL, SAME),
        (INT, BOOL, SAME),
        (ListOf(TEXT), INT, SAME),
        (record(amount=INT), record(amuont=INT), "did you mean `amount`?"),
        (record(a=INT), record(a=TEXT), "`a` is int in one and text in the other"),
        (record(name="Order", a=INT), record(a=INT, zone=TEXT), None),
        (record(name="Order", a=INT, zone=TEXT), record(a=INT), "`zone` of Order is missing: write it"),
        (record(a=INT), record(name="Order", a=INT, zone=TEXT), "`zone` of Order is missing: write it"),
        (record(name="Order", a=INT), record(a=INT), "say what it is where it is made: `let x: Order = …`"),
    ],
    ids=str,
)
def test_what_stands_side_by_side(before: Type, found: Type, said: str | None) -> None:
    if said is None:
        said = "Order has no field `zone`: leave it out, or declare it there, as `zone: text?`"
    assert of_one_type(Mismatch(NODE, "an item", "x", found, as_before=before)) == said


def test_two_records_without_a_name_get_a_type_with_the_fields_of_both() -> None:
    found = Mismatch(NODE, "an item", "x", record(a=INT, zone=TEXT), as_before=record(a=INT, city=BOOL))
    said = "`type T = { a: int, city: bool?, zone: text? }`, then `let x: T = …`"
    assert of_one_type(found) == f"say what it is, with a type that has the fields of both: {said}"


def test_of_what_branches_yield_no_name_says_what_it_is() -> None:
    assert of_one_type(Mismatch(NODE, "`yield`", "x", BOOL, as_before=TEXT)) is None
    assert of_one_type(Mismatch(NODE, "`yield`", "x", INT, as_before=TEXT)) == TEXTS
    assert of_one_type(Mismatch(NODE, "an item", "x", INT)) is None


def test_a_field_that_may_be_left_out_is_not_missing() -> None:
    named = Record((Member("a", INT), Member("note", OptionalOf(TEXT), required=False)), "Order")
    found = Mismatch(NODE, "an item", "x", record(a=INT), as_before=named)
    assert of_one_type(found) == "say what it is where it is made: `let x: Order = …`"
