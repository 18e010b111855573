"""What expressions are made out to be, and that their values are of that type."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dsl.ast.declarations import TypeDeclaration
from dsl.ast.statements import Let
from dsl.ast.types import Type as Written
from dsl.expressions.context import Context
from dsl.expressions.evaluate import evaluate
from dsl.semantics.types import FRACTION, spelled
from dsl.source import Source
from dsl.syntax.parse import parse
from dsl.values.validate import validate
from tests.semantics.reading import clean, type_of

PARAMETERS = """
  count: int, ratio: number, price: decimal, name: text, flag: bool, at: time, wait: duration, note: text?,
  words: [text] at most 3, many: [int], rows: [[int at most 2]] at most 3, prices: map[decimal], case: Case,
  kind: "a" | "b", outcomes: [Outcome[int]] at most 4, anything: json
"""
CASE = 'type Case { id: text, owner: { name: text }?, kind: "a" | "b" }'
SCOPE: dict[str, Any] = {
    "count": 3,
    "ratio": 0.5,
    "price": Decimal("9.90"),
    "name": "Ann",
    "flag": True,
    "at": datetime(2026, 11, 21, tzinfo=UTC),
    "wait": timedelta(hours=1),
    "note": None,
    "words": ["x", "y"],
    "many": [1, 2, 3],
    "rows": [[1, 2], [3]],
    "prices": {"tea": Decimal("2.50")},
    "case": {"id": "c", "owner": None, "kind": "a"},
    "kind": "a",
    "outcomes": [{"ok": True, "value": 1, "error": None}],
    "anything": {"a": [1]},
}
EXPECTED = [
    ("1 + 2", "int"),
    ("count / 2", "decimal"),
    ("count // 2 + count % 2", "int"),
    ("price * count - 0.5", "decimal"),
    ("ratio * price", "number"),
    ("-count", "int"),
    ("at + wait", "time"),
    ("wait + at", "time"),
    ("at - at", "duration"),
    ("2 * wait / 3", "duration"),
    ("wait / 5m", "decimal"),
    ('name + "x"', "text"),
    ('"x {{ count }} {{ note }} {{ case }}"', "text"),
    ("not flag and count > 2 or name in words", "bool"),
    ('"tea" in prices and "n" in name', "bool"),
    ("5m", "duration"),
    ("null", "null"),
    ("note", "text?"),
    ("if note != null then note else name", "text"),
    ("if flag then 1 else 0.5", "decimal"),
    ("if flag then null else name", "text?"),
    ("case.owner?.name", "text?"),
    ("case.kind", '"a" | "b"'),
    ("words[0]", "text"),
    ('prices["tea"]', "decimal"),
    ("name[1:]", "text"),
    ("words[:2]", "[text at most 2]"),
    ("many[-2:]", "[int at most 2]"),
    ("words + [name]", "[text at most 4]"),
    ("[]", "[]"),
    ("[1, 0.5, count]", "[decimal at most 3]"),
    ('[{ a: 1, b: "x" }, { a: 0.5, b: name }]', "[{ a: decimal, b: text } at most 2]"),
    ('[word + "!" for word in words if word != name]', "[text at most 3]"),
    ("{ ...case, id: 3 }", '{ id: int, owner: { name: text }?, kind: "a" | "b" }'),
    ("last(many, 2)", "[int at most 2]"),
    ("last(words, 5)", "[text at most 3]"),
    ("last(many)", "int?"),
    ("first(words, count)", "[text at most 3]"),
    ("len(prices) + len(name) + len(words)", "int"),
    ("sum(many)", "int"),
    ("sum(values(prices))", "decimal"),
    ("min(count, price)", "decimal"),
    ("max(many)", "int"),
    ("abs(-price)", "decimal"),
    ("round(ratio)", "int"),
    ("round(price, 1)", "decimal"),
    ("floor(ratio) + ceil(price)", "int"),
    ("keys(prices)", "[text]"),
    ("values(prices)", "[decimal]"),
    ("sort(words, descending: true)", "[text at most 3]"),
    ('sort([case], by: "id")', "[Case at most 1]"),
    ("reverse(distinct(words))", "[text at most 3]"),
    ("flatten(rows)", "[int at most 6]"),
    ("range(1, 4)", "[int at most 3]"),
    ("range(count)", "[int]"),
    ("zip(words, many)", "[{ left: text, right: int } at most 3]"),
    ("succeeded(outcomes)", "[int at most 4]"),
    ("failed(outcomes)", "[error at most 4]"),
    ('join(words, ", ") + upper(lower(trim(name)))', "text"),
    ('split(name, "n")', "[text]"),
    ('contains(words, name) and starts_with(name, "A") and ends_with(name, "n")', "bool"),
    ('replace(truncate(name, 2), "A", "B")', "text"),
    ("text(count) + json_text(case)", "text"),
    ('int("3") + int(price * 10)', "int"),
    ('number("1.5")', "number"),
    ("decimal(ratio)", "decimal"),
    ('parse_json("[1]")', "json"),
    ("anything.a[0]", "json"),
    ("now()", "time"),
    ("uuid()", "text"),
]


@pytest.mark.parametrize(("expression", "spelling"), EXPECTED)
def test_the_type_of_an_expression(expression: str, spelling: str) -> None:
    assert spelled(type_of(expression, PARAMETERS, CASE)) == spelling


@pytest.mark.parametrize(("expression", "spelling"), [each for each in EXPECTED if each[1] not in ("[]", "null")])
def test_its_value_is_of_that_type(expression: str, spelling: str) -> None:
    analysis = clean(f"{CASE}\nflow main({PARAMETERS}) {{ let value = {expression} }}")
    (let,) = analysis.facts.all(Let)
    value = evaluate(let.value, SCOPE, Context(now=lambda: SCOPE["at"], uuid=lambda: "u"))
    written, types = _as_written(spelling)
    assert validate(value, written, types).problems == ()


def _as_written(spelling: str) -> tuple[Written, dict[str, Written]]:
    error = "type error { kind: text, message: text, step: text?, details: json }"
    parsed = parse(Source("type.flow", f"edition 1\n{CASE}\n{error}\ntype Spelled = {spelling}"))
    assert parsed.diagnostics == ()
    types = {each.name: each.type for each in parsed.module.declarations if isinstance(each, TypeDeclaration)}
    return types["Spelled"], types


def test_a_fraction_is_told_apart_from_a_decimal() -> None:
    assert type_of("0.5") == FRACTION
