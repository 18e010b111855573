"""What is made up for a schema: from which values it is taken, how deep it goes, and what it leans towards."""

import json
import re
from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.rehearsal import DEEPEST, MadeUpFile, RehearsalProvider, made_up

NAMES = [f"name {number}" for number in range(300)]
ITSELF = {"$ref": "#/$defs/Itself"}
NULL = {"type": "null"}


def all_of(schema: Any) -> list[Any]:
    return [made_up(name, schema) for name in NAMES]


async def answered(schema: Any, prompt: str, **changes: Any) -> Any:
    return (await RehearsalProvider().chat(ChatRequest("triage", "m", prompt, schema=schema, **changes))).output


@pytest.mark.parametrize(
    ("bounds", "low", "high"),
    [
        ({}, 1, 10),
        ({"minimum": 5}, 5, 15),
        ({"maximum": 5}, -5, 5),
        ({"minimum": 0, "maximum": 10}, 8, 10),
        ({"minimum": -100, "maximum": 100}, 60, 100),
        ({"minimum": 3, "maximum": 3}, 3, 3),
        ({"minimum": 3, "maximum": 4}, 4, 4),
        ({"exclusiveMinimum": 3, "exclusiveMaximum": 5}, 4, 4),
        ({"exclusiveMinimum": 5}, 6, 16),
        ({"exclusiveMaximum": 5}, -6, 4),
        ({"minimum": 5, "exclusiveMinimum": 2}, 5, 15),
        ({"minimum": 2, "exclusiveMinimum": 5}, 6, 16),
        ({"maximum": 5, "exclusiveMaximum": 9}, -5, 5),
        ({"maximum": 9, "exclusiveMaximum": 5}, -6, 4),
    ],
    ids=str,
)
def test_a_whole_number_is_one_of_the_upper_part_and_any_of_these(bounds: Any, low: int, high: int) -> None:
    assert set(all_of({"type": "integer", **bounds})) == set(range(low, high + 1))


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"minimum": 0, "maximum": 0.05}, {0.04, 0.05}),
        ({"minimum": 7, "maximum": 7.05}, {7.04, 7.05}),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 0.02}, {0.01}),
        ({"minimum": 0.123, "maximum": 0.124}, {0.1238}),
        ({"minimum": 0.001, "maximum": 0.002}, {0.0018}),
        ({"maximum": 0.001, "minimum": -0.001}, {0.001, 0.0006}),
    ],
    ids=str,
)
def test_a_number_too_and_has_two_places_where_its_bounds_leave_that(bounds: Any, found: set[float]) -> None:
    made = set(all_of({"type": "number", **bounds}))
    assert {round(each, 12) for each in made} <= found
    if "exclusiveMinimum" not in bounds:
        decimal = {"type": ["string", "number"], "pattern": "^[0-9.]+$", **bounds}
        assert {round(each, 12) for each in all_of(decimal)} <= found, "only as a number it keeps to its bounds"


def test_a_number_without_bounds_has_places_and_is_spread() -> None:
    made = all_of({"type": "number"})
    assert all(round(each, 2) == each and 1 <= each <= 10 for each in made)
    assert len(set(made)) > 200
    assert any(round(each, 1) != each for each in made)
    assert any(each < 1.5 for each in made)
    assert any(each > 9.5 for each in made)


@pytest.mark.parametrize(
    ("bounds", "prompt", "found"),
    [
        ({}, "It was 49.90 and then 7.50.", 49.9),
        ({"minimum": 49.9}, "It was 49.90.", 49.9),
        ({"exclusiveMinimum": 49.89}, "It was 49.90.", 49.9),
    ],
)
async def test_a_number_is_the_one_that_the_prompt_mentions(bounds: Any, prompt: str, found: float) -> None:
    assert await answered({"type": "number", **bounds}, prompt) == found


@pytest.mark.parametrize("bounds", [{"minimum": 50}, {"maximum": 60}, {"exclusiveMinimum": 49.9}])
async def test_unless_that_is_below_its_least_or_it_has_a_most(bounds: Any) -> None:
    made = await answered({"type": "number", **bounds}, "It was 49.90.")
    assert made != 49.9
    assert made >= 50


async def test_a_choice_is_what_the_prompt_mentions_first_as_a_word() -> None:
    kinds = {"enum": ["refund", "bug", None, "question", 7]}
    assert await answered(kinds, "No question, a REFUND.") == "question"
    assert await answered(kinds, "7 bugs, one Bug") == 7
    assert await answered({"anyOf": [{"const": each} for each in ("up", "down")]}, "slow down, then up") == "down"
    assert await answered({"oneOf": [{"const": each} for each in ("up", "down")]}, "slow down, then up") == "down"
    free = {await answered(kinds, f"prompt{number}x") for number in range(60)}
    assert free == {"refund", "bug", None, "question", 7}


def test_of_several_forms_one_that_is_not_null() -> None:
    forms = [{"type": "integer", "minimum": 1, "maximum": 1}, NULL, {"const": "x"}]
    assert set(all_of({"anyOf": forms})) == set(all_of({"oneOf": forms})) == {1, "x"}
    assert set(all_of({"anyOf": [NULL]})) == {None}
    assert set(all_of({"type": "null"})) == {None}
    assert set(all_of({"type": ["null", "boolean"]})) == {True}
    assert set(all_of({"type": ["null"]})) == {None}
    assert set(all_of({"const": None})) == {None}
    assert made_up("a", None) is None


def depth(value: Any) -> int:
    inner = [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


@pytest.mark.parametrize(
    ("itself", "levels"),
    [
        ({"type": "object", "properties": {"next": ITSELF}}, DEEPEST + 1),
        ({"properties": {"next": ITSELF}}, DEEPEST + 1),
        ({"type": "array", "items": ITSELF}, DEEPEST + 1),
        ({"type": "object", "additionalProperties": ITSELF}, DEEPEST + 1),
        ({"type": "object", "properties": {"next": {"anyOf": [ITSELF, NULL]}}, "required": ["next"]}, DEEPEST // 2 + 1),
        ({"type": "object", "properties": {"next": {"oneOf": [NULL, ITSELF]}}, "required": ["next"]}, DEEPEST // 2 + 1),
        (
            {"type": "object", "properties": {"next": {"type": "array", "items": ITSELF}}, "required": ["next"]},
            DEEPEST + 2,
        ),
    ],
    ids=str,
)
def test_what_holds_itself_ends_at_its_deepest_and_not_before(itself: Any, levels: int) -> None:
    schema = {**ITSELF, "$defs": {"Itself": itself}}
    assert depth(made_up("a", schema)) == levels


def test_what_must_be_there_is_at_any_depth() -> None:
    inner: dict[str, Any] = {
        "type": "object",
        "properties": {"must": {"type": "boolean"}, "may": {"type": "boolean"}},
        "required": ["must"],
    }
    lists: dict[str, Any] = {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 2}
    for levels, found in (DEEPEST - 1, {"must": True, "may": True}), (DEEPEST, {"must": True}):
        value, least = made_up("a", _within(inner, levels)), made_up("a", _within(lists, levels))
        for _ in range(levels):
            value, least = value["x"], least["x"]
        assert (value, least) == (found, [True, True])


def _within(schema: Any, levels: int) -> Any:
    for _ in range(levels):
        schema = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    return schema


def test_a_record_has_its_fields_and_a_map_one_entry() -> None:
    fields = {"b_c": {"type": "string"}, "a": {"type": "boolean"}}
    assert made_up("n", {"type": "object", "properties": fields}) == {"b_c": "rehearsed b c", "a": True}
    both = {"type": "object", "properties": fields, "additionalProperties": {"type": "boolean"}}
    assert made_up("n", both) == {"b_c": "rehearsed b c", "a": True}
    assert made_up("its_map", {"type": "object", "additionalProperties": {"type": "boolean"}}) == {
        "rehearsed its map": True
    }
    for closed in (True, False):
        assert made_up("n", {"type": "object", "additionalProperties": closed}) == {}


@pytest.mark.parametrize(
    ("bounds", "lengths"),
    [
        ({}, {1, 2, 3}),
        ({"minItems": 0, "maxItems": 0}, {0}),
        ({"maxItems": 1}, {1}),
        ({"maxItems": 2}, {1, 2}),
        ({"minItems": 2}, {2, 3}),
        ({"minItems": 5}, {5}),
        ({"minItems": 2, "maxItems": 9}, {2, 3}),
    ],
    ids=str,
)
def test_a_list_is_short_and_empty_only_where_it_must_be(bounds: Any, lengths: set[int]) -> None:
    assert {len(each) for each in all_of({"type": "array", "items": {"type": "boolean"}, **bounds})} == lengths


def test_items_are_counted_and_the_keys_of_a_map_as_well() -> None:
    assert made_up("lines", {"type": "array", "items": {"type": "string"}, "minItems": 3}) == [
        f"rehearsed line {number}" for number in (1, 2, 3)
    ]
    entry = {"type": "object", "properties": {"key": {"const": "k"}, "value": {"const": 1}}}
    made = made_up("lines", {"type": "array", "items": entry, "minItems": 2, "maxItems": 2})
    assert made == [{"key": "k 1", "value": 1}, {"key": "k 2", "value": 1}]
    alone = {"type": "object", "properties": {"key": {"const": "k"}}}
    assert made_up("lines", {"type": "array", "items": alone, "minItems": 1, "maxItems": 1}) == [{"key": "k"}]
    assert len(made_up("lines", {"type": "array"})) in (1, 2, 3)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, "rehearsed my name"),
        ({"minLength": 20}, "rehearsed my name..."),
        ({"minLength": 17}, "rehearsed my name"),
        ({"maxLength": 9}, "rehearsed"),
        ({"maxLength": 0}, ""),
        ({"description": "at least 19 characters"}, "rehearsed my name.."),
        ({"description": "It is at most 12 characters long"}, "rehearsed my"),
        ({"description": "at least 2 and at most 12 characters"}, "rehearsed my"),
        ({"description": "at least 19 and at most 40 characters"}, "rehearsed my name.."),
        ({"description": "at least 30 characters", "minLength": 18}, "rehearsed my name."),
        ({"description": "at most 3 characters", "maxLength": 9}, "rehearsed"),
        ({"description": "a JSON text"}, '"rehearsed my name"'),
        ({"format": "date"}, "2026-01-01"),
        ({"format": "date-time"}, "2026-01-01T12:00:00Z"),
        ({"format": "duration"}, "PT1H"),
        ({"format": "email"}, "rehearsed@example.com"),
        ({"format": "uri"}, "https://example.com/rehearsed"),
        ({"format": "uuid"}, "00000000-0000-4000-8000-000000000000"),
        ({"format": "something"}, "rehearsed my name"),
        ({"pattern": "^abc$", "format": "date"}, "abc"),
        ({"pattern": "(oops", "format": "date"}, "2026-01-01"),
        ({"pattern": "^$"}, ""),
    ],
    ids=str,
)
def test_a_text(schema: Any, text: str) -> None:
    assert made_up("my_name", {"type": "string", **schema}) == text


async def test_an_amount_of_the_prompt_is_taken_where_the_pattern_takes_it() -> None:
    amount = {"type": "string", "pattern": r"^\d+\.\d\d$"}
    assert await answered(amount, "From 1.5 to 49.90 or 7.25.") == "49.90"
    assert re.fullmatch(r"\d\.\d\d", await answered(amount, "From 1.5."))


@pytest.mark.parametrize(
    ("pattern", "file"),
    [
        (None, MadeUpFile("rehearsed my scan.png", "image/png")),
        ("^image/", MadeUpFile("rehearsed my scan.png", "image/png")),
        ("^application/", MadeUpFile("rehearsed my scan.pdf", "application/pdf")),
        ("^(text|application)/", MadeUpFile("rehearsed my scan.pdf", "application/pdf")),
        ("^audio/", MadeUpFile("rehearsed my scan.txt", "text/plain")),
    ],
)
def test_a_file_is_of_the_first_media_type_that_may_be(pattern: str | None, file: MadeUpFile) -> None:
    told = {"type": "string", "format": "file"} | ({"pattern": pattern} if pattern else {})
    assert made_up("my_scan", told) == file


@pytest.mark.parametrize(("sent", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("éé", 1), ("ééé", 2)])
async def test_a_token_has_four_bytes(sent: str, tokens: int) -> None:
    told = await RehearsalProvider().chat(ChatRequest("a", "m", sent))
    assert told.usage.input_tokens == tokens
    twice = await RehearsalProvider().chat(ChatRequest("a", "m", sent, instructions=sent * 2, feedback=sent))
    assert twice.usage.input_tokens == -(-len(sent.encode()) * 4 // 4)


@pytest.mark.parametrize("most", [1, 7, 8, 9])
async def test_an_answer_is_counted_as_it_is_written_up_to_its_most(most: int) -> None:
    told = await RehearsalProvider().chat(ChatRequest("abc", "m", "x", max_output_tokens=most))
    assert len(json.dumps(told.output)) == 25
    assert told.usage.output_tokens == min(7, most)
