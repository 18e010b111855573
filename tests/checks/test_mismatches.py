"""What is said of a value that does not fit, whole, and what to do: `mismatches.yaml`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checks.test_at_its_edges import told

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("mismatches.yaml").read_text(encoding="utf-8"))
HEAD = 'tool t(x: text) read\nagent g(q: text) -> text { model "gpt-4o" prompt "{{ q }}" }\n'


@pytest.mark.parametrize("case", CASES, ids=[case["done"][:60] for case in CASES])
def test_what_is_said(case: dict[str, Any]) -> None:
    assert told("SF201", f"{HEAD}flow main({case['given']}) {{ {case['done']} }}") == [case["said"]]


@pytest.mark.parametrize(("length", "cut"), [(80, False), (81, True)])
def test_a_long_type_is_cut(length: int, cut: bool) -> None:
    wanted = f'"{"a" * 30}" | "{"b" * (length - 37)}"'
    found = f"{{ {'c' * (length - 17)}: int, d: int }}"
    assert len(wanted) == len(found) == length
    shown = [f"{each[:79]}…" if cut else each for each in (wanted, found)]
    assert told("SF201", f"flow main() {{ let y: {wanted} = 7 }}") == [f"`y` takes {shown[0]}: this is int | None"]
    (said,) = told("SF201", f"flow main(r: {found}) {{ let y: int = r }}")
    assert said.startswith("`y` takes int: ")
    assert shown[1] in said
