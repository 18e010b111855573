"""A definition that comes as data: taken when it is one, and refused with every problem when it is not."""

import json
import sys
from types import FrameType
from typing import Any

import pytest

from dsl.definition.canonical import canonical
from interpreter.client.errors import DefinitionRefused
from interpreter.client.submission import prepare
from interpreter.stores.memory import MemoryStore
from tests.definition.reading import sealed

TEXT = """edition 1
tool t.read(x: text) -> text read
flow main() -> text { step a = t.read(x: "1") return a }
"""


def form() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(sealed(TEXT).json)
    return data


def problems(data: bytes) -> tuple[str, ...]:
    with pytest.raises(DefinitionRefused) as refused:
        prepare(MemoryStore(), data, None, {})
    return refused.value.problems


def test_the_bytes_of_a_sealed_definition_can_be_submitted() -> None:
    whole = sealed(TEXT)
    assert prepare(MemoryStore(), whole.json, None, {}).input == prepare(MemoryStore(), whole, None, {}).input


def test_every_problem_is_told_with_its_path() -> None:
    changed = form()
    changed["flows"]["main"]["body"]["statements"][0]["call"]["target"] = 7
    changed["tools"]["t.read"]["effect"] = {"node": "Effect", "kind": "sometimes"}
    changed["tools"]["t.read"]["nonsense"] = 1
    first, second = problems(canonical(changed))
    assert first.startswith("/flows/main/body/statements/0/call/target: 7 cannot stand here; write ")
    assert second == "/tools/t.read/nonsense: `ToolDeclaration` has no `nonsense`; " + second.partition("; ")[2]


def test_of_two_problems_in_one_declaration_both_are_told() -> None:
    changed = form()
    changed["flows"]["main"]["body"]["statements"][0]["call"]["target"] = 7
    changed["flows"]["main"]["parameters"] = {}
    assert [told.split(":")[0] for told in problems(canonical(changed))] == [
        "/flows/main/body/statements/0/call/target",
        "/flows/main/parameters",
    ]


def calls_of(items: int) -> int:
    """How many functions are called to begin a run of a list with so many conditional values."""
    row = ", ".join(f"if x == {each} then {each} else 0" for each in range(items))
    whole = sealed(f"edition 1\nflow main(x: int) -> [int] {{ return [{row}] }}\n")
    counted = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        prepare(MemoryStore(), whole.json, None, {"x": 1})
    finally:
        sys.setprofile(before)
    return counted


def test_a_node_is_known_by_its_name() -> None:
    """Who tries what may stand at a place, one after the other, needs thousands of calls for each item."""
    calls_of(1)
    assert (calls_of(220) - calls_of(20)) / 200 < 1_000


def test_of_many_problems_the_first_are_told() -> None:
    changed = form()
    changed["flows"]["main"]["body"]["statements"] = [7] * 30
    told = problems(canonical(changed))
    assert len(told) == 21
    assert told[-1] == "and 10 more"


def test_what_a_schema_cannot_say_is_told_too() -> None:
    changed = form()
    changed["flows"]["main"]["body"]["statements"][0]["call"]["target"] = "t.nothing"
    assert "nothing is called `t.nothing`" in problems(canonical(changed))[0]


@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b"7"])
def test_what_is_no_form_at_all_is_refused(data: bytes) -> None:
    assert problems(data)
