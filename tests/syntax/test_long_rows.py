"""How long a row of one operator is is not how deep it is nested: rows of hundreds are checked and sealed."""

from datetime import timedelta

import pytest

from dsl.analysis import analyse
from dsl.ast.expressions import Binary
from dsl.ast.node import Node, children
from dsl.definition.unseal import unseal
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate
from dsl.source import Source
from dsl.syntax.chains import LONG
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


def test_what_is_nested_is_refused_as_before() -> None:
    nested = "1" + "".join(f" / {each}" for each in range(1, 200))
    (problem,) = analyse(Source("row.flow", f"edition 1\n\nflow row() -> int {{ return {nested} }}\n")).diagnostics
    assert problem.message == "nested more than 100 deep"
