"""What a type has in it that is sensitive, by the fields that say so, as deep as fields are told apart."""

import pytest

from dsl.ast.expressions import Name
from dsl.semantics.provenance.marks import Mark, Sensitive
from dsl.semantics.sensitivity.labels import label, labels
from tests.semantics.reading import facts_of

TYPES = """
type Person = { name: text, mail: text sensitive "pii" }
type Card = { kind: "card", number: text sensitive "payment" }
type Bank = { kind: "bank", iban: text sensitive "pii", owner: Person }
type Pay = Card | Bank
type Tree = { note: text sensitive "health", below: [Tree] at most 3 }
type Deep = { a: { b: { c: { d: { e: { f: text sensitive "pii" } } } } } }
"""


def found(written: str) -> object:
    facts = facts_of(f"{TYPES}\nflow main(v: {written}) {{ let w = v }}")
    (read,) = [each for each in facts.all(Name) if each.name == "v"]
    return shown(labels(facts.type_of(read)))


def shown(mark: Mark) -> object:
    """The classes of a mark, or of its fields."""
    own = sorted(each.class_ for each in mark.sources if isinstance(each, Sensitive))
    fields = {name: shown(each) for name, each in sorted(mark.fields.items())}
    return [*own, fields] if own and fields else fields or own


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text", []),
        ("Person", {"mail": ["pii"]}),
        ("Person?", {"mail": ["pii"]}),
        ("[Person] at most 3", {"mail": ["pii"]}),
        ("map[Person]", ["pii"]),
        ("Pay", {"iban": ["pii"], "number": ["payment"], "owner": {"mail": ["pii"]}}),
        ("Outcome[Person]", {"value": {"mail": ["pii"]}}),
        ("{ who: Person, n: int }", {"who": {"mail": ["pii"]}}),
        ('{ who: Person sensitive "health" }', {"who": ["health", {"mail": ["pii"]}]}),
        ("Deep", {"a": {"b": {"c": {"d": {"e": ["pii"]}}}}}),
        ("{ x: Deep }", {"x": {"a": {"b": {"c": {"d": ["pii"]}}}}}),
        ("Tree", {"below": ["health"], "note": ["health"]}),
    ],
)
def test_what_is_sensitive_in_a_type(written: str, expected: object) -> None:
    assert found(written) == expected


def test_a_field_that_says_nothing_is_none() -> None:
    assert label(None) == frozenset()
