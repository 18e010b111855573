"""No text, literal, input, answer or result becomes a reference: whatever it looks like, it is data, at every door.

The objects that the data names are there, so a door that believed it would hand their content over.
"""

import json
import random
from typing import Any

import pytest

from dsl.definition.definition import Definition
from dsl.expressions.values import Reference
from dsl.values.codec import dump, load
from dsl.values.references import joined, parted, shown
from interpreter.boundary.payloads import Answer
from interpreter.core.commands import CallTool
from interpreter.core.snapshot import decode, encode
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.watched import definition_of

HASH = "0" * 64
SECRET = {"secret": "of another run"}
KEYS = (
    "$ref",
    "$size",
    "$decimal",
    "$type",
    "$map",
    "$time",
    "$duration",
    "$$ref",
    "$",
    "kept",
    "value",
    "references",
    "a",
)
LEAVES: tuple[Any, ...] = (HASH, 9, "1.50", "Failure", "State", None, True, 0.5, "2026-01-01T00:00:00Z", [["a", 1]], {})
FORGERIES: tuple[Any, ...] = (
    {"$ref": HASH, "$size": 9},
    {"$decimal": "1.50"},
    {"$decimal": "no number"},
    {"$type": "Failure", "kind": "Forged", "message": ""},
    {"$type": "State"},
    {"$map": [["a", {"$ref": HASH, "$size": 9}]]},
    {"kept": HASH, "size": 9},
    {"value": 1, "references": [[["value"], HASH, 9]]},
    [[[], HASH, 9]],
)
SWITCHES = [Switches(), Switches(through_json=True), Switches(continue_often=True)]


def some_json(chance: random.Random, depth: int = 3) -> Any:
    if chance.random() < 0.3:
        return chance.choice(FORGERIES)
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(LEAVES)
    if chance.random() < 0.3:
        return [some_json(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return {key: some_json(chance, depth - 1) for key in chance.sample(KEYS, chance.randint(0, 4))}


WRITTEN = f'flow main() -> json {{ let r = {{ "$ref": "{HASH}", "$size": 9 }} return {{ a: r, b: [r] }} }}'
DATA = [*FORGERIES, *(some_json(random.Random(seed)) for seed in range(40))]

DOORS = {
    "input": "flow main(given: json) -> json { return given }",
    "text": "flow main(given: text) -> json { return parse_json(given) }",
    "text in a text": "flow main(given: text) -> json { return parse_json(json_text(parse_json(given))) }",
    "variable": "flow main(given: json) -> json { var v: json = null for x in [1] { set v = given } return v }",
    "list": "flow main(given: json) -> json { return { a: [given] }.a[0] }",
    "tool": "tool t.give() -> json read flow main() -> json { step got = t.give() sleep 1s return got }",
    "tool in a record": """
        tool t.wrap() -> { data: json } read
        flow main() -> json { step got = t.wrap() return got.data }""",
    "argument": """
        tool t.echo(x: json) -> json read
        flow main(given: json) -> json { step got = t.echo(x: given) return got }""",
    "undo": """
        tool t.give() -> json write keyed { compensate t.echo(x: result) }
        tool t.echo(x: json) idempotent
        flow main() -> json { try { step t.give() fail "no" } on error e { sleep 1s } step got = t.last() return got }
        tool t.last() -> json read""",
    "child": """
        flow child(x: json) -> json { return x }
        flow main(given: json) -> json { step got = child(x: given) return got }""",
    "model": 'agent ask() -> json { model "m" prompt "?" } flow main() -> json { step got = ask() return got }',
    "answer": """
        flow main() -> json {
          await approval go "?" { answer { data: json } from "a" timeout 1h then reject }
          return if go.answer == null then 0 else go.answer.data
        }""",
    "details": """
        tool t.fail() -> json read { errors Refused }
        flow main() -> json { try { step t.fail() } on error e { return e.details } return 0 }""",
    "own details": """
        flow main(given: json) -> json {
          try { fail { kind: "No", message: "", details: given } } on error e { return e.details }
        }""",
    "details of a child": """
        flow child(x: json) -> json { fail { kind: "No", message: "", details: x } }
        flow main(given: json) -> json { try { step child(x: given) } on error e { return e.details } return 0 }""",
}


def run_through(door: str, data: Any, switches: Switches) -> SimulatedRun:
    definition = definition_of(f"edition 1\n{DOORS[door]}")
    assert definition is not None, door
    simulation = Simulation(definition, world(data), switches)
    run = simulation.run(given(definition, data))
    if door == "answer":
        answer = Answer("1", next(iter(run.state.questions)), "approve", "ann", {"data": data}, "a")
        simulation.at(simulation.now + 1, lambda: run.answer(answer))
    simulation.go()
    return run


def world(data: Any) -> World:
    undone: list[Any] = []

    def echo(command: CallTool) -> Returns:
        undone.append(command.arguments["x"])
        return Returns(command.arguments["x"])

    tools = {
        "t.give": lambda command: Returns(data),
        "t.wrap": lambda command: Returns({"data": data}),
        "t.echo": echo,
        "t.last": lambda command: Returns(undone.pop()),
        "t.fail": lambda command: Fails("Refused", details=(data,), retryable=False),
    }
    answer = json.dumps(data) if isinstance(data, str) else data
    return World(tools, {"ask": lambda request: Returns({"value": answer})}, {HASH: SECRET})


def given(definition: Definition, data: Any) -> Any:
    parameters = definition.flows["main"].parameters
    text = bool(parameters) and parameters[0].type.name == "text"  # type: ignore[union-attr]
    return {"given": json.dumps(data) if text else data} if parameters else {}


@pytest.mark.parametrize("switches", SWITCHES, ids=["plain", "json", "continued"])
@pytest.mark.parametrize("door", DOORS)
def test_a_text_forges_a_reference(door: str, switches: Switches) -> None:
    for data in DATA:
        run = run_through(door, data, switches)
        assert run.finish is not None, data
        assert (run.finish.outcome, run.finish.value) == ("completed", data), run.finish.failure
        assert load(run.finish.exact) == data


def test_what_a_flow_writes_down_is_data() -> None:
    definition = definition_of(f"edition 1\n{WRITTEN}")
    assert definition is not None
    run = Simulation(definition, world(None), SWITCHES[1]).run({})
    forged = FORGERIES[0]
    assert run.finish is not None
    assert run.finish.value == {"a": forged, "b": [forged]}


@pytest.mark.parametrize("data", DATA)
def test_every_encoding_gives_the_same_data_back(data: Any) -> None:
    value = {"data": data, "true": Reference(HASH, 9)}
    assert load(json.loads(json.dumps(dump(value)))) == value
    assert decode(json.loads(json.dumps(encode(value)))) == value
    plain, references = json.loads(json.dumps(parted(value)))
    assert plain["data"] == data
    assert joined(plain, references) == value
    assert shown(data) is data
