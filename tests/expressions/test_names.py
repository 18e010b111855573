"""The free names of an expression, and that every class of node is known to each table."""

import typing

import pytest

from dsl.ast import expressions as ast
from dsl.ast.node import walk
from dsl.expressions import evaluate, names
from tests.expressions.reading import expression


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 + 2h / 3s", set()),
        ("a.b?.c[d] + e[f:g]", {"a", "d", "e", "f", "g"}),
        ("e[:]", {"e"}),
        ("[x + y for x in xs if x > z]", {"y", "xs", "z"}),
        ("[x for x in x]", {"x"}),
        ("[[x for x in y] for y in z] + [x]", {"z", "x"}),
        ("{ a: b, ...c, d: if e then f else -g }", {"b", "c", "e", "f", "g"}),
        ('"{{ a }} and {{ last(b, count: c) }}"', {"a", "b", "c"}),
        ("not a and b or c not in [d]", {"a", "b", "c", "d"}),
    ],
)
def test_free_names(text: str, found: set[str]) -> None:
    assert names.names(expression(text)) == found


@pytest.mark.parametrize("text", ["a", "a.b + 1", "[x for x in xs if x]", "last(a: 1)", '"{{ a }} b"'])
def test_weight_counts_every_node(text: str) -> None:
    node = expression(text)
    assert names.weight(node) == sum(1 for _ in walk(node))


def test_every_expression_can_be_evaluated() -> None:
    assert set(typing.get_args(ast.Expression)) == set(evaluate.EVALUATORS)


def test_every_node_is_looked_into() -> None:
    written = expression('[text(a: -b?.c[1:2]) for x in { ...d, e: "{{ if g then 1s else h[0] }}" }]')
    long = ast.Chain((), ast.Row(written, ()))
    kinds = {type(node) for node in walk(long)} | {ast.ListLiteral, ast.Binary}
    assert kinds >= set(typing.get_args(ast.Written))
