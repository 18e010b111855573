"""What opens the gate of each irreversible call and what stands in the way (`tests/cases/gates.yaml`).

A line for each approval that was tried, the most promising first: `ok opens` with the rounds that the question goes
through, or what stands in the way of it, each with the text that is concerned.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dsl.analysis import Analysis, analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Comprehension, Expression
from dsl.ast.statements import Step
from dsl.expressions.names import names
from dsl.semantics.gating.gates import Candidate, Obstacle, approved_before, seen_in_approvals, ungated
from dsl.source import Source

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "cases" / "gates.yaml").read_text(encoding="utf-8"))
HEAD = f"edition 1\n{CASES['declarations']}\nflow main({CASES['parameters']}) "


def analysed(body: str) -> tuple[Source, Analysis, FlowDeclaration]:
    source = Source("case.flow", f"{HEAD}{body}" if body.startswith("requires") else f"{HEAD}{{ {body} }}")
    analysis = analyse(source)
    others = [each for each in analysis.diagnostics if each.severity == "error" and each.code not in ("SF501", "SF703")]
    assert others == []
    (flow,) = (each for each in analysis.facts.all(FlowDeclaration) if each.name == "main")
    return source, analysis, flow


@pytest.mark.parametrize("body", CASES["calls"])
def test_what_opens_a_call_and_what_does_not(body: str) -> None:
    source, analysis, flow = analysed(body)
    found = [
        [_told(each, source) for each in tried] or ["nobody is asked"] for _, tried in ungated(flow, analysis.facts)
    ]
    wanted = CASES["calls"][body]
    assert ["; ".join(each) for each in found] == wanted


def _told(tried: Candidate, source: Source) -> str:
    if tried.gate is None:
        return f"{tried.approval.name}: " + ", ".join(_in_the_way(each, source) for each in tried.obstacles)
    assert tried.obstacles == ()
    through = "".join(f" for {each.variable} in {_words(each.source)}" for each in tried.gate.rounds)
    return f"{tried.approval.name} opens{through}"


def _words(source: Expression) -> str:
    """The names that it is made of, and what it leaves out."""
    filtered = " filtered" if isinstance(source, Comprehension) else ""
    return f"{'+'.join(sorted(names(source)))}{filtered}"


def _in_the_way(found: Obstacle, source: Source) -> str:
    told = " and ".join(f"`{each}`" for each in (found.other, found.argument) if each)
    text = source.slice(found.node.span)
    return f"{found.reason} {told}".strip() + f" [{text if len(text) <= 30 else text[:29] + '…'}]"


@pytest.mark.parametrize("body", CASES["seen"])
def test_which_arguments_of_a_call_people_have_seen(body: str) -> None:
    _, analysis, flow = analysed(body)
    assert seen(analysis, flow) == CASES["seen"][body]


def seen(analysis: Analysis, flow: FlowDeclaration) -> dict[str, str]:
    """Of the call of `note`: the arguments that were seen, and the approvals that hold there."""
    (step,) = (each for each in analysis.facts.all(Step) if each.call.target == "note")
    return {
        "arguments": ", ".join(sorted(seen_in_approvals(step, flow, analysis.facts))),
        "approved": ", ".join(each.name for each in approved_before(step, analysis.facts)),
    }
