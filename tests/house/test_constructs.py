"""Adding a construct touches one place of each kind, eleven of them; this names whichever is missing."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from dsl.ast import statements
from dsl.ast.node import Node, walk
from dsl.ast.shapes import SHAPES
from dsl.dataclass import dataclass
from dsl.formatting.shapes import SHAPES as LAYOUTS
from dsl.semantics.flows import TABLE
from dsl.source import Source
from dsl.syntax.automaton import Automaton
from dsl.syntax.build import RULES, Builder
from dsl.syntax.grammar import END, tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.parse import parse
from dsl.syntax.words import DECLARATIONS, STATEMENTS
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.table import CONSTRUCTS
from tests.house.checkout import ROOT

KINDS: list[type[Node]] = list(get_args(statements.Statement))
STEPS = ("ToolStep", "AgentStep", "FlowStep")
MOST_PLACES = 11


def rule_of(statement: type[Node]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", statement.__name__).lower()


def _has_a_class(statement: type[Node]) -> bool:
    return getattr(statements, statement.__name__, None) is statement and statement in KINDS


def _has_a_rule(statement: type[Node]) -> bool:
    return _body(rule_of(statement)) is not None


def _begins_with_a_known_word(statement: type[Node]) -> bool:
    """Recovery after a mistake goes on at these words."""
    return _first_word(rule_of(statement)) in STATEMENTS


def _has_a_construct(statement: type[Node]) -> bool:
    """Each says for itself what it is for people, also that it is not shown: `node`."""
    names = STEPS if statement is statements.Step else (statement.__name__,)
    return all(name in CONSTRUCTS and _says_what_it_is(CONSTRUCTS[name]) for name in names)


def _says_what_it_is(construct: object) -> bool:
    return any("node" in vars(base) for base in type(construct).__mro__ if base is not Construct)


def _has_a_section(statement: type[Node]) -> bool:
    headings = re.findall(r"^#+ .*$", _read("grammar/README.md"), re.MULTILINE)
    words = rule_of(statement).removesuffix("_block").removesuffix("_statement").replace("_", " ")
    return any(re.search(rf"\b{words}\b", heading) for heading in headings)


PLACES: dict[str, Callable[[type[Node]], bool]] = {
    "a class in the union of dsl/ast/statements.py": _has_a_class,
    "its shape in dsl/ast/shapes.py": lambda statement: statement in SHAPES,
    "a rule in grammar/flow.lark": _has_a_rule,
    "its first word in dsl/syntax/words.py": _begins_with_a_known_word,
    "a builder in dsl/syntax/": lambda statement: rule_of(statement) in RULES,
    "a row in dsl/formatting/shapes.py": lambda statement: rule_of(statement) in LAYOUTS,
    "a row in the walk of dsl/semantics/flows.py": lambda statement: statement in TABLE,
    "a construct in interpreter/core/constructs/, with its `node`": _has_a_construct,
    "a heading in grammar/README.md": _has_a_section,
    "a run case in tests/cases/runs/": lambda statement: statement.__name__ in _used_in("tests/cases/runs"),
    "an example in examples/": lambda statement: statement.__name__ in _used_in("examples"),
}


def missing(statement: type[Node]) -> list[str]:
    return [place for place, is_there in PLACES.items() if not is_there(statement)]


@pytest.mark.parametrize("statement", KINDS)
def test_a_construct_has_all_its_places(statement: type[Node]) -> None:
    left = missing(statement)
    assert not left, f"`{statement.__name__}` lacks " + "; ".join(left)


def test_every_rule_of_the_grammar_has_its_layout() -> None:
    made = {each.name for each in tables().productions if not each.inline and not (each.single and each.size == 1)}
    assert made - set(LAYOUTS) == set(), "rules without a row in dsl/formatting/shapes.py"
    assert set(LAYOUTS) - made == set(), "rows in dsl/formatting/shapes.py of rules that there are not"


def test_a_construct_costs_no_more_places() -> None:
    assert len(PLACES) <= MOST_PLACES


@dataclass(frozen=True, slots=True)
class Planted(Node):
    """A statement that nobody has heard of."""


def test_each_place_of_a_planted_statement_is_named() -> None:
    assert missing(Planted) == list(PLACES)


def test_statement_without_a_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The case of a statement that is in the union, can be written and carried out, but that the walk does not know."""
    monkeypatch.setattr(statements, "Planted", Planted, raising=False)
    monkeypatch.setitem(RULES, "planted", RULES["sleep"])
    monkeypatch.setitem(CONSTRUCTS, "Planted", CONSTRUCTS["Sleep"])
    KINDS.append(Planted)
    try:
        left = missing(Planted)
    finally:
        KINDS.remove(Planted)
    there = ("class", "builder", "construct")
    assert left == [place for place in PLACES if not any(f"a {word} in" in place for word in there)]


def test_a_construct_that_does_not_say_what_it_is_for_people_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Construct):  # type: ignore[type-arg]
        pass

    monkeypatch.setitem(CONSTRUCTS, "Sleep", Silent())
    assert missing(statements.Sleep) == ["a construct in interpreter/core/constructs/, with its `node`"]


def test_the_machine_has_no_construct_that_does_not_say_what_it_is() -> None:
    assert [kind for kind, construct in CONSTRUCTS.items() if not _says_what_it_is(construct)] == []


def test_a_statement_can_begin_with_these_words_and_no_others() -> None:
    assert _expected_after("edition 1 flow f() {") - {"RBRACE"} == STATEMENTS


def test_a_declaration_can_begin_with_these_words_and_no_others() -> None:
    """And `let`, which begins a statement too, and so shows nowhere that a declaration begins."""
    assert _expected_after("edition 1") - {"DOC", "USE", "LET", END} == DECLARATIONS


def _expected_after(text: str) -> frozenset[str]:
    automaton = Automaton(tables(), Builder().make)
    assert all(automaton.feed(token) for token in tokenise(text, tables()).tokens if token.kind != END)
    return automaton.expected()


def _first_word(rule: str) -> str | None:
    """The terminal that a rule begins with, through the rules that it begins with."""
    body = _body(rule)
    if body is None:
        return None
    first = body.split()[0]
    return first.strip('"').upper() if first.startswith('"') else _first_word(first)


def _body(rule: str) -> str | None:
    found = re.search(rf"^[?!]?{rule}:(.*)", _read("grammar/flow.lark"), re.MULTILINE)
    return None if found is None else found[1]


@cache
def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def _used_in(folder: str) -> frozenset[str]:
    """The statements that the flows of a folder are made of."""
    modules = (parse(Source(str(path), path.read_text(encoding="utf-8"))).module for path in _flows(folder))
    return frozenset(type(node).__name__ for module in modules for node in walk(module))


def _flows(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.flow"))
