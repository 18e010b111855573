"""The small rules of types: slips of the hand, unions of unions, what a value becomes that fits."""

import pytest

from dsl.ast import types as ast
from dsl.decompiling.types import type_of
from dsl.decompiling.writing import Writing
from dsl.semantics.fit import join
from dsl.semantics.misspelt import misspelt
from dsl.semantics.types import DECIMAL, FRACTION, NEVER, NULL, UNKNOWN, Type, UnionOf, spelled
from dsl.semantics.unions import alternatives, discriminator, narrowed, shared_member
from dsl.semantics.widening import changes, written
from tests.semantics.test_fit import _types as types_of


def type_text(node: ast.Type) -> str:
    return type_of(node, Writing())


SLIPS = [
    ("amount", "amuont"),
    ("amount", "maount"),
    ("amount", "amoutn"),
    ("abcd", "abdc"),
    ("amount", "amoun"),
    ("abcde", "abcd"),
    ("amount", "amoumt"),
    ("amount", "amounx"),
    ("price_net", "price_met"),
]
NONE = [
    ("first", "last"),
    ("a_id", "b_id"),
    ("line1", "line2"),
    ("item", "items"),
    ("items", "item"),
    ("height", "weight"),
    ("email", "mail"),
    ("abc", "acb"),
    ("abcd", "abc"),
    ("abcde", "abcdx"),
    ("line_1a", "line_2a"),
    ("amount", "amount"),
    ("amount", "amxxnt"),
    ("amount", "amountxx"),
    ("amount2", "amount"),
    ("ab12cd", "ab21cd"),
]


@pytest.mark.parametrize(("one", "other"), SLIPS)
def test_a_slip_of_the_hand(one: str, other: str) -> None:
    assert misspelt([one], [other]) == (one, other)
    assert misspelt([other], [one]) == (other, one)


@pytest.mark.parametrize(("one", "other"), NONE)
def test_two_names_that_are_two(one: str, other: str) -> None:
    assert misspelt([one], [other]) is None
    assert misspelt([other], [one]) is None


def test_of_many_names_the_first_slip_is_told() -> None:
    assert misspelt(["a", "amount", "number"], ["x", "nubmer", "amuont"]) == ("amount", "amuont")
    assert misspelt([], ["amount"]) is None


# -- unions


def union(*written_: str) -> UnionOf:
    return UnionOf(tuple(types_of(*written_)))


def test_a_union_of_unions_is_one_of_all_their_records() -> None:
    found = union("Pay", '{ kind: "cash" }', "Card")
    assert [spelled(each) for each in alternatives(found)] == ["Card", "Bank", '{ kind: "cash" }', "Card"]
    assert discriminator(union("Pay", '{ kind: "cash" }')) == "kind"
    assert discriminator(found) is None, "`card` stands in two of them"
    assert discriminator(union('{ a: text, kind: "x", b: "p" }', '{ a: text, kind: "y", b: "p" }')) == "kind"
    assert discriminator(union('{ kind: "x" }', "text")) is None
    assert discriminator(union('{ kind: "x" }', "{ other: int }")) is None
    assert discriminator(UnionOf(())) is None


def test_what_is_left_of_a_union() -> None:
    found = union("Pay", '{ kind: "cash" }')
    assert spelled(narrowed(found, "kind", frozenset({"card"}))) == "Card"
    left = narrowed(found, "kind", frozenset({"card", "cash"}))
    assert isinstance(left, UnionOf)
    assert [spelled(each) for each in left.options] == ["Card", '{ kind: "cash" }']
    assert narrowed(found, "kind", frozenset({"nothing"})) is found
    assert isinstance(narrowed(found, "number", frozenset({"x"})), UnionOf)


def test_a_field_that_all_records_have() -> None:
    found = shared_member(union("Pay"), "kind")
    assert found is not None
    assert [spelled(each) for each in found] == ['"card"', '"bank"']
    assert shared_member(union("Pay"), "number") is None


# -- what becomes of a value that fits


@pytest.mark.parametrize(
    ("found", "wanted", "other"),
    [
        ("int", "int", False),
        ("int", "number", True),
        ("int", "decimal", True),
        ("int", "json", False),
        ("decimal", "json", True),
        ("time", "json", True),
        ("duration", "json", True),
        ("text", "json", False),
        ("text", "text?", False),
        ("int?", "number?", True),
        ("int?", "json", False),
        ("decimal?", "json", True),
        ("[int]", "[number]", True),
        ("[int]", "[int]", False),
        ("[time]", "json", True),
        ("map[int]", "map[decimal]", True),
        ("map[text]", "json", False),
        ("{ a: int }", "{ a: int }", False),
        ("{ a: int }", "{ a: number }", True),
        ("{ a: int, b: int }", "{ b: int, a: int }", True),
        ("{ a: int }", "{ a: int, b: text? }", True),
        ("{ a: int }", "map[decimal]", True),
        ("{ a: text }", "map[text]", False),
        ("{ a: time }", "json", True),
        ("{ a: text }", "json", False),
        ("Pay", "json", False),
        ("Card", "Pay", False),
        ("Pay", "Pay", False),
        ("Node", "Node", False),
        ("Pay", 'Card | Bank | { kind: "cash" }', False),
    ],
)
def test_whether_a_value_becomes_another(found: str, wanted: str, other: bool) -> None:
    have, want = types_of(found, wanted)
    assert changes(have, want) is other


def test_what_has_no_value_becomes_nothing() -> None:
    (number,) = types_of("number")
    assert not any(changes(each, number) for each in (NULL, NEVER, UNKNOWN))
    assert not changes(FRACTION, DECIMAL), "it is written as one"


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("{ a: int, b: text? }", "{ a: int, b: text?, c: int? }", None),
        ('"a" | "b"', '"b" | "c"', '"a" | "b" | "c"'),
        ("[int?]", "[number]", "[number?]"),
        ("map[int]", "map[number]", "map[number]"),
        ("map[int]", "map[text]", None),
        ("json", "int", "json"),
        ("time", "text", None),
        ("Node", "Other", None),
    ],
)
def test_more_of_what_two_types_have_in_common(left: str, right: str, joined: str | None) -> None:
    for one, other in (types_of(left, right), types_of(right, left)[::-1]):
        both = join(one, other)
        assert (None if both is None else spelled(both)) == joined


@pytest.mark.parametrize(
    "text",
    [
        "int",
        "text?",
        "[number]",
        "map[decimal]",
        "Outcome[int]",
        '"a" | "b"',
        "{ a: int, b: text?, c: [time] }",
        "json",
        "file",
    ],
)
def test_a_type_is_written_as_it_was(text: str) -> None:
    (found,) = types_of(text)
    assert type_text(written(found, {})) == text


def test_a_type_is_written_by_its_name_where_that_is_declared_for_it() -> None:
    (card, pay, node) = types_of("Card", "Pay", "Node")
    declared: dict[str, Type] = {"Card": card, "Pay": pay}
    assert type_text(written(card, declared)) == "Card"
    assert type_text(written(pay, declared)) == "Pay"
    assert type_text(written(card, {})) == '{ kind: "card", number: text }'
    assert type_text(written(card, {"Card": pay})) == '{ kind: "card", number: text }'
    assert type_text(written(node, {})) == "Node" or type_text(written(node, {})).startswith("{ name: text")
    assert type_text(written(FRACTION, {})) == "decimal"
    assert type_text(written(NULL, {})) == "json"


def test_a_union_that_stands_in_another_twice_is_looked_into_once() -> None:
    first, second = types_of('{ kind: "a" }', '{ kind: "b" }')
    inner = UnionOf((first,), "Inner")
    assert alternatives(UnionOf((inner, second, inner))) == (first, second)
    assert alternatives(UnionOf((second, UnionOf((inner, inner)), inner))) == (second, first)
    assert alternatives(UnionOf((first, first))) == (first, first)
