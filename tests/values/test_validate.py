"""Values against types: tests/cases/values/validate.yaml, and what JSON cannot say."""

import difflib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dsl.ast.types import NamedType
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import NeedsReference
from dsl.expressions.values import Reference
from dsl.values.basic import DECODERS
from dsl.values.codec import dump
from dsl.values.problems import MOST_PROBLEMS
from dsl.values.validate import converting, validate, validate_record
from tests.values.reading import from_json, tool, type_, types
from tests.yaml_files import read

DATA = read(Path(__file__).parents[1] / "cases" / "values" / "validate.yaml")
TYPES = types(DATA["types"])


def cases(section: str) -> list[Any]:
    return [
        pytest.param(text, value, expected, id=f"{text}: {value}")
        for text, each in DATA["cases"].items()
        for value, expected in each[section].items()
    ]


@pytest.mark.parametrize(("text", "value", "expected"), cases("fits"))
def test_fits(text: str, value: str, expected: Any) -> None:
    checked = validate(from_json(value), type_(text), TYPES)
    assert checked.problems == ()
    assert repr(dump(checked.value)) == repr(expected)


@pytest.mark.parametrize(("text", "value", "expected"), cases("fits"))
def test_what_was_decoded_fits_again_as_it_is(text: str, value: str, expected: Any) -> None:
    decoded = validate(from_json(value), type_(text), TYPES).value
    assert validate(decoded, type_(text), TYPES) == validate(from_json(value), type_(text), TYPES)


@pytest.mark.parametrize(("text", "value", "expected"), cases("fits"))
def test_it_does_not_matter_how_the_json_was_parsed(text: str, value: str, expected: Any) -> None:
    if text != "decimal" or "12.50" not in value:  # a float has lost the last zero
        assert repr(dump(validate(json.loads(value), type_(text), TYPES).value)) == repr(expected)


@pytest.mark.parametrize(("text", "value", "expected"), cases("not"))
def test_does_not_fit(text: str, value: str, expected: str | list[str]) -> None:
    checked = validate(from_json(value), type_(text), TYPES)
    assert [str(problem) for problem in checked.problems] == ([expected] if isinstance(expected, str) else expected)


@pytest.mark.parametrize(("text", "value", "expected"), cases("fits"))
def test_what_is_received_and_fits_is_the_same(text: str, value: str, expected: Any) -> None:
    assert validate(from_json(value), type_(text), TYPES, received=True) == validate(
        from_json(value), type_(text), TYPES
    )


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("{ id: int, name: text }", '{"tags": [], "id": 1, "name": "Rex"}', {"id": 1, "name": "Rex"}),
        ("[{ a: { b: int } }]", '[{"a": {"b": 1, "c": 2}, "d": 3}]', [{"a": {"b": 1}}]),
        ("map[{ a: int }]", '{"x": {"a": 1, "b": 2}}', {"x": {"a": 1}}),
        ("{ a: int }?", '{"a": 1, "b": 2}', {"a": 1}),
        ('{ kind: "a", n: int } | { kind: "b" }', '{"kind": "b", "n": 1}', {"kind": "b"}),
        ("{ a: int } | { a: int, b: int }", '{"a": 1, "b": 2}', {"a": 1, "b": 2}),
        ("{ a: int } | { a: int, b: int }", '{"a": 1, "b": 2, "c": 3}', {"a": 1}),
        ("{ x: json }", '{"x": {"any": 1}}', {"x": {"any": 1}}),
        ("{ id: int, more: int = 7 }", '{"id": 1, "mor": 2}', {"id": 1, "more": 7}),
    ],
)
def test_what_is_received_may_hold_more(text: str, value: str, expected: Any) -> None:
    checked = validate(from_json(value), type_(text), TYPES, received=True)
    assert (checked.problems, checked.value) == ((), expected)
    assert validate(from_json(value), type_(text), TYPES).problems or checked.value == from_json(value)


@pytest.mark.parametrize(
    ("text", "value", "told"),
    [
        ("{ id: int }", '{"idd": 1}', ["id: is missing", "idd: unknown field; did you mean `id`?"]),
        ("{ id: int }", '{"id": "1", "x": 1}', ['id: expected an int, not "1"', "x: unknown field"]),
        ("[{ id: int at most 3 }]", '[{"id": 4}, {"id": 1, "x": 1}]', ["[0].id: at most 3 is allowed, not 4"]),
    ],
)
def test_what_is_received_still_has_all_that_its_type_names(text: str, value: str, told: list[str]) -> None:
    checked = validate(from_json(value), type_(text), TYPES, received=True)
    assert [str(problem) for problem in checked.problems] == told


@pytest.mark.parametrize("text", ["int", '"a" | "b"', "map[int]", "{ a: int }", "time", "[duration]"])
def test_half_a_character_does_not_get_into_what_is_said_of_it(text: str) -> None:
    """A message with one could not be put on record."""
    for value in ("a\ud83d", {"a\ud83d": "\ud83d"}, ["\ud83d"], {"a": "\ud83d"}):
        problems_found = validate(value, type_(text), {}).problems
        assert problems_found
        assert all(str(problem).encode() for problem in problems_found)


@pytest.mark.parametrize("text", ["json", "number"])
def test_what_is_no_number_is_not_called_too_large(text: str) -> None:
    (problem,) = validate(float("nan"), type_(text), {}).problems
    assert problem.message == "NaN is no number"


def test_a_reference_is_accepted_unseen() -> None:
    reference = Reference("aa", 5)
    record = type_("{ id: int, body: text }")
    assert validate({"id": 1, "body": reference}, record, {}).value["body"] is reference
    assert validate(reference, record, {}).problems == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("text", True),
        ("[text]", True),
        ("[[int]]?", True),
        ("file", True),
        ("number", False),
        ("decimal", False),
        ("json", False),
        ("[number]", False),
        ("map[text]", False),
        ("Tree", False),
        ("{ a: text }", False),
    ],
)
def test_a_large_value_is_looked_into_where_its_form_may_change(text: str, kept: bool) -> None:
    """An `int` becomes a `number`: what lies elsewhere is fetched for that, and for nothing else."""
    reference = Reference("aa", 5)
    widen = converting(CONSTANT, TYPES).widen
    if kept:
        assert widen(reference, type_(text)) is reference
    else:
        with pytest.raises(NeedsReference):
            widen(reference, type_(text))


def test_data_is_never_a_reference() -> None:
    data = {"$ref": "aa", "$size": 5}
    for text, outside in (("json", data), ("json", [{"a": data}]), ("map[json]", {"a": data}), ("map[json]", data)):
        checked = validate(outside, type_(text), {})
        assert (checked.problems, checked.value) == ((), outside)
    (problem,) = validate(data, type_("text"), {}).problems
    assert problem.message == "expected text, not a record"


def test_what_a_flow_puts_into_json_takes_its_form_on_the_wire() -> None:
    value = {"at": datetime(2026, 1, 1, tzinfo=UTC), "wait": timedelta(hours=1), "price": Decimal("12.50")}
    expected = {"at": "2026-01-01T00:00:00Z", "wait": "1h", "price": 12.5}
    assert validate(value, type_("json"), {}).value == expected


def test_times_are_told_in_utc() -> None:
    local = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert validate(local, type_("time"), {}).value == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert validate(local.replace(tzinfo=None), type_("time"), {}).problems != ()


@pytest.mark.parametrize("text", ["json", "Tree"])
def test_depth_is_a_problem_not_a_crash(text: str) -> None:
    value: Any = {"name": "a", "children": []}
    for _ in range(300):
        value = {"name": "a", "children": [value]}
    (problem, *_) = validate(value, type_(text), TYPES).problems
    assert problem.message == "this value is nested more than 100 deep"


def test_a_long_list_of_mistakes_is_cut_off() -> None:
    assert len(validate(["a"] * 1000, type_("[int]"), {}).problems) == MOST_PROBLEMS


@pytest.mark.parametrize(("text", "one"), [("int", 7), ("text", "a"), ("bool", True), ("Word", "a")])
def test_a_list_of_plain_items_is_seen_at_once(text: str, one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is validated with each item that it gets, so item by item a list that grows would take ever longer."""
    for name in ("int", "text", "bool"):
        monkeypatch.setitem(DECODERS, name, lambda *_: pytest.fail("item by item"))
    checked = validate([one] * 1000, type_(f"[{text}]"), types("type Word = text"))
    assert (checked.value, checked.problems) == ([one] * 1000, ())


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("int", True),
        ("int", 2**63),
        ("int", -(2**63) - 1),
        ("int", 1.5),
        ("text", "\ud83d"),
        ("text", None),
        ("bool", 1),
    ],
)
def test_one_odd_item_among_plain_ones_is_found(text: str, odd: Any) -> None:
    plain = {"int": 7, "text": "a", "bool": True}[text]
    (problem,) = validate([plain] * 10 + [odd], type_(f"[{text}]"), {}).problems
    assert problem.place == "[10]"


def test_what_comes_after_so_many_mistakes_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of megabytes is validated within one workflow task, and each hint takes as long as a hundred items."""
    asked: list[str] = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda word, *_, **__: asked.append(word))
    for value, text in (["alphx"] * 1000, '["alpha" | "beta"]'), ([{"kind": "c"}] * 1000, "[Named]"):
        named = types('type Named = { kind: "a" } | { kind: "b" }')
        assert len(validate(value, type_(text), named).problems) == MOST_PROBLEMS
    assert len(asked) == 2 * MOST_PROBLEMS


@pytest.mark.parametrize("text", ['"alpha" | "beta"', "map[int]", "{ a: int }"])
def test_a_message_about_a_long_text_is_short(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difflib, "get_close_matches", lambda *_, **__: pytest.fail("it takes long"))
    word = "alpha" * 100_000
    for value in (word, {word: "x"}, {word + "!": "x"}):
        assert all(len(str(problem)) < 300 for problem in validate(value, type_(text), {}).problems)


def test_parameters_are_validated_as_a_record() -> None:
    parameters, _ = tool("(id: text, count: int at least 1 = 2)")
    assert validate_record({"id": "a"}, parameters, {}).value == {"id": "a", "count": 2}
    (problem,) = validate_record({"id": "a", "count": 0}, parameters, {}).problems
    assert str(problem) == "count: at least 1 is required, not 0"


def test_a_default_that_has_no_value_is_a_problem() -> None:
    (problem,) = validate({}, type_("{ at: time = now() }"), {}).problems
    assert str(problem) == "at: the default has no value: a constant cannot use now() or uuid()"


@pytest.mark.parametrize("zero", [Decimal("-0"), Decimal("-0.0"), "-0", "-0.0", -0.0, 0])
def test_there_is_one_zero_however_it_was_written(zero: Any) -> None:
    """A number with its digits, as another worker writes it, and a text give the same decimal."""
    value = validate(zero, type_("decimal"), {}).value
    assert not value.is_signed()


@pytest.mark.parametrize("digits", ["1e999999999", "-1e999999999", "1e-999999999", "1e6145"])
@pytest.mark.parametrize("type_", ["decimal", "int", "number", "text", "bool", "time", "duration", "json"])
def test_a_number_of_a_gigabyte_of_digits_is_told_by_its_kind(digits: str, type_: str) -> None:
    """What a model or a tool writes in eleven characters held a run's thread for ever."""
    checked = validate(Decimal(digits), NamedType(type_), {})
    assert len(str(checked.problems)) < 200
