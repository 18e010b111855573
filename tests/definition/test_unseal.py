"""What is no definition of this version is refused, whatever it is; and what is taken can be run."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsl.definition.canonical import canonical
from dsl.definition.definition import Definition
from dsl.definition.packed import LARGEST, packed, unpacked
from dsl.definition.unseal import UnsealError, unseal
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Returns, World
from tests.definition.reading import sealed

ROOT = Path(__file__).parents[1] / "cases"
TEXTS = [
    (ROOT / "definition" / "base.flow").read_text(encoding="utf-8"),
    *((path / "flow.flow").read_text(encoding="utf-8") for path in sorted((ROOT / "runs").iterdir())[::7]),
]
FORMS = [
    json.loads(sealed(text, "main" if "flow main(" in text else None).json) for text in TEXTS if "approval" not in text
]

Change = Callable[[dict[str, Any]], object]


def put(*path: Any) -> Change:
    """A change that puts the last of `path` at the place that the others name."""

    def change(form: dict[str, Any]) -> None:
        *places, last, value = path
        found: Any = form
        for place in places:
            found = found[place]
        found[last] = value

    return change


def choosing(unit: str | None, **more: Any) -> Any:
    """A limit of a budget that is worked out."""
    return {"node": "ChosenLimit", "value": {"node": "Literal", "value": 10**9}, "unit": unit, **more}


def argument(value: Any) -> Any:
    return {"node": "Argument", "name": "ticket", "value": value}


ONE: Any = {"node": "Literal", "value": 1}
ROW: Any = {
    "node": "Row",
    "first": ONE,
    "rest": [{"node": "Operand", "operator": each, "value": ONE} for each in ("+", "*")],
}
DEEP: Any = {"node": "Literal", "value": 1}
for _ in range(3_000):
    DEEP = {"node": "Unary", "operator": "-", "operand": DEEP}

FLOW = ("flows", "support", "body", "statements", 0)

CHANGES: dict[str, tuple[Change, str]] = {
    "a later format": (put("format", 2), "format 2"),
    "no format": (lambda form: form.pop("format"), "no format"),
    "a format that is true": (put("format", True), "no format"),
    "an edition in words": (put("edition", "x"), "edition 'x'"),
    "a later edition": (put("edition", 2), "edition 2"),
    "flows in a list": (put("flows", []), "`flows`"),
    "no such flow": (put("flow", "nobody"), "`nobody` is not in it"),
    "no such tool": (put(*FLOW, "call", "target", "nobody"), "nothing is called `nobody`"),
    "an unknown part": (put("secrets", {}), "secrets"),
    "no tools at all": (lambda form: form.pop("tools"), "lacks tools"),
    "an unknown node": (put(*FLOW, "node", "Teleport"), "Teleport"),
    "a node that is none": (put(*FLOW, 7), "cannot stand here"),
    "a decimal that is none": (put("flows", "support", "budget", "usd", {"$decimal": "abc"}), "InvalidOperation"),
    "a decimal without end": (put("flows", "support", "budget", "usd", {"$decimal": "NaN"}), "cannot stand here"),
    "an endless number": (put("flows", "support", "budget", "time", 10**30), "cannot stand here"),
    "less than nothing": (put("flows", "support", "budget", "time", -1), "time: -1 is less than nothing"),
    "an unknown type": (put("types", "Triage", {"node": "NamedType", "name": "nobody"}), "no type `nobody`"),
    "an agent without a model": (put("agents", "triage", "models", []), "no model"),
    "a limit without a cap": (put("flows", "support", "budget", "chosen", [choosing("tokens")]), "nothing bounds"),
    "a limit in no unit": (
        put("flows", "support", "budget", "chosen", [choosing("chosen", capped=True)]),
        "nothing bounds a limit",
    ),
    "a limit that nothing caps": (
        put("flows", "support", "budget", "chosen", [choosing("calls", capped=True)]),
        "nothing bounds a limit",
    ),
    "a limit of what is not known": (
        put(
            "flows",
            "support",
            "budget",
            "chosen",
            [choosing("tokens", capped=True, value={"node": "Name", "name": "n"})],
        ),
        "no name `n`",
    ),
    "a row of nothing": (
        put(*FLOW, "call", "arguments", [argument({"node": "Row", "first": ONE, "rest": []})]),
        "a row has",
    ),
    "a row of two kinds": (put(*FLOW, "call", "arguments", [argument(ROW)]), "a row has"),
    "a chain without an `if`": (
        put(*FLOW, "call", "arguments", [argument({"node": "Chain", "ways": [], "otherwise": ONE})]),
        "a chain has",
    ),
    "another name": (put("flows", "support", "name", "other"), "it is called `other`"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_no_definition_is_refused_with_the_reason(name: str) -> None:
    form = json.loads(sealed(TEXTS[0]).json)
    change, reason = CHANGES[name]
    change(form)
    with pytest.raises(UnsealError, match=reason):
        unseal(canonical(form))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"nothing", b"\xff", b"[" * 100_000, b'{"format":' + b"9" * 5_000 + b"}"], ids=repr
)
def test_bytes_that_are_no_form_are_refused(data: bytes) -> None:
    with pytest.raises(UnsealError):
        unseal(data)


@pytest.mark.parametrize("half", [b"\\ud800", b"\\uDFFF", b"\xed\xa0\x80"], ids=repr)
def test_half_of_a_character_is_refused_wherever_it_stands(half: bytes) -> None:
    data = sealed(TEXTS[0]).json
    for word in (b"Triage ", b"gpt-4o-mini", b"open_case"):
        assert word in data
        with pytest.raises(UnsealError, match="damaged"):
            unseal(data.replace(word, half))


def test_what_is_escaped_is_no_half() -> None:
    data = sealed(TEXTS[0]).json
    assert unseal(data.replace(b"Triage ", b"Triage \\u0001 \\ud83d\\ude00")).flow == "support"


def test_a_part_that_stands_twice_is_refused() -> None:
    data = sealed(TEXTS[0]).json
    with pytest.raises(UnsealError, match='the key "format" stands twice'):
        unseal(data[:-1] + b',"format":1}')


def test_what_is_too_deep_is_refused() -> None:
    form = json.loads(sealed(TEXTS[0]).json)
    text = json.dumps(form).replace('"operand_"', "")
    name = next(iter(form["tools"]))
    marked = put("tools", name, "timeout", "DEEP")
    marked(form)
    nested = '{"node":"Unary","operator":"-","operand":' * 600 + "1" + "}" * 600
    text = json.dumps(form).replace('"DEEP"', nested)
    with pytest.raises(UnsealError):
        unseal(text.encode())


def mutated(form: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The form with a few places deleted, replaced, or put somewhere else."""
    found: dict[str, Any] = json.loads(json.dumps(form))
    for _ in range(chance.choice([1, 1, 2, 4])):
        places = list(_places(found))
        holder, key = chance.choice(places)
        other_holder, other_key = chance.choice(places)
        match chance.choice(["delete", "odd", "other", "other"]):
            case "delete":
                del holder[key]
            case "odd":
                holder[key] = chance.choice([None, True, -1, 2**70, "", "main", [], {}, {"$decimal": "x"}, 0.5])
            case _:
                holder[key] = json.loads(json.dumps(other_holder[other_key]))
    return found


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found


def run(definition: Definition) -> None:
    """A run of it may fail; it never breaks the machine."""
    answers = dict.fromkeys(definition.tools, lambda command: Returns("x"))
    agents = dict.fromkeys(definition.agents, lambda request: Returns({"value": "x"}))
    simulation = Simulation(definition, World(answers, agents))  # type: ignore[arg-type]
    simulation.run({})
    steps = iter(range(300))
    simulation.go(lambda: next(steps, None) is None)


def test_a_changed_definition_is_refused_or_is_one() -> None:
    chance, taken = random.Random(7), 0
    for _ in range(900):
        data = canonical(mutated(chance.choice(FORMS), chance))
        try:
            definition = unseal(data)
        except UnsealError:
            continue
        taken += 1
        run(definition)
    assert 20 < taken < 500


def test_packing_keeps_the_bytes() -> None:
    data = sealed(TEXTS[0]).json
    assert unpacked(packed(data)) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (packed(b" " * (LARGEST + 1)), "more than"),
        ("!", "damaged"),
        (packed(b"abc")[:4], "damaged"),
        ("", "its end is missing"),
    ],
)
def test_what_was_not_packed_here_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnsealError, match=reason):
        unpacked(text)


def test_a_limit_that_was_forged_above_its_cap_fails_its_run_before_anything_is_done() -> None:
    """The definition is one; the run holds the value against the cap."""
    text = "edition 1\ntool t.w() write keyed final\nflow main() budget 5 calls { step t.w() }\n"
    form = json.loads(sealed(text).json)
    form["flows"]["main"]["budget"]["chosen"] = [choosing("calls", capped=True)]
    world = World(tools={"t.w": lambda _: Returns(None)})
    simulation = Simulation(unseal(canonical(form)), world)
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.state.failure is not None
    assert run.state.failure.kind == "InvalidLimit"
    assert world.calls == []
