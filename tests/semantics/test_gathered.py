"""How long a list becomes that rounds add to: exactly where one can see it, and never more than was said.

Random flows are gone through here once more, statement by statement, with dice for each choice, each number of rounds
and each error: what a list comes to in any of these walks is not more than the check has made out.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from dsl.analysis import Analysis, analyse
from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Binary, Expression, FunctionCall, ListLiteral, Name
from dsl.ast.statements import Var
from dsl.semantics.gathered import SAME, Length, most_gathered
from dsl.source import Source

HEAD = """edition 1
tool t.some(x: text) -> { xs: [text] at most 3 } read
flow main(few: [text] at most 5, rows: [[text at most 4] at most 6], any: [text], c: bool, n: int at least 1 at most 9)
{
"""
ONE = "set v = v + [c]"
CASES = [
    (ONE, 1),
    ("set v = [c] + v + [c]", 2),
    ("set v = v + v", 100),
    (f"for x in few {{ {ONE} }}", 5),
    (f"for x in few at most 3 {{ {ONE} }}", 3),
    (f"for x in any at most 70 {{ {ONE} }}", 70),
    (f"for r in rows {{ for x in r {{ {ONE} }} }}", 24),
    (f"for r in rows {{ set v = [] for x in r {{ {ONE} }} }}", 4),
    (f"if c {{ {ONE} }} else {{ set v = v + [c, c] }}", 2),
    ("set v = if c then v else v + [c, c, c]", 3),
    ("set v = reverse(distinct(v + [c]))", 1),
    ("for x in few { set v = distinct(items: v + [c]) }", 5),
    ("for x in few { set v = [i for i in v + [c] if i] }", 101),
    ("for x in few { set v = last(v + [c], 2) }", 2),
    (f"for x in few {{ {ONE} if c {{ continue }} set v = [] }}", 5),
    (f"for x in few {{ set v = [] if c {{ break }} {ONE} }} {ONE}", 2),
    (f"loop budget 7 iterations {{ {ONE} until c }} on exhausted {{ {ONE} }}", 8),
    (f'loop budget 7 iterations every 1h keep going {{ {ONE} if c {{ fail "x" }} {ONE} }}', 14),
    (f'loop budget 7 iterations {{ {ONE} until c }} on exhausted ask "x" timeout 1h then fail', None),
    (f"loop budget 9 tokens {{ {ONE} until c }}", None),
    (f"loop budget n at most 9 iterations {{ {ONE} until c }} on exhausted {{ }}", 9),
    (f'try {{ {ONE} fail "x" }} on error e {{ {ONE} }}', 2),
    (f"budget 3 calls {{ {ONE} }} on exhausted {{ {ONE} }}", 2),
    (f'match few[0] {{ "a" => {{ {ONE} }} "b" => {{ {ONE} {ONE} }} else => {{ }} }}', 2),
    ("for x in few { var w: [bool] at most 100 = [c, c] for y in few { set w = w + [c] } }", 0),
    ("step a = t.some(x: few[0]) set w = w + a.xs", 0),
    ("set v = [i == any[0] for i in any]", None),
    ("set v = [i == any[0] for i in any] set v = []", None),
    ("set v = [i == any[0] for i in few]", 5),
    ("set v = if c then [i == any[0] for i in any] else v", None),
    ("set v = v + [i == any[0] for i in any]", None),
]


def analysed(body: str) -> Analysis:
    text = f"{HEAD}var v: [bool] at most 100 = []\nvar w: [text] at most 100 = []\n{body}\nlet end = v\n}}"
    analysis = analyse(Source("case.flow", text))
    assert not [each for each in analysis.diagnostics if each.code == "SF001"], text
    return analysis


def most(analysis: Analysis, name: str = "v") -> int | None:
    declared = next(node for node in analysis.facts.all(Var) if node.name == name)
    (flow,) = analysis.facts.all(FlowDeclaration)
    return most_gathered(flow.body, declared, analysis.facts)


@pytest.mark.parametrize(("body", "expected"), CASES, ids=[body for body, _ in CASES])
def test_what_a_list_comes_to(body: str, expected: int | None) -> None:
    analysis = analysed(body)
    assert most(analysis) == expected
    told = [each.message for each in analysis.diagnostics if each.code == "SF201"]
    assert bool(told) == (expected is None or expected > 100)


EVERY = [
    Length(adds, holds, endless)
    for adds in (None, 0, 1, 3)
    for holds in (None, 0, 2, 5)
    for endless in (False, True)
    if adds is not None or holds is not None or endless
]


def made_of(length: Length, first: int) -> float:
    """What a length says of a list that held so many before, by its own words."""
    added = [] if length.adds is None else [first + length.adds]
    held = [] if length.holds is None else [length.holds]
    return float("inf") if length.endless else max([*added, *held, 0])


@pytest.mark.parametrize("first", [0, 1, 4])
def test_what_a_length_says(first: int) -> None:
    for one in EVERY:
        most = one.of(first)
        assert (float("inf") if most is None else most) == made_of(one, first)
        assert one.again(0) == (one if not one.adds else SAME)
        for other in EVERY:
            assert made_of(one.beside(other), first) == max(made_of(one, first), made_of(other, first))
            if not (one.endless or other.endless):
                assert made_of(one.then(other), first) == made_of(other, int(made_of(one, first)))
            elif not other.endless:
                assert one.then(other).endless is (other.adds is not None), "what is set anew ends what is endless"
        if not one.endless:
            rounds = [one.again(times) for times in (1, 2, 3)]
            expected = [one, one.then(one), one.then(one).then(one)]
            assert [made_of(each, first) for each in rounds] == [made_of(each, first) for each in expected]
        assert one.again(None).endless is (one.endless or bool(one.adds))


def test_of_two_lists_each_is_counted_for_itself() -> None:
    analysis = analysed(f"for x in few {{ {ONE} set w = w + [x, x] }}")
    assert (most(analysis), most(analysis, "w")) == (5, 10)


def test_a_list_that_cannot_hold_all_is_told_with_what_it_comes_to() -> None:
    text = f"{HEAD}var v: [bool] at most 23 = []\nfor r in rows {{ for x in r {{ {ONE} }} }}\n}}"
    (found,) = [each for each in analyse(Source("case.flow", text)).diagnostics if each.code == "SF201"]
    assert "added up over all rounds, it may come to 24 items, not at most 23" in found.message
    assert "raise the bound" in (found.help or "")


@pytest.mark.parametrize(("item", "codes"), [("1", []), ("0.5", []), ('"a"', ["SF201"])])
def test_items_have_to_fit_as_well(item: str, codes: list[str]) -> None:
    text = f"{HEAD}var all: [number] at most 5 = [] for x in few {{ set all = all + [{item}] }}\n}}"
    found = analyse(Source("case.flow", text)).diagnostics
    assert [each.code for each in found if each.severity == "error"] == codes


class _Left(Exception):
    def __init__(self, how: str) -> None:
        self.how = how


@dataclass
class _Walk:
    """One way through the statements. `longest` is the most that `v` held, `left` how many statements there may be."""

    dice: Random
    now: int = 0
    longest: int = 0
    left: int = 400
    items: dict[str, int] = field(default_factory=lambda: {"few": 5, "r": 4, "rows": 6})

    def block(self, block: ast.Block) -> None:
        for statement in block.statements:
            self.left -= 1
            if self.left < 0:
                raise _Left("end")
            self.statement(statement)

    def statement(self, node: ast.Statement) -> None:
        match node:
            case ast.Set(name="v", value=value):
                self.now = self.size(value)
                self.longest = max(self.longest, self.now)
            case ast.If(then=then, otherwise=otherwise):
                if self.dice.random() < 0.5:
                    self.block(then)
                elif isinstance(otherwise, ast.Block):
                    self.block(otherwise)
            case ast.Break() | ast.Continue() | ast.Fail():
                raise _Left(type(node).__name__.lower())
            case ast.Until():
                if self.dice.random() < 0.2:
                    raise _Left("break")
            case ast.For(source=Name(name=name), body=body):
                self.rounds(body, self.dice.choice((0, self.items[name], self.items[name])))
            case _:
                self.larger(node)

    def larger(self, node: ast.Statement) -> None:
        match node:
            case ast.Loop(body=body, budget=ast.Budget(iterations=int(most)), on_exhausted=exhausted):
                self.rounds(body, most)
                if exhausted is not None and self.dice.random() < 0.5:
                    self.block(exhausted)
            case ast.Try(body=body, handlers=(handler, *_)):
                try:
                    self.block(body)
                except _Left as left:
                    if left.how != "fail":
                        raise
                    self.block(handler.body)

    def rounds(self, body: ast.Block, most: int) -> None:
        for _ in range(most):
            try:
                self.block(body)
            except _Left as left:
                if left.how == "break":
                    return
                if left.how != "continue":
                    raise

    def size(self, value: Expression) -> int:
        match value:
            case Name(name="v"):
                return self.now
            case ListLiteral(items=items):
                return len(items)
            case Binary("+", left, right):
                return self.size(left) + self.size(right)
            case FunctionCall(function="last", arguments=(given, _)):
                return min(self.size(given.value), 3)
        raise AssertionError(value)


def _statements(dice: Random, depth: int, rounds: int) -> str:
    return " ".join(_statement(dice, depth, rounds) for _ in range(dice.randint(1, 3)))


def _statement(dice: Random, depth: int, rounds: int) -> str:
    kinds = ["set", "set", "one", "one"] + ["for", "loop", "if", "try"] * (depth > 0) + ["leave"] * (rounds > 0)

    def inner(more: int = 0) -> str:
        return _statements(dice, depth - 1, rounds + more)

    match dice.choice(kinds):
        case "one":
            return ONE
        case "set":
            return dice.choice(("set v = []", "set v = [c, c]", "set v = last(v + [c, c], 3)", "set v = [c] + v"))
        case "for":
            return f"for x{depth}{dice.randint(0, 10**9)} in few {{ {inner(1)} }}"
        case "loop":
            return f"loop budget {dice.randint(1, 4)} iterations {{ {inner(1)} until c }} on exhausted {{ {inner()} }}"
        case "if":
            return f"if c {{ {inner()} }} else {{ {inner()} }}"
        case "try":
            return f'try {{ {inner()} if c {{ fail "x" }} {inner()} }} on error {{ {inner()} }}'
        case _:
            return f"if c {{ {dice.choice(('break', 'continue'))} }}"


@pytest.mark.parametrize("seed", range(60))
def test_no_walk_finds_a_list_longer_than_was_said(seed: int) -> None:
    dice = Random(seed)
    analysis = analysed(_statements(dice, 3, 0))
    said = most(analysis)
    assert said is not None
    (flow,) = analysis.facts.all(FlowDeclaration)
    longest = 0
    for _ in range(200):
        walk = _Walk(dice)
        with suppress(_Left):
            walk.block(flow.body)
        longest = max(longest, walk.longest)
    assert longest <= said
