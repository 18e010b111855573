"""A definition in which a name was changed, or a statement put elsewhere, is refused, or a run finds all its names."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.ast.declarations import FlowDeclaration
from dsl.definition.canonical import canonical
from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from tests.definition.reading import module, sealed
from tests.definition.test_unseal import run
from tests.heart.watched import flows

ROOT = Path(__file__).parents[1] / "cases"
TEXTS = {path.name: (path / "flow.flow").read_text(encoding="utf-8") for path in sorted((ROOT / "runs").iterdir())}
FLOWS = 40
QUICK, SOAK = 500, 20_000
NAMES = ("name", "target", "variable", "index", "loop", "function", "operator")

UNDONE = """edition 1
tool t.do() -> int write keyed { compensate t.undo(x: result) verify t.find(key: key) }
tool t.undo(x: int) idempotent
tool t.find(key: text) -> int? read
flow sub(x: int) -> int { return x }
flow main(n: int) -> int budget 1h {
  step a = t.do() { compensate t.undo(x: result + n) }
  var best: int
  if n > 0 { set best = n } else { set best = 1 }
  loop rounds budget 3 iterations { let inner = best set best = inner + 1 until best > 3 }
  parallel { branch one { let left = 1 } branch two { let right = sub(x: best) yield right } }
  try { let before = left fail "no" } on error e { set best = len(e.kind) }
  return 0
}
""".replace("let right = sub(x: best) yield right", "yield best")


def main_of(form: dict[str, Any]) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = form["flows"]["main"]["body"]["statements"]
    return statements


def swapped(first: int, second: int) -> Any:
    def change(form: dict[str, Any]) -> None:
        found = main_of(form)
        found[first], found[second] = found[second], found[first]

    return change


def put(place: tuple[Any, ...], value: Any) -> Any:
    def change(form: dict[str, Any]) -> None:
        found: Any = form
        for key in place[:-1]:
            found = found[key]
        found[place[-1]] = value

    return change


STEP = ("flows", "main", "body", "statements", 0)
LOOP = ("flows", "main", "body", "statements", 3)
REFUSED = {
    "an undo by a flow": (put((*STEP, "compensate", "call", "target"), "main"), "`main` is no tool"),
    "an undo by nothing": (put((*STEP, "compensate", "call", "target"), "nobody"), "nobody"),
    "an undo that names another result": (
        put((*STEP, "compensate", "call", "arguments", 0, "value"), {"node": "Name", "name": "outcome"}),
        "main/a: there is no name `outcome`",
    ),
    "a verification that writes": (put(("tools", "t.do", "verify", "call", "target"), "t.do"), "no `read` tool"),
    "a use before its definition": (swapped(1, 2), "may be set here"),
    "a use before the first value": (swapped(2, 3), "`best` has no value"),
    "a use outside of its branch": (swapped(4, 5), "there is no name `left`"),
    "a name of a round outside of it": (
        put(("flows", "main", "body", "statements", -1, "value"), {"node": "Name", "name": "inner"}),
        "main/return#[78]: there is no name `inner`",
    ),
    "a `set` of a `let`": (put((*LOOP, "body", "statements", 1, "name"), "inner"), "no `var inner`"),
    "a `break` out of nothing": (
        put(("flows", "main", "body", "statements", -1), {"node": "Break", "loop": None}),
        "not around it",
    ),
    "a function that is none": (
        put((*LOOP, "body", "statements", 0, "value"), {"node": "FunctionCall", "function": "f", "arguments": []}),
        "no function `f`",
    ),
    "an operator that is none": (put((*LOOP, "body", "statements", 2, "condition", "operator"), "<=>"), "no operator"),
    "one address twice": (
        lambda form: main_of(form).append({**main_of(form)[0]}) or main_of(form).reverse() or main_of(form).reverse(),
        "two statements have this address",
    ),
    "a type that is only itself": (
        put(("types",), {"A": {"node": "OptionalType", "item": {"node": "NamedType", "name": "A"}}}),
        "no end",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_out_of_place_is_refused_with_where_it_stands(name: str) -> None:
    form = json.loads(sealed(UNDONE, "main").json)
    unseal(canonical(form))
    change, reason = REFUSED[name]
    change(form)
    with pytest.raises(UnsealError, match=reason):
        unseal(canonical(form))


@pytest.mark.slow
def test_what_passed_the_check_is_taken() -> None:
    """The walk over names refuses nothing that the check lets through."""
    for text in TEXTS.values():
        declared = [each for each in module(text).declarations if isinstance(each, FlowDeclaration)]
        for flow in [each.name for each in declared if not each.requires_approval]:
            unseal(sealed(text, flow).json)
    flows(FLOWS, free=True)


def named(value: Any) -> Iterator[tuple[Any, str]]:
    """Every place that holds a name."""
    if isinstance(value, dict):
        yield from ((value, key) for key in NAMES if isinstance(value.get(key), str))
        for below in value.values():
            yield from named(below)
    elif isinstance(value, list):
        for below in value:
            yield from named(below)


def blocks(value: Any) -> Iterator[list[Any]]:
    """Every list of statements."""
    if isinstance(value, dict):
        if value.get("node") == "Block":
            yield value["statements"]
        for below in value.values():
            yield from blocks(below)
    elif isinstance(value, list):
        for below in value:
            yield from blocks(below)


def moved(form: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(form))
    if chance.random() < 0.5:
        places = [(holder, key) for holder, key in named(found["flows"])]
        (holder, key), (other, other_key) = chance.choice(places), chance.choice(places)
        holder[key] = chance.choice([other[other_key], "nobody"])
    else:
        lists = [each for each in blocks(found["flows"]) if each]
        source, target = chance.choice(lists), chance.choice(lists)
        statement = source.pop(chance.randrange(len(source)))
        target.insert(chance.randint(0, len(target)), statement)
    return found


def test_a_name_or_a_statement_elsewhere_is_refused_or_found_by_the_run() -> None:
    move(QUICK)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_names_and_statements_elsewhere_are() -> None:
    move(SOAK)
    flows(SOAK // 10, free=True)


def move(number: int) -> None:
    chance = random.Random(11)
    forms = [
        json.loads(sealed(text, "main").json)
        for text in TEXTS.values()
        if "approval" not in text and "flow main(" in text
    ]
    outcomes: dict[bool, int] = {True: 0, False: 0}
    for _ in range(number):
        try:
            definition: Definition | None = unseal(canonical(moved(chance.choice(forms), chance)))
        except UnsealError:
            definition = None
        outcomes[definition is not None] += 1
        if definition is not None:
            run(definition)
    assert min(outcomes.values()) > number / 8, outcomes
