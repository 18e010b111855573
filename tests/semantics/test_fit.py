"""Which types fit where."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from dsl.ast.declarations import FlowDeclaration
from dsl.semantics.fit import join, misfit
from dsl.semantics.resolve import Resolver
from dsl.semantics.types import NOTHING, NULL, Enum, Type, spelled
from tests.semantics.reading import clean

TYPES = """
type Node { name: text, next: Node? }
type Same { name: text, next: Same? }
type Other { name: text, next: Other?, more: int }
type Card { kind: "card", number: text }
type Bank { kind: "bank", iban: text }
type Pay = Card | Bank
"""
FITS = [
    ("int", "number"),
    ("int", "decimal"),
    ("int", "json"),
    ("text?", "json"),
    ("text", "text?"),
    ('"a"', '"a" | "b"'),
    ('"a" | "b"', "text"),
    ("[int at most 3]", "[number]"),
    ("[int at most 3]", "[int at most 4]"),
    ("{ a: int }", "{ a: number, b: text? }"),
    ("{ a: int }", "map[decimal]"),
    ("map[int]", "map[number]"),
    ("Card", "Pay"),
    ("Pay", 'Card | Bank | { kind: "cash" }'),
    ("Node", "Same"),
    ("Outcome[int]", "Outcome[number]"),
]
MISFITS = [
    ("number", "int", "it is number"),
    ("decimal", "number", "it is decimal"),
    ("number", "decimal", "it is number"),
    ("json", "text", "it is json"),
    ("text?", "text", "it may be null"),
    ("text", '"a"', "it is text"),
    ('"a" | "c"', '"a" | "b"', '"c" is not one of "a" | "b"'),
    ("[int]", "[int at most 4]", "it may hold any number of items, not at most 4"),
    ("[int at most 5]", "[int at most 4]", "it may hold up to 5 items, not at most 4"),
    ("[text]", "[int]", "an item does not fit: it is text"),
    ("{ a: int }", "{ a: int, b: int }", "`b` is missing"),
    ("{ a: int, c: int }", "{ a: int }", "{ a: int } has no field `c`"),
    ("{ a: { b: text } }", "{ a: { b: int } }", "field `a` does not fit: field `b` does not fit: it is text"),
    ("map[int]", "{ a: int }", "it is map[int]"),
    ("Pay", "Card", 'field `kind` does not fit: "bank" is not one of "card"'),
    ("Node", "Other", "field `next` does not fit: `more` is missing"),
    ("Outcome[text]", "Outcome[int]", "it is text"),
]


def _types(*written: str) -> list[Type]:
    parameters = ", ".join(f"p{position}: {each}" for position, each in enumerate(written))
    analysis = clean(f"{TYPES}\nflow main({parameters}) {{ sleep 1s }}")
    (flow,) = analysis.facts.all(FlowDeclaration)
    return [member.type for member in analysis.facts.declarations.callees[flow.name].parameters]


@pytest.mark.parametrize(("found", "wanted"), FITS)
def test_it_fits(found: str, wanted: str) -> None:
    have, want = _types(found, wanted)
    assert misfit(have, want) is None


@pytest.mark.parametrize(("found", "wanted", "reason"), MISFITS)
def test_it_does_not_fit(found: str, wanted: str, reason: str) -> None:
    have, want = _types(found, wanted)
    assert misfit(have, want) == reason


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("int", "decimal", "decimal"),
        ("text", '"a"', "text"),
        ('"a"', '"b"', '"a" | "b"'),
        ("text?", "text", "text?"),
        ("[int at most 2]", "[number at most 3]", "[number at most 3]"),
        ("[int]", "[int at most 3]", "[int]"),
        ("{ a: int }", "{ a: decimal }", "{ a: decimal }"),
        ("Card", "Pay", "Pay"),
    ],
)
def test_what_two_types_have_in_common(left: str, right: str, joined: str) -> None:
    one, other = _types(left, right)
    both = join(one, other)
    assert both is not None
    assert spelled(both) == joined
    assert misfit(one, both) is misfit(other, both) is None


def test_some_have_nothing_in_common() -> None:
    assert join(*_types("int", "text")) is None
    assert join(*_types("{ a: int }", "{ b: int }")) is None


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("{ a: int }", "{ a: int, b: text }", "{ a: int, b: text? }"),
        ("{ b: int, a: int }", "{ a: number, c: json }", "{ b: int?, a: number, c: json? }"),
        ("{ a: int, b: text? }", "{ a: int, b: text }", "{ a: int, b: text? }"),
        ("[{ a: int }]", "[{ a: int, b: int }]", "[{ a: int, b: int? }]"),
        ("{ a: int }?", "{ a: int, b: int }", "{ a: int, b: int? }?"),
        ("{ a: int, height: int }", "{ a: int, weight: int }", "{ a: int, height: int?, weight: int? }"),
        ("{ a: int, email: text }", "{ a: int, mail: text }", "{ a: int, email: text?, mail: text? }"),
    ],
)
def test_of_records_without_a_name_one_may_lack_what_the_other_has(left: str, right: str, joined: str) -> None:
    one, other = _types(left, right)
    both = join(one, other, filling=True)
    assert both is not None
    assert spelled(both) == joined
    assert misfit(one, both) is misfit(other, both) is None
    assert left == right or join(one, other) is None or spelled(join(one, other) or NULL) == joined


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("{ a: int }", "{ b: int }"),
        ("{ a: int }", "{ a: text, b: int }"),
        ("{ a: int, amount: int }", "{ a: int, amuont: int }"),
        ("{ kind: text }", "Card"),
    ],
)
def test_but_for_what_would_hide_a_mistake(left: str, right: str) -> None:
    assert join(*_types(left, right), filling=True) is None


def test_null_and_nothing() -> None:
    (text,) = _types("text")
    assert misfit(NULL, text) == "it is null"
    assert misfit(NOTHING, text) == "it has no value"


class Compared(str):
    """A text that counts how often one is held against another."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_large_enumerations_are_not_held_against_each_other_one_by_one() -> None:
    large = [Enum((Compared(f"v{number}"),)) for number in range(2_000)]
    found: list[Any] = []
    declared = Resolver._enum(cast(Any, SimpleNamespace(_findings=found)), cast(Any, None), [*large, large[7]])
    assert isinstance(declared, Enum)
    assert [each.message for each in found] == ['"v7" stands in this enumeration twice']
    assert misfit(declared, Enum((*declared.values, Compared("more")))) is None
    assert (misfit(Enum((*declared.values, "more")), declared) or "").startswith('"more" is not one of')
    assert Compared.times < 20_000
