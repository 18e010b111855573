"""Types out of JSON Schemas: what is read, and that all else is refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from dsl.definition.unseal import unseal
from dsl.values.validate import validate_record
from tests.linking.test_use import said, sealed, write

LINE = {"type": "object", "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}}}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Invoice",
    "type": "object",
    "additionalProperties": False,
    "required": ["number", "lines", "state"],
    "properties": {
        "number": {"type": "string", "pattern": "^R-", "maxLength": 12, "description": "As printed."},
        "state": {"enum": ["open", "paid"]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "maxItems": 9},
        "rate": {"type": ["number", "null"], "minimum": 0, "maximum": 0.5},
        "note": {"type": "string", "nullable": True},
        "before": {"$ref": "#"},
    },
    "$defs": {"line": {**LINE, "required": ["sku"]}},
}
WRITTEN = """type Invoice {
  ## As printed.
  number: text at most 12 matches "R-[\\\\s\\\\S]*"
  state: "open" | "paid"
  lines: [{ sku: text, count: int? at least 1 } at most 9]
  rate: number? at least 0 at most 0.5
  note: text?
  before: Invoice?
}
"""
FLOW = """agent read(page: text) -> Invoice { model "gpt-4o" prompt "{{ page }}" }
flow main(page: text) -> Invoice { step found = read(page) return found }
"""
DECLARED = 'type Invoice from "schemas/invoice.json"\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "steadflow.toml").touch()
    monkeypatch.chdir(tmp_path)
    Path("schemas").mkdir()


def put(schema: object, indent: int | None = None) -> None:
    text = schema if isinstance(schema, str) else json.dumps(schema, indent=indent)
    Path("schemas/invoice.json").write_text(text, encoding="utf-8")


def test_it_means_what_it_would_mean_written_by_hand() -> None:
    put(SCHEMA)
    write(main=DECLARED + FLOW, hand=WRITTEN + FLOW)
    assert said() == said("hand.flow") == []
    by_hand = sealed("hand.flow")
    assert sealed("main.flow").json == by_hand.json
    put({**SCHEMA, "title": "Another", "$comment": "laid out anew"}, indent=4)
    assert sealed("main.flow").hash == by_hand.hash
    put({**SCHEMA, "required": ["number"]})
    assert sealed("main.flow").hash != by_hand.hash


def test_it_comes_with_a_file_that_declares_it() -> None:
    put(SCHEMA)
    declared = 'type Invoice from "../schemas/invoice.json"'
    write(
        lib__types=declared,
        main='use "lib/types.flow"\n' + FLOW,
        hand=WRITTEN + FLOW,
    )
    assert said() == []
    assert sealed("main.flow").hash == sealed("hand.flow").hash
    put({"type": "object"})
    at = "`../schemas/invoice.json` is no schema that can be read: at `/`: an object says what `properties` it has"
    assert said() == [f"lib/types.flow: SF110 {at}"]


def field(**schema: object) -> dict[str, object]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    ("schema", "told"),
    {
        "no JSON": ("{", "at `/`: it is no JSON"),
        "a key twice": ('{"type": "object", "type": "array"}', "stands in one object twice"),
        "no schema": ("true", "at `/`: a schema is an object"),
        "one of": (field(oneOf=[]), "at `/properties/a/oneOf`: `oneOf` is not read here"),
        "neither a type": (field(const="x"), "at `/properties/a/const`: `const` is not read here"),
        "nothing at all": (field(title="Any"), "at `/properties/a`: a schema says one `type`"),
        "beside a type": (field(type="string", format="date"), "at `/properties/a/format`: `format` is not read here"),
        "of another kind": (field(type="string", minimum=3), "at `/properties/a/minimum`: `minimum` is not read here"),
        "several types": (field(type=["string", "integer"]), "at `/properties/a/type`: a schema says one `type`"),
        "no type": (field(type="text"), 'at `/properties/a/type`: there is no type "text"'),
        "numbers": (field(type="integer", enum=[1, 2]), "at `/properties/a/enum`: only texts can be listed"),
        "items": (
            field(type="array", items={"type": "string", "pattern": "a"}),
            "`/properties/a/items/pattern`: `pattern` counts",
        ),
        "no items": (field(type="array"), "at `/properties/a`: an array says what its `items` are"),
        "nothing": (
            field(type="array", items={"type": "string"}, maxItems=0),
            "`/properties/a/maxItems`: it is a whole",
        ),
        "look-around": (
            field(type="string", pattern="(?=a)"),
            "at `/properties/a/pattern`: this pattern cannot be read",
        ),
        "another file": ({"$ref": "line.json"}, "at `/$ref`: it leads out of the file"),
        "not there": (field(**{"$ref": "#/$defs/b"}), "at `/properties/a/$ref`: there is no `#/$defs/b`"),
        "beside a reference": (
            field(**{"$ref": "#", "minimum": 1}),
            "at `/properties/a/minimum`: `minimum` is not read",
        ),
        "open": ({**LINE, "additionalProperties": True}, "at `/additionalProperties`: only `false` is read"),
        "required": ({**LINE, "required": ["b"]}, "at `/required`: it lists names"),
        "a name": (
            {"type": "object", "properties": {"a/b c": {"type": "string"}}},
            "at `/properties/a~1b c`: no field",
        ),
        "a circle": (
            {**field(**{"$ref": "#/$defs/a"}), "$defs": {"a": field(**{"$ref": "#/$defs/a"})}},
            "at `/$defs/a/properties/a/$ref`: `#/$defs/a` contains itself",
        ),
    }.values(),
)
def test_anything_else_is_refused_with_its_place(schema: object, told: str) -> None:
    put(schema)
    write(main=DECLARED + FLOW)
    (only,) = said()
    assert only.startswith("main.flow: SF110 `schemas/invoice.json` is no schema that can be read: ")
    assert told in only


def test_a_reference_is_an_address() -> None:
    put({**field(**{"$ref": "#/$defs/a%20b~1c"}), "$defs": {"a b/c": {"type": "boolean"}}})
    write(main=DECLARED + FLOW, hand="type Invoice { a: bool? }\n" + FLOW)
    assert said() == []
    assert sealed("main.flow").hash == sealed("hand.flow").hash


def test_what_is_meant_in_many_places_has_an_end() -> None:
    once = {
        f"p{n}": {"type": "object", "properties": {f: {"$ref": f"#/$defs/p{n + 1}"} for f in "abcd"}} for n in range(9)
    }
    put({"$ref": "#/$defs/p0", "$defs": {**once, "p9": {"type": "string"}}})
    write(main=DECLARED + FLOW)
    assert [each for each in said() if "has more than 2,000 parts" in each] == said()
    put("[" * 100_000)
    assert len(said()) == 1


def test_its_path_is_one_of_the_project() -> None:
    write(main='type Invoice from "../out.json"\n' + FLOW)
    assert [each[:45] for each in said()] == ["main.flow: SF110 `../out.json` leads out of t"]
    write(main='type Invoice from "invoice.yaml"\n' + FLOW)
    assert said() == ["main.flow: SF110 `invoice.yaml` is no JSON file"]
    write(main='type Invoice from "gone.json"\n' + FLOW)
    assert said() == ["main.flow: SF110 there is no file `gone.json`"]


@pytest.mark.parametrize(
    ("pattern", "held", "refused"),
    [
        ("^a$", ["a"], ["aa", "b"]),
        ("a", ["a", "bab", "b\na\n"], ["b"]),
        ("^a", ["a", "ab"], ["ba"]),
        ("a$", ["ba"], ["ab"]),
        ("^a|b$", ["ax", "xb"], ["xax"]),
        (r"a\$", ["a$", "xa$x"], ["a"]),
    ],
)
def test_a_pattern_is_found_where_a_schema_says(pattern: str, held: list[str], refused: list[str]) -> None:
    put(field(type="string", pattern=pattern))
    write(main=DECLARED + "flow main(given: Invoice) -> Invoice { return given }")
    schema = unseal(sealed("main.flow").json, sealed("main.flow").hash)
    fields = schema.flows["main"].parameters
    for text, fits in [*((each, True) for each in held), *((each, False) for each in refused)]:
        checked = validate_record({"given": {"a": text}}, fields, schema.types)
        assert (not checked.problems) == fits, text
