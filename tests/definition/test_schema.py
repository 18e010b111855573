"""The schema in `schemas/` is current, and says what a sealed definition is."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dsl.definition import schema
from tests.definition.reading import sealed

FOLDER = Path(__file__).parents[2]
CASES = sorted((FOLDER / "tests" / "cases" / "definition").glob("*.flow"))
EXAMPLES = [pytest.param(path, marks=pytest.mark.slow) for path in sorted((FOLDER / "examples").glob("*.flow"))]
VALIDATOR = jsonschema.Draft202012Validator(schema.definition_schema())


def test_the_file_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run python -m dsl.definition.schema"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.definition_schema())


@pytest.mark.parametrize("path", [*CASES, *EXAMPLES], ids=lambda path: path.stem)
def test_sealed_definitions_fit(path: Path) -> None:
    data = json.loads(sealed(path.read_text(encoding="utf-8")).json)
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@pytest.mark.parametrize("change", [{"flow": 1}, {"more": 1}, {"format": 99}, {"types": {"A": {"node": "Step"}}}])
def test_others_do_not(change: dict[str, Any]) -> None:
    data = json.loads(sealed(CASES[0].read_text(encoding="utf-8")).json) | change
    assert not VALIDATOR.is_valid(data)
