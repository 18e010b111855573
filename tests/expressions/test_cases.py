"""Every expression in tests/cases/expressions has the value, the error or the need that stands beside it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dsl.expressions.context import Context
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions import FUNCTIONS
from dsl.values.codec import dump, load
from tests.expressions.reading import expression
from tests.yaml_files import read

FOLDER = Path(__file__).parents[1] / "cases" / "expressions"
CONTEXT = Context(
    now=lambda: datetime(2026, 11, 21, 9, 13, tzinfo=UTC),
    uuid=lambda: "00000000-0000-4000-8000-000000000001",
)
FILES = {path.stem: read(path) for path in sorted(FOLDER.glob("*.yaml"))}


def cases(section: str) -> list[Any]:
    return [
        pytest.param(text, data["scope"], expected, id=f"{name}: {text}")
        for name, data in FILES.items()
        for text, expected in data.get(section, {}).items()
    ]


def result(text: str, scope: dict[str, Any]) -> Any:
    return evaluate(expression(text), {name: load(value) for name, value in scope.items()}, CONTEXT)


@pytest.mark.parametrize(("text", "scope", "expected"), cases("values"))
def test_value(text: str, scope: dict[str, Any], expected: Any) -> None:
    found = dump(result(text, scope))
    assert repr(found) == repr(expected)  # repr tells 1, 1.0 and true apart, and the order of fields


@pytest.mark.parametrize(("text", "scope", "kind"), cases("errors"))
def test_error(text: str, scope: dict[str, Any], kind: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        result(text, scope)
    assert (raised.value.kind, raised.value.message != "") == (kind, True)
    assert str(raised.value) == raised.value.message


@pytest.mark.parametrize(("text", "scope", "hashes"), cases("needs"))
def test_needs_reference(text: str, scope: dict[str, Any], hashes: list[str]) -> None:
    with pytest.raises(NeedsReference) as raised:
        result(text, scope)
    assert [reference.hash for reference in raised.value.references] == hashes


def test_every_function_has_a_case() -> None:
    texts = " ".join(case.values[0] for case in cases("values"))
    assert [name for name in FUNCTIONS if f"{name}(" not in texts] == []
