"""Sixty kinds of mistakes that people make: nearly all are told, nearly all by one message. Of texts that have none,
nothing is told.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from tests.house.checkout import ROOT
from tests.mistaken.corpus import Mistaken
from tests.mistaken.kinds import KINDS, mistakes
from tests.mistaken.messages import told

EXAMPLES = sorted((ROOT / "examples").rglob("*.flow"))
FOUND = 0.98
SEVERAL = 0.03
"""Of how many mistakes more than one message may be told."""


def clean(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Texts that stand alone, and of which nothing is told."""
    for file in files:
        text = file.read_text(encoding="utf-8")
        if not told(text):
            yield file.name, text


@pytest.mark.parametrize(
    "of_a_kind", [pytest.param(1, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.soak)], ids=str
)
def test_nearly_all_are_told(of_a_kind: int, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    silent: list[Mistaken] = []
    several = 0
    for name, text in clean(EXAMPLES):
        for mistaken in mistakes(name, text, of_a_kind, of_a_kind):
            messages = told(mistaken.text)
            counts[mistaken.kind] += 1
            several += len(messages) > 1
            if not messages:
                silent.append(mistaken)
    total = counts.total()
    with capsys.disabled():
        print(
            f"\n{total} mistakes of {len(counts)} kinds: {len(silent)} told by nothing, {several} by several messages"
        )
    assert len(counts) >= 60, set(KINDS) - set(counts)
    assert len(silent) <= (1 - FOUND) * total, "\n".join(each.name for each in silent)
    assert several <= SEVERAL * total


@pytest.mark.slow
def test_no_false_alarm() -> None:
    """The flows that tests run and seal, and those beside each check that show what it does not mind."""
    cases = ROOT / "tests" / "cases"
    fine = [*EXAMPLES, *cases.glob("runs/*/*.flow"), *cases.glob("checks/*/fine*.flow"), *cases.glob("def*/*.flow")]
    alone = {file: text for file in fine if "\nuse " not in (text := file.read_text(encoding="utf-8"))}
    alone = {file: text for file, text in alone.items() if ' from "' not in text}
    assert len(alone) >= 300
    alarms = {}
    for file, text in alone.items():
        errors = [each for each in analyse(Source(file.name, text)).diagnostics if each.severity == "error"]
        if errors:
            alarms[str(file.relative_to(ROOT))] = [f"{each.code} {each.message}" for each in errors]
    assert alarms == {}
