"""The page that compares: its lines are counted, and two of its rows are run."""

import re
import subprocess
import sys

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from tests.house.checkout import ROOT

FOLDER = ROOT / "docs" / "comparison"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


def lines(name: str) -> int:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return sum(bool(line.strip()) and not re.match(r'\s*(#|""")', line) for line in text.splitlines())


def test_lines_are_counted() -> None:
    names = ("jobs.flow", "jobs_tools.py", "jobs.yaml", "yaml_jobs.py", "langgraph_jobs.py", "temporal_jobs.py")
    flow, tools, data, reader, graph, hand = map(lines, names)
    assert f"| {flow} + {tools} | {data} + {reader} | {graph} | {hand} |" in PAGE


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ('  if not refund.approved { return "declined" }\n', "SF501"),
        (" timeout 4s then reject", "SF302"),
        (" { compensate payments.credit() }", "SF401"),
        ("keyed final { errors", "SF401"),
    ],
)
def test_what_is_left_out_does_not_pass(without: str, code: str) -> None:
    flow = (FOLDER / "jobs.flow").read_text(encoding="utf-8")
    assert without in flow
    found = analyse(Source("jobs.flow", flow.replace(without, "{ errors" if "errors" in without else "")))
    assert code in {each.code for each in found.diagnostics if each.severity == "error"}


def shown(system: str, scenario: str) -> str:
    command = [sys.executable, str(FOLDER / "show.py"), system, scenario]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=150).stdout


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_what_is_found_before_anything_runs() -> None:
    said = shown("steadflow", "before").splitlines()
    assert [re.findall(r"SF\d+", line) for line in said] == [["SF101"], ["SF101"], ["SF401"], ["SF302"], ["SF501"]]


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_what_a_type_checker_finds_before_anything_runs() -> None:
    first, *others = shown("temporal", "before").splitlines()
    assert 'Name "citty" is not defined' in first
    assert len(others) == 4
    assert all(line.endswith(": not found") for line in others)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_who_is_killed_in_a_payment_pays_once() -> None:
    said = shown("steadflow", "saga-kill")
    assert 'result 0: "shipped"' in said
    assert "payments.charge: called 2, took effect 1" in said


@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize(("system", "paid"), [("steadflow", False), ("temporal", True)])
def test_who_answers_late(system: str, paid: bool) -> None:
    assert ("payments.refund: called 1, took effect 1" in shown(system, "support-late")) is paid
