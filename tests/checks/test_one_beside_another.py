"""What is right beside something wrong hides it not: of several of a kind each is looked at, whatever comes first."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checks.test_at_its_edges import told

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("beside.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['code']} {len(case['words'])}" for case in CASES])
def test_each_is_looked_at(case: dict[str, Any]) -> None:
    found = told(case["code"], case["flow"])
    assert len(found) == len(case["words"]), found
    for words in case["words"]:
        assert any(words in one for one in found), (words, found)
