"""What every expression and every statement makes of marks (`tests/cases/marks.yaml`), as told by `marked.py`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Let
from dsl.semantics.provenance.around import Summary
from dsl.semantics.provenance.flow import FlowMarks
from dsl.semantics.provenance.marks import Given, Mark
from dsl.semantics.provenance.values import Values
from dsl.source import Source
from tests.semantics.marked import sources, told
from tests.semantics.reading import clean

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "cases" / "marks.yaml").read_text(encoding="utf-8"))
OF_GATES = {"SF501", "SF502", "SF703"}


def test_what_an_expression_comes_of() -> None:
    expressions = CASES["values"]["expressions"]
    body = " ".join(f"let value{number} = {each}" for number, each in enumerate(expressions))
    analysis = clean(f"{CASES['values']['declarations']}\nflow main({CASES['values']['parameters']}) {{ {body} }}")
    values = Values(analysis.facts, lambda symbol: Mark(frozenset({Given(symbol.name)})))
    found = [told(values.of(let.value)) for let in analysis.facts.all(Let)]
    assert dict(zip(expressions, found, strict=True)) == expressions


@pytest.mark.parametrize("body", CASES["flows"]["bodies"])
def test_what_a_flow_makes_of_it(body: str) -> None:
    head = CASES["flows"]
    text = f"edition 1\n{head['declarations']}\nflow main({head['parameters']}) -> text budget 9d {{ {body} }}"
    assert _of(text) == CASES["flows"]["bodies"][body]


def _of(text: str) -> dict[str, str]:
    analysis = analyse(Source("case.flow", text))
    wrong = [each for each in analysis.diagnostics if each.severity == "error" and each.code not in OF_GATES]
    assert wrong == []
    (flow,) = analysis.facts.all(FlowDeclaration)
    summary = Summary()
    marks = FlowMarks(flow, analysis.facts, {id(flow): summary}, frozenset())
    assert marks.settle()
    assert not marks.settle()
    trusted = "; ".join(sources(each.sources) for each in marks.asked)
    return {"asked": trusted, "gives": told(summary.returns), "fails": sources(summary.failing)}


def test_what_limits_a_flow_decides_whether_it_fails() -> None:
    text = "edition 1\nflow main(a: text, n: int at least 1 at most 5) -> text budget n at most 5 calls { return a }"
    assert _of(text)["fails"] == "a.**, n.**"
