"""A value has the type that the check gave it: what the definition converts, and where."""

from typing import Any

import pytest

from interpreter.simulation.world import Returns
from tests.heart.played import play

R = """edition 1
type R { a: int, b: int = 2, c: text? }
type S { score: number }
type Tree { value: number, left: Tree?, right: Tree? }
type X { kind: "x", v: int }
type Y { kind: "y", v: number }
type U = X | Y
type Maybe = json?
type P = { p: R }
tool half(x: number) -> number read
tool take(id: text) -> text write keyed { compensate give(id: id, share: 0.5) }
tool give(id: text, share: number) idempotent
"""

CASES: dict[str, tuple[str, Any, Any]] = {
    "number-takes-no-fraction": ("flow main() -> number { return 0.5 }", {}, 0.5),
    "an int that is returned": ("flow main() -> number { return 1 }", {}, 1.0),
    "a quotient": ("flow main(n: int) -> number { return n / 3 }", {"n": 1}, 1 / 3),
    "a field": ("flow main() -> S { return { score: 0.5 } }", {}, {"score": 0.5}),
    "a map": ("flow main() -> map[number] { return { a: 1, b: 0.5 } }", {}, {"a": 1.0, "b": 0.5}),
    "a list": ("flow main() -> [number] { return [1, 0.5] }", {}, [1.0, 0.5]),
    "a sum": ("flow main() -> number { return sum([1, 2.5]) }", {}, 3.5),
    "the sum of no durations": (
        'flow main(ds: [duration]) -> text { return "{{ sum(ds) + 1s }}" }',
        {"ds": []},
        "1s",
    ),
    "a choice of two numbers": (
        "flow main(n: number) -> number { return (if n > 0 then n else 1) / 2 }",
        {"n": -1},
        0.5,
    ),
    "record-joined-without-its-defaults": (
        "flow main(r: R, x: bool) -> int { let y = if x then r else { a: 1 } return y.b }",
        {"r": {"a": 5, "b": 6}, "x": False},
        2,
    ),
    "a join that leaves out what may be null": (
        'flow main(r: R, x: bool) -> text { let y = if x then r else { a: 1, b: 3 } return "<{{ y.c }}>" }',
        {"r": {"a": 5}, "x": False},
        "<>",
    ),
    "records with different fields": (
        """flow main(x: bool, y: bool) -> json {
          let z = if x then { a: 1 } else if y then { b: "b", a: 2 } else { a: 3, c: { d: 0.5 } }
          return z
        }""",
        {"x": False, "y": True},
        {"a": 2, "b": "b", "c": None},
    ),
    "items with different fields": (
        """flow main() -> json {
          let z = [{ a: 1 }, { a: 2, b: 5m, c: null }, { a: 0.5, d: [1] }]
          return [if x.b == null then "none" else text(x.b) for x in z] + [json_text(z[2])]
        }""",
        {},
        ["none", "5m", "none", '{"a":0.5,"b":null,"c":null,"d":[1]}'],
    ),
    "records further in": (
        "flow main() -> json { let z = [[{ a: { b: 1 } }], [{ a: { b: 2, c: 3 } }]] return z[0][0] }",
        {},
        {"a": {"b": 1, "c": None}},
    ),
    "lists of records with different fields": (
        "flow main() -> json { let z = [{ a: 1 }] + [{ b: 2, a: 3 }] return z }",
        {},
        [{"a": 1, "b": None}, {"a": 3, "b": 2}],
    ),
    "choices with different fields": (
        """flow main(x: bool) -> json {
          if x as z { yield { status: "done" } } else { yield { status: "late", by: 5m } }
          return { ...z, again: z.by == null }
        }""",
        {"x": True},
        {"status": "done", "by": None, "again": True},
    ),
    "a declared record among others": (
        "flow main(r: R) -> [int] { let z = [{ a: 1 }, r, { a: 2, b: 3 }] return [x.b for x in z] }",
        {"r": {"a": 5, "b": 6}},
        [2, 6, 3],
    ),
    "a declared record is one of the ways": (
        """flow main(r: R, n: int) -> json {
          let z = if n > 1 then r else if n > 0 then { a: 1, b: 3 } else { a: 2 }
          return z
        }""",
        {"r": {"a": 5}, "n": 0},
        {"a": 2, "b": 2, "c": None},
    ),
    "a declared record among lists": (
        "flow main(rs: [R]) -> [int] { let z = [{ a: 1 }] + rs + [{ a: 2, b: 3 }] return [x.b for x in z] }",
        {"rs": [{"a": 5}]},
        [2, 2, 3],
    ),
    "values of a record, one of them declared": (
        """flow main(r: { p: R }) -> [int] {
          return [v.p.b for v in values({ x: { p: { a: 1 } }, y: r, z: { p: { a: 2, b: 3 } } })]
        }""",
        {"r": {"p": {"a": 5}}},
        [2, 2, 3],
    ),
    "values beside a map, one of them declared": (
        'flow main(m: map[P]) -> int { return { ...m, x: { p: { a: 1 } }, y: { p: { a: 2, b: 3 } } }["x"].p.b }',
        {"m": {"r": {"p": {"a": 5}}}},
        2,
    ),
    "a field of a union, one of them declared": (
        """type Whole = { k: "c", v: { p: { a: int, b: int } } }
        flow main(u: { k: "a", v: { p: { a: int } } } | { k: "b", v: P } | Whole) -> int { return u.v.p.b }""",
        {"u": {"k": "a", "v": {"p": {"a": 5}}}},
        2,
    ),
    "json that may be left out": (
        """flow main(r: { a: int, j: json?, k: Maybe }) -> json {
          let z: { a: int, j: json?, k: Maybe } = { a: 2 }
          let chosen = if r.a > 1 then r else { a: 3 }
          return [r.j == null, z, chosen]
        }""",
        {"r": {"a": 1, "k": {"x": 0.5}}},
        [True, {"a": 2, "j": None, "k": None}, {"a": 3, "j": None, "k": None}],
    ),
    "a list of a record and less": (
        "flow main(r: R) -> int { return sum([x.b for x in [r, { a: 7 }]]) }",
        {"r": {"a": 5, "b": 6}},
        8,
    ),
    "json is compared with what it was made of": (
        """flow main(t: time, d: duration, n: decimal) -> [bool] {
          var j: json = [t, d, n]
          var js: [json] = [t, d]
          return [j[0] == t, d == j[1], j[2] == n, d in js, contains(js, t), n in js, j == null, j[0] != t]
        }""",
        {"t": "2026-11-21T09:13:00Z", "d": "1h", "n": "0.10"},
        [True, True, True, True, True, False, False, False],
    ),
    "a record that is compared with less": (
        "flow main(r: R) -> [bool] { return [r == { a: 1 }, { a: 1, b: 3 } == r, r != { a: 1, c: null }] }",
        {"r": {"a": 1}},
        [True, False, False],
    ),
    "less of a record in a list": (
        "flow main(rs: [R]) -> [bool] { return [{ a: 1 } in rs, contains(rs, { a: 2 }), { a: 1 } not in rs] }",
        {"rs": [{"a": 1}]},
        [True, False, False],
    ),
    "a record in a list of less": (
        "flow main(r: R) -> [bool] { return [r in [{ a: 3 }, { a: 1 }], contains([{ a: 1 }], r), r in [{ a: 4 }]] }",
        {"r": {"a": 1}},
        [True, True, False],
    ),
    "what may be null is compared with less": (
        "flow main(r: R?, s: R?) -> [bool] { return [r == { a: 1 }, s == { a: 1 }, s == null] }",
        {"r": {"a": 1}},
        [True, False, True],
    ),
    "lists that are put together": (
        "flow main(rs: [R]) -> [int] { return [x.b for x in rs + [{ a: 1 }]] }",
        {"rs": [{"a": 0}]},
        [2, 2],
    ),
    "var-of-a-branch-forgets-its-type": (
        """flow main() -> int {
          parallel { branch one { var r: R = { a: 1, b: 5 } } branch two { let z = 1 } }
          set r = { a: 2 }
          return r.b
        }""",
        {},
        2,
    ),
    "a field of two records of a union": (
        "flow main(u: U) -> number { return u.v / 2 }",
        {"u": {"kind": "x", "v": 3}},
        1.5,
    ),
    "a tree": (
        "flow main(t: Tree) -> Tree { return { value: 1, left: { value: 0.5 }, right: t } }",
        {"t": {"value": 2}},
        {
            "value": 1.0,
            "left": {"value": 0.5, "left": None, "right": None},
            "right": {"value": 2.0, "left": None, "right": None},
        },
    ),
    "fields in their declared order": (
        "flow main() -> { b: int, a: int } { let r = { a: 1, b: 2 } return r }",
        {},
        {"b": 2, "a": 1},
    ),
    "one-decimal-two-values-in-json": (
        "flow main() -> bool { var x: json = { a: 7 / 2 } return x.a == 3.5 }",
        {},
        True,
    ),
    "the larger of an int and a fraction": ("flow main(n: int) -> number { return max(n, 0.5, 2) }", {"n": 1}, 2.0),
    "values of a record": (
        "flow main(n: int) -> [number] { return values({ a: n, b: 0.5 }) }",
        {"n": 1},
        [1.0, 0.5],
    ),
    "a map that is spread": (
        "flow main(m: map[int]) -> map[number] { return { ...m, b: 0.5 } }",
        {"m": {"a": 1}},
        {"a": 1.0, "b": 0.5},
    ),
    "what branches yield": (
        """flow main(xs: [int] at most 3) -> [number] {
          parallel for x in xs as ys { if x > 1 { yield 0.5 } yield x }
          return ys
        }""",
        {"xs": [1, 2]},
        [1.0, 0.5],
    ),
    "a parameter's default": ("flow main(a: number = 1 / 2) -> number { return a }", {}, 0.5),
    "a default inside a type that is joined": (
        (
            "flow main(r: { a: int, n: number = 1 }, x: bool) -> number {"
            " let y = if x then r else { a: 1 } return y.n / 2 }"
        ),
        {"r": {"a": 5}, "x": False},
        0.5,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_value_keeps_its_type(name: str) -> None:
    text, given, expected = CASES[name]
    run = play(R + text, {}, input=given)
    assert run.outcome == "completed", run.failure
    assert repr(run.value) == repr(expected)


def test_undo_lost_to_a_fraction() -> None:
    text = (
        R
        + """flow main(n: int) {
      step h = half(n / 4)
      step t = take("t1")
      step half(h)
      fail "no"
    }"""
    )
    sent: list[Any] = []
    run = play(
        text,
        {"half": [Returns(0.5)], "take": [Returns("t")], "give": [Returns(None)]},
        input={"n": 1},
    )
    assert run.outcome == "failed"
    assert [name for name, _ in run.calls] == ["half", "take", "half", "give"]
    sent = [entry.undo_arguments for entry in run.run.state.ledger.values() if entry.tool == "take"]
    assert sent == [{"id": "t1", "share": 0.5}]
