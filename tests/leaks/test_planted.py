"""Leaks planted in `examples/clinic.flow`, each alone: all of them are found, with the class that leaks."""

from pathlib import Path
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from tests.yaml_files import read

ROOT = Path(__file__).parents[2]
CLEAN = (ROOT / "examples" / "clinic.flow").read_text(encoding="utf-8")
BESIDE = """
agent plain(text: text) -> text { model "gpt-4o" prompt "{{ text }}" }
fn told(patient: Patient) -> text = "{{ patient.name }}: {{ patient.complaint }}"
flow inner(complaint: text) budget 1h { step mail.send(to: "desk", body: complaint) }
"""
PLANTED: dict[str, Any] = read(ROOT / "tests" / "cases" / "leaks.yaml")
LEAKS = [
    pytest.param(group["place"], into, class_, id=f"{name}: {told}")
    for name, group in PLANTED.items()
    for class_, leaks in group.items()
    if class_ != "place"
    for told, into in leaks.items()
]


def errors(text: str) -> list[tuple[str, str]]:
    found = analyse(Source("planted.flow", text)).diagnostics
    return [(each.code, each.message) for each in found if each.severity == "error"]


def planted(place: str, into: str | list[str]) -> str:
    before, after = into if isinstance(into, list) else (place, f"  {into}\n{place}" if "bills" in place else into)
    assert CLEAN.count(before) == 1, before
    return CLEAN.replace(before, after) + BESIDE


def test_there_is_none_without() -> None:
    assert errors(CLEAN) == []
    assert len(LEAKS) >= 60


@pytest.mark.parametrize(("place", "into", "class_"), LEAKS)
def test_it_is_found(place: str, into: str | list[str], class_: str) -> None:
    found = errors(planted(place, into))
    words = "sensitive data" if class_ == "sensitive" else f'"{class_}" data'
    assert any(code == "SF701" and words in message for code, message in found), found
    assert {code for code, _ in found} <= {"SF701", "SF702", "SF703"}, found
