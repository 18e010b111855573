"""A mistake is told once: what a type that nobody declares is used for is no second one."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

HEAD = """edition 1
type R { a: Nope, b: int }
type E { key: Nope, value: int }
flow main(u: Nope, xs: [Nope] at most 5, rs: [R] at most 5, es: [E] at most 5, m: map[int], t: text, at: time) -> json {
  let value = EXPRESSION
  return value
}
"""
EXPRESSIONS = [
    *('sort(xs, by: "a")', "sort(xs)", 'sort(rs, by: "a")', 'group(xs, by: "a")', 'group(rs, by: "a")', "map_of(xs)"),
    *("map_of(es)", "{ [u]: 1 }", "{ [u.a]: 1, ...m }", "{ ...u, [t]: 1 }", "merge(u, m)", "merge(m, u)"),
    *("contains(u, 1)", "contains(xs, 1)", 'contains("a", u)', "sum(xs)", "sum([1], u)", "max(1, u)", "join(xs)"),
    *("zip(xs, u)", "flatten(xs)", "succeeded(xs)", "chunk(xs, u)", "start_of(at, u)", "first(xs)", "keys(u)"),
    *("u + 1", "[1] + xs", "u in xs", "xs[0].a", "m[u]", "[x.a + 1 for x in u if x.b]", "{ a: u }.a + 1", "R(u)"),
    *('"{{ u.a.b }}"', "if u then 1 else u", "-u", "round(u, u)", "json_text(u)", "mask(u)"),
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_not_known_fits_everywhere(expression: str) -> None:
    found = analyse(Source("case.flow", HEAD.replace("EXPRESSION", expression))).diagnostics
    assert [each.message for each in found if each.code not in ("SF101", "SF611")] == []
