"""Definitions as JSON and YAML: there and back, what YAML may not do, and what is told of what is no definition."""

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dsl.decompiling import yaml_form
from dsl.decompiling.data import read, written
from dsl.decompiling.forms import Format, format_of
from dsl.decompiling.unreadable import LONGEST, Unreadable
from dsl.definition.schema import definition_schema
from dsl.definition.unseal import unseal
from tests.decompiling.trips import ROOT, analysed, sealed_flows

TEXT = """edition 1
type Note { amount: decimal at least 0.50, kind: "no" | "1e3" | "2026-01-01", text: text = "yes" }
tool bank.pay(amount: decimal, to: text) -> { id: text } irreversible keyed final
tool notes.find(q: text) -> [Note] at most 5 read
agent writer(topic: text) -> text {
  model "gpt-4o"
  prompt \"\"\"
    Of {{ topic }}:
      be short.
    \"\"\"
}
flow main(topic: text, amount: decimal) -> text budget 1.50 usd, 20k tokens, 3d {
  step found = notes.find(q: topic)
  step said = writer(topic)
  await approval pay "Pay {{ amount }}?" { show amount, topic from "boss" timeout 1d then reject }
  if not pay.approved { return "no" }
  step paid = bank.pay(amount: amount, to: topic)
  return said
}
"""
(SEALED,) = sealed_flows(analysed(TEXT))
DEFINITION = unseal(SEALED.json)
FORMS: tuple[Format, ...] = ("json", "yaml")
LOADERS = [yaml.SafeLoader, yaml.CSafeLoader]


def plain() -> Any:
    return json.loads(SEALED.json)


def refused(text: str, form: Format = "json") -> Unreadable:
    with pytest.raises(Unreadable) as error:
        read(text, form, "x")
    assert error.value.help or error.value.pointer
    return error.value


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read_as_the_same_definition(form: Format) -> None:
    found = read(written(DEFINITION, form), form, "main")
    assert found.definition == DEFINITION
    assert (found.definition.hash, SEALED.hash) == (SEALED.hash, found.definition.hash)
    assert "bank.pay(amount: amount, to: topic)" in found.text


def test_both_say_the_same_to_any_reader_and_fit_the_schema() -> None:
    validator = Draft202012Validator(definition_schema())
    for name in ("support", "research", "conversation", "notes"):
        path = ROOT / "examples" / f"{name}.flow"
        for sealed in sealed_flows(analysed(path.read_text(encoding="utf-8"), path)):
            definition = unseal(sealed.json)
            as_json, as_yaml = json.loads(written(definition, "json")), yaml.safe_load(written(definition, "yaml"))
            assert as_json == as_yaml == json.loads(sealed.json)
            validator.validate(as_json)


def test_what_yaml_could_take_for_something_else_is_in_quotes() -> None:
    lines = [line.strip() for line in written(DEFINITION, "yaml").splitlines()]
    for line in ('value: "no"', 'value: "1e3"', 'value: "2026-01-01"', 'value: "yes"', '"$decimal": "0.50"'):
        assert line in lines
    assert '"$decimal": "1.50"' in lines


@pytest.mark.parametrize("loader", LOADERS)
def test_words_without_quotes_are_what_stands_there(loader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_form, "_LOADER", loader)
    text = written(DEFINITION, "yaml")
    bare = re.sub(r'"(no|1e3|2026-01-01|yes|0\.50|1\.50)"', r"\1", text)
    assert bare != text
    assert read(bare, "yaml", "x").definition.hash == SEALED.hash
    whole = text.replace('"1.50"', "2")
    assert '"1.50"' in text
    assert "with its digits in quotes" in str(refused(whole, "yaml").help)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("format: 1", "format: &one 1"), "an anchor, in line 1"),
        (("edition: 1", "edition: *one"), "an alias, in line 2"),
        (("edition: 1", "edition: !!int 1"), "the tag"),
        (("edition: 1", "edition: 1\nedition: 1"), "`edition` a second time"),
        (("edition: 1", "edition: 1\n<<: {}"), "a definition has no `<<`, at `/<<`"),
        (("edition: 1", "edition: 1.0"), 'the edition "1.0" is not known, at `/edition`'),
        (("edition: 1", "edition: no"), 'the edition "no" is not known'),
        (("edition: 1", "? [a]\n: 1"), "a key that is no text"),
        (("format: 1", "format: 1\n---\nformat: 1"), "a second document"),
        (("format: 1", "format: [1"), "this is no YAML"),
        (("format: 1", "format: \x00"), "this is no YAML"),
    ],
    ids=lambda each: each[1][:20] if isinstance(each, tuple) else "",
)
@pytest.mark.parametrize("loader", LOADERS)
def test_what_yaml_may_not_do_here(
    change: tuple[str, str], said: str, loader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_form, "_LOADER", loader)
    assert said in str(refused(written(DEFINITION, "yaml").replace(*change, 1), "yaml"))


@pytest.mark.parametrize("text", ["[" * 5_000, "{a: " * 5_000, "- " * 5_000, "[" * 5_000 + "]" * 5_000])
def test_what_is_nested_without_end_is_refused(text: str) -> None:
    assert re.search("inside of each other|nesting", str(refused(text, "yaml")))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "null", '"x"', "[" * 100_000, '{"a": 1.5}', '{"a": NaN}', '{"a": 1, "a": 2}', "{", "9" * 5_000],
)
def test_what_is_no_form_at_all_is_refused(text: str) -> None:
    refused(text)


BODY = ("flows", "main", "body", "statements")
RETURNED = "/flows/main/body/statements/5/value"


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(form: Any) -> None:
        *above, last = path
        for each in above:
            form = form[each]
        form[last] = value

    return change


def without(*path: Any) -> Callable[[Any], None]:
    def change(form: Any) -> None:
        *above, last = path
        for each in above:
            form = form[each]
        del form[last]

    return change


def deep(form: Any) -> None:
    value: Any = {"node": "Literal", "value": True}
    for _ in range(450):
        value = {"node": "Unary", "operator": "not", "operand": value}
    form["flows"]["main"]["body"]["statements"][-1]["value"] = value


HOSTILE: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "a part that is none": (put("flow_s", value={}), "/flow_s", "did you mean `flows`?"),
    "a missing part": (without("agents"), "", "a definition has format"),
    "a later form": (put("format", value=2), "/format", "newer version"),
    "another flow": (put("flow", value="other"), "/flow", "name the flow"),
    "another name": (put("tools", "bank.pay", "name", value="x"), "/tools/bank.pay/name", "one name"),
    "an unknown field": (put(*BODY, 0, "timout", value=5), "/flows/main/body/statements/0/timout", "`timeout`?"),
    "less than nothing": (put("tools", "bank.pay", "timeout", value=-5), "/tools/bank.pay/timeout", "0 or more"),
    "a missing field": (without(*BODY, 0, "call"), "/flows/main/body/statements/0", "add it: a node `Call`"),
    "a wrong kind": (put(*BODY, 0, "call", value="x"), "/flows/main/body/statements/0/call", "write a node `Call`"),
    "a node that is none": (put(*BODY, 0, "node", value="Setp"), "/flows/main/body/statements/0", "a node `Step`"),
    "a word that is none": (put("tools", "bank.pay", "effect", "kind", value="w"), "/tools/bank.pay/effect/kind", "r"),
    "half of a character": (put(*BODY, 0, "name", value="\ud800"), "/flows/main/body/statements/0/name", "leave it"),
    "a decimal that is none": (
        put("flows", "main", "budget", "usd", value={"$decimal": "NaN"}),
        "/flows/main/budget/usd",
        "in quotes",
    ),
    "more than can be nested": (deep, f"{RETURNED}{'/operand' * 397}/operator", "divide it"),
    "a name for nothing": (put(*BODY, 0, "call", "target", value="no.tool"), "/flows/main", "dsl compile"),
    "a mistake of types": (
        put("tools", "notes.find", "parameters", 0, "type", "name", value="int"),
        "/flows/main/body/statements/0/call/arguments/0/value",
        "",
    ),
    "a forged budget": (put("flows", "main", "most", "tokens", value=5), "/flows/main/most/tokens", "write 20000"),
    "a forged count": (put("flows", "main", "usual", value=None), "/flows/main/usual", "write "),
    "a gate too few": (without(*BODY, 2, "gates"), "/flows/main/body/statements/2/gates", "this follows from the rest"),
    "a gate too many": (
        put(*BODY, 2, "gates", value=[plain()["flows"]["main"]["body"]["statements"][2]["gates"][0]] * 2),
        "/flows/main/body/statements/2/gates",
        "this follows from the rest",
    ),
    "a default left open": (without("tools", "bank.pay", "timeout"), "/tools/bank.pay/timeout", "write 30000"),
    "a conversion that nobody asked for": (
        put(*BODY, 5, "value", value={"node": "Widen", "value": {"node": "Name", "name": "said"}}
            | {"type": {"node": "NamedType", "name": "text"}}),
        "/flows/main/body/statements/5/value",
        "nowhere else",
    ),
    "a decimal that no text writes so": (
        put("types", "Note", "fields", 0, "at_least", value={"$decimal": "5E+1"}),
        "/types/Note/fields/0/at_least",
        "write",
    ),
    "a template of nothing": (
        put(*BODY, 0, "call", "arguments", 0, "value", value={"node": "Template", "parts": []}),
        "/flows/main/body/statements/0/call/arguments/0/value",
        "",
    ),
    "a function without its types": (
        put(*BODY, 5, "value", value={"node": "Apply", "function": "f", "arguments": []}
            | {"body": {"node": "Literal", "value": "x"}}),
        "/flows/main/body/statements/5/value",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_told_with_its_place_and_a_way_out(name: str) -> None:
    change, pointer, advice = HOSTILE[name]
    form = plain()
    change(form)
    error = refused(json.dumps(form))
    assert error.pointer == pointer
    assert f"at `{pointer[:LONGEST] or '/'}" in str(error)
    assert advice in str(error.help)


def test_what_is_changed_with_care_is_another_definition() -> None:
    form = plain()
    form["flows"]["main"]["budget"]["usd"] = {"$decimal": "0.75"}
    form["flows"]["main"]["most"]["usd"] = {"$decimal": "0.75"}
    found = read(json.dumps(form), "json", "x")
    assert "budget 0.75 usd, 20k tokens, 3d" in found.text
    assert found.definition.hash != SEALED.hash


VALUES: list[Any] = [None, True, 0, -1, 10**30, "", "x", [], {}, {"node": "Nope"}, {"$decimal": "1E+5"}, "\ud800"]


def mutated(form: Any, chance: random.Random) -> None:
    places: list[tuple[Any, Any]] = []
    waiting = [form]
    while waiting:
        value = waiting.pop()
        inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        places += [(value, key) for key, _ in inside]
        waiting += [each for _, each in inside if isinstance(each, dict | list)]
    parent, key = chance.choice(places)
    other, from_ = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del parent[key]
        case 1:
            parent[key] = copy.deepcopy(chance.choice(VALUES))
        case 2:
            parent[key] = copy.deepcopy(other[from_])
        case _:
            parent[key] = copy.deepcopy(other)


def some_mutations(number: int) -> int:
    """How many of so many forms were a definition all the same; all others are refused in words."""
    taken = 0
    for seed in range(number):
        chance, form = random.Random(seed), plain()
        mutated(form, chance)
        try:
            found = read(json.dumps(form), "json", "x")
        except Unreadable:
            continue
        taken += 1
        (again,) = (each for each in sealed_flows(analysed(found.text)) if each.flow == found.definition.flow)
        assert again.hash == found.definition.hash
    return taken


def test_any_form_is_a_definition_or_refused_in_words() -> None:
    assert 0 < some_mutations(120) < 60


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [1_000, pytest.param(3_000, marks=pytest.mark.soak)])
def test_many_forms_are_definitions_or_refused_in_words(number: int) -> None:
    some_mutations(number)


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("x.json", "", "json"),
        ("x.YML", "", "yaml"),
        ("x.flow", "{", None),
        ("<stdin>", ' {"format"', "json"),
        ("<stdin>", "# one\n---\nformat: 1\n", "yaml"),
        ("<stdin>", "edition 1\nflow main() {}", None),
        ("<stdin>", "flow main() {}", None),
        ("notes", "# of: these\nedition 1\n", None),
    ],
)
def test_which_files_are_data(name: str, text: str, form: str | None) -> None:
    assert format_of(name, text) == form


def test_the_mutations_change_something() -> None:
    form = plain()
    mutated(form, random.Random(1))
    assert form != plain()
