"""How long a row of one operator is is not how deep it is nested: rows of hundreds are checked and sealed."""

from datetime import timedelta
from decimal import Decimal
from operator import add, mul, sub, truediv
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.ast.expressions import Binary, Chain, Row
from dsl.ast.node import Node, children, walk
from dsl.ast.statements import Return
from dsl.decompiling.decompile import decompile
from dsl.definition.unseal import unseal
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate
from dsl.formatting.format import format_text
from dsl.source import Source
from dsl.syntax.chains import LONG
from dsl.values.validate import converting
from tests.definition.reading import sealed
from tests.expressions.reading import expression


def deep(node: Node) -> int:
    return 1 + max((deep(child) for child in children(node)), default=0)


def test_a_row_of_three_hundred_has_the_value_of_one_by_one() -> None:
    numbers = [str(each) for each in range(300)]
    assert evaluate(expression(" - ".join(numbers)), {}, CONSTANT) == -sum(range(300))
    lengths = [f"{each}ms" for each in range(1, 101)]
    assert evaluate(expression(" - ".join(["1h", *lengths])), {}, CONSTANT) == timedelta(hours=1, milliseconds=-5050)
    assert evaluate(expression(" + ".join(numbers)), {}, CONSTANT) == sum(range(300))
    words = [f'"{each},"' for each in numbers]
    assert evaluate(expression(" + ".join(words)), {}, CONSTANT) == "".join(f"{each}," for each in numbers)
    lists = [f"[{each}]" for each in numbers]
    assert evaluate(expression(" + ".join(lists)), {}, CONSTANT) == list(range(300))


@pytest.mark.parametrize("operator", ["and", "or"])
def test_each_operand_decides(operator: str) -> None:
    row = expression(f" {operator} ".join(f"a{each}" for each in range(100)))
    usual = operator == "and"
    for deciding in (0, 31, 32, 50, 99):
        scope = {f"a{each}": usual for each in range(100)} | {f"a{deciding}": not usual}
        assert evaluate(row, scope, CONSTANT) is (not usual)
        # What stands behind it is not asked.
        asked = {name: value for name, value in scope.items() if int(name[1:]) <= deciding}
        assert evaluate(row, asked, CONSTANT) is (not usual)


@pytest.mark.parametrize(
    ("type_", "row"),
    [
        ("text", " + ".join(["a"] * 300)),
        ("int", " - ".join(["len(a)"] * 300)),
        ("int", " + ".join(f"(len(a) - {each})" for each in range(300))),
        ("duration", " - ".join(["now()", '(if a == "" then now() else now())', *["1m"] * 200])),
        ("time", " - ".join(['(if a == "" then now() else now())', *["1m"] * 300])),
        ("bool", " and ".join(f'a != "{each}"' for each in range(300))),
        ("bool", " or ".join(f'a == "{each}"' for each in range(300))),
        ("text", " + ".join(["a", *(f'(if a == "{each}" then "x" else "y")' for each in range(300))])),
    ],
)
def test_it_is_checked_and_sealed(type_: str, row: str) -> None:
    text = f"edition 1\n\nflow row(a: text) -> {type_} {{\n  return {row}\n}}\n"
    assert analyse(Source("row.flow", text)).diagnostics == ()
    found = sealed(text)
    assert deep(unseal(found.json, found.hash).flows["row"]) < 40


def test_what_one_operand_tells_holds_in_those_behind_it() -> None:
    others = " and ".join(["len(a) > 1"] * 200)
    text = f"edition 1\n\nflow row(a: text?) -> bool {{\n  return a != null and {others}\n}}\n"
    assert analyse(Source("row.flow", text)).diagnostics == ()


def test_a_short_row_stays_as_it_was_read() -> None:
    row = expression(" + ".join(["1"] * LONG))
    assert deep(row) == LONG
    assert isinstance(row, Binary)
    assert deep(expression(" + ".join(["1"] * (LONG + 1)))) < 8
    assert deep(expression(" - ".join(["1"] * 95))) == 95


def value(type_: str, row: str, **scope: object) -> object:
    """What the sealed definition gives, with which its decompiled text and its formatted text agree."""
    text = f"edition 1\n\nflow row(i: int, n: number, d: decimal) -> {type_} {{\n  return {row}\n}}\n"
    found = sealed(text)
    definition = unseal(found.json, found.hash)
    assert sealed(decompile(definition).text).hash == found.hash
    laid_out = format_text(text)
    assert laid_out is not None
    assert sealed(laid_out).hash == found.hash
    assert format_text(laid_out) == laid_out
    (returned,) = [each for each in walk(definition.flows["row"]) if isinstance(each, Return)]
    assert returned.value is not None
    return evaluate(returned.value, scope, converting(CONSTANT, {}))  # type: ignore[arg-type]


def from_the_left(first: Any, *rest: tuple[str, Any]) -> Any:
    apply = {"+": add, "-": sub, "*": mul, "/": truediv}
    for symbol, operand in rest:
        first = apply[symbol](first, operand)
    return first


@pytest.mark.parametrize("symbols", ["+", "-", "/", "-++", "/**"])
@pytest.mark.parametrize("count", [33, 99, pytest.param(1000, marks=pytest.mark.slow)])
def test_fractions_are_worked_out_from_the_left(symbols: str, count: int) -> None:
    """Which differs in the last digits from any other order."""
    rest = [(symbols[at % len(symbols)], (0.9, 1.3, 0.7)[at % 3]) for at in range(count)]
    row = "n" + "".join(f" {symbol} {operand}" for symbol, operand in rest)
    assert value("number", row, n=2.5) == from_the_left(2.5, *rest)


def test_rows_within_rows_keep_their_order() -> None:
    products = ["n * 1.1 * 0.9", "(" + " - ".join(["n"] + ["0.1"] * 120) + ")"] * 8
    each = [2.5 * 1.1 * 0.9, from_the_left(2.5, *[("-", 0.1)] * 120)] * 8
    assert value("number", " + ".join(products), n=2.5) == from_the_left(each[0], *(("+", one) for one in each[1:]))


def test_whole_numbers_and_durations_too() -> None:
    assert value("int", "i" + " // 2 % 1000 * 2" * 300, i=640) == 640
    assert value("decimal", "d" + " - 0.10" * 300, d=Decimal("100.00")) == Decimal("70.00")
    assert value("duration", "1h" + " + 1s - 3s" * 300) == timedelta(minutes=50)
    assert value("[number]", " + ".join(["[i]"] * 200 + ["[n]"]), i=1, n=0.5) == [1.0] * 200 + [0.5]


@pytest.mark.parametrize("count", [90, 98, 300])
def test_a_chain_gives_the_value_of_the_first_way_that_holds(count: int) -> None:
    """Ints beside a fraction are numbers; what stands behind the way that holds is not worked out."""
    ways = "".join(f"if i == {at} then {at} else " for at in range(count))
    for chosen in (3, count - 1):
        assert repr(value("number", f"{ways}n", i=chosen)) == repr(float(chosen))
    assert value("number", f"{ways}n", i=count, n=0.5) == 0.5


def test_what_a_condition_of_a_chain_tells_holds_in_those_behind_it() -> None:
    ways = "".join(f" if a == {at} then a + 1 else" for at in range(200))
    text = f"edition 1\n\nflow row(a: int?) -> int {{\n  return if a == null then 0 else{ways} a\n}}\n"
    assert analyse(Source("row.flow", text)).diagnostics == ()


@pytest.mark.parametrize(
    ("type_", "row", "place"),
    [
        ("int", " + ".join(["1"] * 50 + ['"a"'] + ["1"] * 50), '"a"'),
        ("number", "1.5" + " * 2" * 200 + " * t", "t"),
        ("int", "".join(f'if t == "{at}" then {at} else ' for at in range(200)) + '"none"', '"none"'),
        ("int", "".join(f'if t == "{at}" then {at} else ' for at in range(200)) + "null", "null"),
    ],
)
def test_one_that_does_not_fit_is_told_where_it_stands(type_: str, row: str, place: str) -> None:
    text = f"edition 1\n\nflow row(t: text) -> {type_} {{\n  return {row}\n}}\n"
    source = Source("row.flow", text)
    (problem,) = analyse(source).diagnostics
    assert source.slice(problem.primary.span) == place


def test_a_name_that_is_unknown_is_told_once() -> None:
    text = "edition 1\n\nflow row(a: number) -> number {\n  return " + " * ".join(["a"] * 200 + ["b"]) + "\n}\n"
    (problem,) = analyse(Source("row.flow", text)).diagnostics
    assert "`b`" in problem.message


def test_what_never_was_too_deep_keeps_its_form() -> None:
    """And so its hash."""
    for row in (" / ".join(["n"] * 90), "".join(f"if i == {at} then {at} else " for at in range(90)) + "0"):
        assert not {Row, Chain} & {type(each) for each in walk(expression(row))}


def test_what_is_nested_is_refused_as_before() -> None:
    nested = "".join(f"{each} / (" for each in range(1, 200)) + "1" + ")" * 199
    (problem,) = analyse(Source("row.flow", f"edition 1\n\nflow row() -> number {{ return {nested} }}\n")).diagnostics
    assert problem.message == "nested more than 100 deep"
