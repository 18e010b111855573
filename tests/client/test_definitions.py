"""A definition that comes as data: taken when it is one, and refused with every problem when it is not."""

import json
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
    first, second = problems(canonical(changed))
    assert first.startswith("flows.main.body.statements[0]")
    assert second.startswith("tools.t.read.effect")


def test_what_a_schema_cannot_say_is_told_too() -> None:
    changed = form()
    changed["flows"]["main"]["body"]["statements"][0]["call"]["target"] = "t.nothing"
    assert "nothing is called `t.nothing`" in problems(canonical(changed))[0]


@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b"7"])
def test_what_is_no_form_at_all_is_refused(data: bytes) -> None:
    assert problems(data)
