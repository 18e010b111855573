"""Names of other languages: each is said in the words of this one."""

import pytest

from dsl.ast.expressions import Name
from dsl.ast.node import Node
from dsl.ast.types import GenericType, NamedType
from dsl.semantics import foreign_names
from dsl.semantics.findings import UnknownField, UnknownName
from dsl.semantics.foreign_names import NO_RESULT, field_meant, meant_by
from dsl.semantics.types import INT, JSON, TEXT, Enum, ListOf, MapOf, Record, Type
from dsl.syntax.foreign_types import GENERIC, NOTHING, TYPES

NOWHERE: Node = Name("x")


def meant(kind: str, name: str, node: Node = NOWHERE) -> tuple[str, str, str | None] | None:
    return meant_by(UnknownName(node, kind, name, ()))


def _all(words: "dict[str, str]", form: str) -> dict[str, str]:
    return {word: form.format(here) for word, here in words.items()}


TABLES = {
    "type": {**_all(GENERIC, "write `{}`"), **dict.fromkeys(NOTHING, NO_RESULT), **_all(TYPES, "write `{}`")},
    "function": {**_all(foreign_names._FUNCTIONS, "write `{}`"), **_all(foreign_names._NO_WAY, "{}")},
    "name": {**_all(foreign_names._OWNERS, "{}"), **_all(foreign_names._VALUES, "write `{}`")},
}


@pytest.mark.parametrize("kind", TABLES)
def test_each_word_has_its_help(kind: str) -> None:
    for word, help_ in TABLES[kind].items():
        found = meant(kind, word)
        assert found is not None, word
        assert found[1] == help_, word


@pytest.mark.parametrize("kind", [*TABLES, "tool"])
def test_a_word_that_nobody_knows_has_none(kind: str) -> None:
    assert meant(kind, "customer") is None


@pytest.mark.parametrize(
    ("kind", "word"), [(kind, word) for kind in TABLES for word in ("True", "str", "void", "print")]
)
def test_a_word_is_looked_for_where_it_stands(kind: str, word: str) -> None:
    assert (meant(kind, word) is not None) is (word in TABLES[kind])
    assert meant("tool", word) is None


@pytest.mark.parametrize(
    ("kind", "word", "message", "instead"),
    [
        ("name", "None", "`None` is `null` here", "null"),
        ("name", "True", "`True` is `true` here", "true"),
        ("name", "this", "there is no name `this`", None),
        ("type", "str", "there is no type `str`", "text"),
        ("type", "void", "there is no type `void`", None),
        ("type", "List", "there is no type `List`", None),
        ("function", "print", "there is no function `print`", None),
        ("function", "str", "there is no function `str`", None),
    ],
)
def test_what_is_told_and_what_alone_mends_it(kind: str, word: str, message: str, instead: str | None) -> None:
    found = meant(kind, word)
    assert found is not None
    assert (found[0], found[2]) == (message, instead)


@pytest.mark.parametrize(
    ("name", "argument", "help_"),
    [
        ("List", "str", "write `[text] at most N`"),
        ("List", "Order", "write `[Order] at most N`"),
        ("Optional", "int", "write `int?`"),
        ("Dict", "float", "write `map[number]`"),
        ("Result", "str", "write `Outcome[text]`"),
        ("Enum", "str", 'write `"a" | "b"`'),
        ("Union", "str", "write `A | B`"),
    ],
)
def test_what_a_word_is_made_of_is_said_too(name: str, argument: str, help_: str) -> None:
    assert meant("type", name, GenericType(name, NamedType(argument))) == (f"there is no type `{name}`", help_, None)


@pytest.mark.parametrize(
    ("type_", "field", "told"),
    [
        (TEXT, "upper", ("a text has no field `upper`", "write `upper(x)`")),
        (Enum(("a", "b")), "upper", ("a text has no field `upper`", "write `upper(x)`")),
        (TEXT, "length", ("a text has no field `length`", "write `len(x)`")),
        (ListOf(TEXT), "length", ("a list has no field `length`", "write `len(x)`")),
        (MapOf(TEXT), "length", ("a map has no field `length`", "write `len(x)`")),
        (MapOf(TEXT), "upper", None),
        (Record((), "Order"), "length", None),
        (INT, "length", None),
        (JSON, "length", None),
        (TEXT, "customer", None),
    ],
    ids=str,
)
def test_a_field_that_others_give(type_: Type, field: str, told: tuple[str, str] | None) -> None:
    assert field_meant(UnknownField(NOWHERE, field, type_, ()), "x") == told
