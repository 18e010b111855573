"""Which values of the deployment a flow reads: those by their names, and nothing that is named otherwise."""

import pytest

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.semantics.config import read_by
from dsl.source import Source

HEAD = """edition 1
config region: text = "eu"
config limit: int = 3
tool look(q: text, n: int = 1) -> text read
flow other() -> text { return region }
flow main(a: text, c: bool) -> text budget 9d {
"""
READ = [
    ("return a", []),
    ("return region", ["region"]),
    ('return "in {{ region }}"', ["region"]),
    ("step s = look(region, limit) return s", ["limit", "region"]),
    ("step s = look(n: limit, q: region) return region", ["limit", "region"]),
    ("if limit > 2 { return a } return a", ["limit"]),
    ("for x in [a] { if c and limit > 1 { return region } } return a", ["limit", "region"]),
    ("let region = a return region", []),
    ('for region in ["a"] { return region } return a', []),
    ("step s = other() return s", []),
    ("return run.id", []),
    ("let id = run.id return region", ["region"]),
    ("return nobody", []),
    ("let x = nobody return region", ["region"]),
]


@pytest.mark.parametrize(("body", "names"), READ, ids=[body for body, _ in READ])
def test_what_a_flow_reads_of_the_deployment(body: str, names: list[str]) -> None:
    analysis = analyse(Source("case.flow", HEAD + body + "\n}"))
    (flow,) = [each for each in analysis.facts.all(FlowDeclaration) if each.name == "main"]
    assert [each.name for each in read_by(flow, analysis.facts)] == names
