"""Each function takes what its parameters say, by place and by name, and refuses anything else by its own name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dsl.ast.expressions import Chain, Row
from dsl.expressions.context import CONSTANT, Context, Evaluation, Meter
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions import FUNCTIONS, call
from dsl.expressions.json_reading import exact, parse, size_of_json
from dsl.expressions.values import Reference
from dsl.syntax.chains import kept_flat
from tests.expressions.reading import expression

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEPT = Reference("a" * 64, 9)
OUTCOMES: list[Any] = [{"ok": True, "value": 1}, {"ok": False, "error": "x"}]
TAKEN: dict[str, list[Any]] = {
    "len": [[1]],
    "last": [[1, 2], 1],
    "first": [[1, 2], 1],
    "sum": [[1, 2], 1],
    "min": [[1, 2]],
    "max": [[1, 2]],
    "keys": [{"a": 1}],
    "values": [{"a": 1}],
    "sort": [[{"a": 2}, {"a": 1}], "a", True],
    "reverse": [[1, 2]],
    "distinct": [[1, 1]],
    "flatten": [[[1]]],
    "range": [1, 3],
    "zip": [[1], [2]],
    "succeeded": [OUTCOMES],
    "failed": [OUTCOMES],
    "abs": [-1],
    "round": [Decimal("1.25"), 1],
    "floor": [1.5],
    "ceil": [1.5],
    "int": ["1"],
    "number": ["1"],
    "decimal": ["1"],
    "join": [["a"], ","],
    "split": ["a,b", ","],
    "lower": ["A"],
    "upper": ["a"],
    "trim": [" a"],
    "contains": ["ab", "b"],
    "starts_with": ["ab", "a"],
    "ends_with": ["ab", "b"],
    "replace": ["ab", "a", "c"],
    "truncate": ["abc", 2],
    "mask": ["abcdefgh", 2],
    "text": [1],
    "json_text": [1],
    "parse_json": ["1"],
    "split_lines": ["a"],
    "split_words": ["a"],
    "position": ["ab", "b"],
    "repeat": ["a", 2],
    "pad_start": ["a", 2, " "],
    "pad_end": ["a", 2, " "],
    "chunk": [[1, 2], 1],
    "enumerate": [[1]],
    "group": [[{"a": "x"}], "a"],
    "entries": [{"a": 1}],
    "map_of": [[{"key": "a", "value": 1}]],
    "merge": [{"a": 1}, {"b": 2}],
    "calendar": [AT, "Z"],
    "moment": [2026, 1, 2, 3, 4, 5, "Z"],
    "add_months": [AT, 1, "Z"],
    "start_of": [AT, "day", "Z"],
    "format_time": [AT, "YYYY", "Z"],
    "parse_time": ["2026", "YYYY", "Z"],
    "base64": ["a"],
    "from_base64": ["YQ=="],
    "url_encode": ["a"],
    "sha256": ["a"],
    "now": [],
    "uuid": [],
}
ANYTHING = {"text": [0], "json_text": [0], "sort": [2]}
"""Places in which any value will do."""
CONTEXT = Context(now=lambda: AT, uuid=lambda: "u")


def called(name: str, *given: Any, **named: Any) -> Any:
    return call(name, [*given], named, Evaluation(CONTEXT))


def refused(name: str, *given: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(EvaluationError) as caught:
        called(name, *given, **named)
    return caught.value.kind, caught.value.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_takes_its_arguments_by_place_and_by_name(name: str) -> None:
    given, function = TAKEN[name], FUNCTIONS[name]
    assert len(given) == len(function.parameters)
    found = called(name, *given)
    assert called(name, **dict(zip(function.parameters, given, strict=True))) == found
    for count in range(len(given) + 1):
        rest = dict(zip(function.parameters[count:], given[count:], strict=True))
        assert called(name, *given[:count], **rest) == found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_needs_so_many_and_takes_no_more(name: str) -> None:
    given, function = TAKEN[name], FUNCTIONS[name]
    if name != "sort":  # which orders texts, and no records
        called(name, *given[: function.required])
    for count in range(function.required):
        assert refused(name, *given[:count]) == ("InvalidArgument", f"`{name}` needs `{function.parameters[count]}`")
    if given:
        told = f"`{name}` has no argument `{function.parameters[0]}` that is still free"
        assert refused(name, *given, **{function.parameters[0]: given[0]}) == ("InvalidArgument", told)
    assert refused(name, *given, other=1)[1] == f"`{name}` has no argument `other` that is still free"
    if not function.variadic:
        told = f"`{name}` takes at most {len(given)} argument(s), not {len(given) + 1}"
        assert refused(name, *given, 1) == ("InvalidArgument", told)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if TAKEN[name]])
def test_it_refuses_what_is_something_else_and_looks_up_what_is_kept_elsewhere(name: str) -> None:
    given = TAKEN[name]
    for place in range(len(given)):
        if place in ANYTHING.get(name, ()) or (name in ("contains", "sum") and place == 1):
            continue
        wrong = [*given[:place], object(), *given[place + 1 :]]
        kind, message = refused(name, *wrong)
        assert kind == "TypeMismatch"
        assert "not object" in message
        kept = [*given[:place], KEPT, *given[place + 1 :]]
        with pytest.raises(NeedsReference):
            called(name, *kept)
        if given[place] is not None and FUNCTIONS[name].required > place:
            null = [*given[:place], None, *given[place + 1 :]]
            assert refused(name, *null)[0] == "NullValue"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("flatten", [[1]]),
        ("join", [["a", 1]]),
        ("sort", [[{"a": 1}, 7], "a"]),
        ("group", [[{"a": 1}], "a"]),
        ("group", [[7], "a"]),
        ("map_of", [[{"key": 1, "value": 1}]]),
        ("map_of", [[7]]),
        ("succeeded", [[{"ok": 1, "value": 1}]]),
        ("failed", [[7]]),
        ("min", [[1, "a"]]),
        ("max", [1, "a"]),
        ("sort", [[1, "a"]]),
        ("sum", [[1, "a"]]),
        ("sum", [[[1], [2]]]),
        ("contains", ["a", 1]),
        ("abs", [True]),
        ("round", [True]),
        ("range", [True]),
        ("repeat", ["a", True]),
    ],
)
def test_so_it_does_with_what_is_in_it(name: str, given: list[Any]) -> None:
    assert refused(name, *given)[0] == "TypeMismatch"


@pytest.mark.parametrize(
    ("name", "given"),
    [("sort", [[{"a": 1}, {}], "a"]), ("group", [[{}], "a"]), ("map_of", [[{"key": "a"}]]), ("failed", [[{}]])],
)
def test_a_field_that_is_not_there_is_named(name: str, given: list[Any]) -> None:
    kind, message = refused(name, *given)
    assert kind == "NotFound"
    assert message.startswith("there is no field `")


def test_what_is_equal_is_distinct_once_where_it_stood_first() -> None:
    for items, found in (
        ([], []),
        ([1], [1]),
        ([1, 1.0, Decimal(1), True, "1"], [1, True, "1"]),
        ([[1], [1.0], [2]], [[1], [2]]),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}, {"a": 1}], [{"a": 1, "b": 2}, {"a": 1}]),
        ([0.0, 0, Decimal("0.0")], [0.0]),
        ([None, None, False], [None, False]),
        ([AT, AT, timedelta(1)], [AT, timedelta(1)]),
    ):
        shown = called("distinct", items)
        assert [(type(each), each) for each in shown] == [(type(each), each) for each in found]


ROWS = ['a + b + c + d + "x"', "a + (b + c) + d", "a + b + c + d + a + b + c + d"]


@pytest.mark.parametrize("text", ROWS)
def test_a_row_of_texts_and_of_lists_is_put_together_in_its_order(text: str) -> None:
    texts = {"a": "1", "b": "2", "c": "", "d": "4"}
    flat = kept_flat(expression(text), 2)
    assert type(flat) is Row
    assert evaluate(flat, texts, CONSTANT) == evaluate(expression(text), texts, CONSTANT) == eval(text, texts)
    if '"x"' not in text:
        lists = {name: [each] * len(each) for name, each in texts.items()}
        assert evaluate(flat, lists, CONSTANT) == eval(text, lists)


def test_a_row_of_numbers_goes_from_the_left() -> None:
    scope = {"a": 1, "b": 2.5, "c": Decimal("0.5"), "d": 4}
    flat = kept_flat(expression("a + b - c + d - a"), 2)
    assert evaluate(flat, scope, CONSTANT) == 1 + 2.5 - 0.5 + 4 - 1
    with pytest.raises(EvaluationError, match=r"`\+` cannot be used with a text and an int"):
        evaluate(kept_flat(expression('"x" + "y" + a + "z"'), 2), {"a": 1}, CONSTANT)


def test_a_row_is_paid_for_as_it_is_put_together() -> None:
    for text, steps in (("a + b + c", 3 * 640 // 64), ("x + y + x", 30)):
        meter = Meter()
        scope = {"a": "1" * 640, "b": "2" * 640, "c": "3" * 640, "x": [1] * 10, "y": [2] * 10}
        evaluate(kept_flat(expression(text), 2), scope, replace(CONSTANT, meter=meter))
        assert meter.spent == steps


@pytest.mark.parametrize(("n", "found"), [(1, "one"), (2, "two"), (3, "three"), (4, "more")])
def test_of_a_chain_the_first_way_that_holds(n: int, found: str) -> None:
    text = 'if n == 1 then "one" else if n <= 2 then "two" else if n <= 3 then "three" else "more"'
    flat = kept_flat(expression(text), 2)
    assert type(flat) is Chain
    assert evaluate(flat, {"n": n}, CONSTANT) == evaluate(expression(text), {"n": n}, CONSTANT) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "b": 2, "b": 3}', 'the key "b" stands twice in one object'),
        ('{"a": {"c": 1, "c": 1}}', 'the key "c" stands twice in one object'),
        ("NaN", "NaN is no number"),
        ("-Infinity", "-Infinity is no number"),
        ("1e999", "a number that is too large"),
        (str(2**63), "an int of more than 64 bits"),
        (str(-(2**63) - 1), "an int of more than 64 bits"),
        ("1" * 21, "an int of more than 64 bits"),
    ],
)
def test_what_no_json_has(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_numbers_of_json_up_to_their_ends() -> None:
    for number in 2**63 - 1, -(2**63), 0:
        assert parse(str(number)) == number
    assert str(parse("-0.0")) == "0.0"
    assert exact("[1.50, 2]") == [Decimal("1.50"), 2]
    assert size_of_json('[1, {"a": [2, 3]}]') == 18 // 16 + 2 + 2 + 1
    with pytest.raises(ValueError, match="surrogates"):
        parse('"\\ud800"')
    assert parse('"\\ud83d\\ude00"') == "😀"
