"""Each of the eleven failures is answered as its row in `docs/failures.md` says."""

import re

import pytest

from dsl.analysis import analyse
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.simulation.simulation import Switches
from tests.house.checkout import ROOT
from tests.runs.case import all_cases
from tests.runs.simulated import Simulated

PAGE = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE))
_TEXT = re.compile(r"^(\d+): [^\n]*\n\n```flow (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXTS = {row: (code, text) for row, code, text in _TEXT.findall(PAGE)}
TRACES = {
    "4": ("agent_rate_limited", ["retrying main/verdict", "completed main/verdict"]),
    "5": ("child_cancelled", ["cancelled main/parallel#1/child"]),
    "8": ("approval_timed_out_fails", ["timed_out main/refund"]),
    "10": ("agent_uses_tools", ["turn main/reply", "started main/reply/turn#1/orders.find#1"]),
    "11": ("agent_options_of_use", ["completed main/reply/turn#1/web.search#1"]),
}
"""What happens in the run of a row."""
CALLS = {
    "4": ['triage "Text: help" @main/verdict', 'triage "Text: help" @main/verdict~2'],
    "5": ['stock.release {"id": "s-0"} @main/parallel#1/child/slow/held/undo'],
}


def codes(text: str) -> set[str]:
    return {each.code for each in analyse(Source("failure.flow", text)).diagnostics}


def test_all_eleven_are_answered() -> None:
    assert list(ROWS) == [str(number) for number in range(1, 12)]
    seen_by = {row: f"`{code}`" for row, (code, _) in TEXTS.items()}
    seen_by |= {row: f"run `{name}`" for row, (name, _) in TRACES.items()}
    seen_by["7"] = "the sealed definition"
    assert seen_by == ROWS


@pytest.mark.parametrize("row", TEXTS)
def test_the_check_refuses_its_text(row: str) -> None:
    code, text = TEXTS[row]
    assert codes(text) == {code}
    assert not analyse(Source("failure.flow", text)).ok


@pytest.mark.parametrize("row", TRACES)
def test_the_run_goes_as_is_said(row: str) -> None:
    name, happened = TRACES[row]
    (case,) = (each for each in all_cases() if each.name == name)
    seen = Simulated(case, Switches()).run().as_data()
    assert [each for each in happened if each not in seen["trace"]] == []
    assert [each for each in CALLS.get(row, ()) if each not in seen["calls"]] == []


def test_a_run_of_an_earlier_text_keeps_what_it_means() -> None:
    """Row 7: what was sealed is read as it was, whatever the text says now; comments change nothing, a word does."""

    def sealed(text: str) -> tuple[str, str]:
        found = analyse(Source("greet.flow", text))
        made = seal(found.facts, found.source, gates=found.gates, spends=found.spends)
        return made.json, made.hash

    before = 'edition 1\nflow greet(name: text) -> text { return "Good day, {{ name }}" }\n'
    first, known_by = sealed(before)
    assert sealed(before.replace("\n", "\n# a greeting\n"))[1] == known_by
    after, other = sealed(before.replace("day", "night"))
    assert other != known_by
    assert unseal(first) != unseal(after)
    assert sealed(before) == (first, known_by)
