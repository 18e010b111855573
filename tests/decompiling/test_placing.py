"""The place of a value in a text of JSON or YAML."""

import json

import pytest

from dsl.decompiling.data import written
from dsl.decompiling.forms import Format
from dsl.decompiling.placing import span_of
from dsl.definition.unseal import unseal
from tests.decompiling.trips import ROOT, analysed, sealed_flows

(SEALED,) = sealed_flows(analysed((ROOT / "examples" / "support.flow").read_text(encoding="utf-8")))
FORMS: tuple[Format, ...] = ("json", "yaml")


@pytest.mark.parametrize("form", FORMS)
def test_every_value_is_found(form: Format) -> None:
    text = written(unseal(SEALED.json), form)
    for pointer, shown in (
        ("/format", "1"),
        ("/flows/support/name", "support"),
        ("/tools/tickets.open/parameters/1/name", "customer"),
        ("/flows/support/body/statements/3/arms/0/condition/operator", "!="),
        ("/flows/support/body/statements/3/nothing/further", "node"),
    ):
        span = span_of(text, pointer)
        assert span is not None
        line = text[: text.find("\n", span.start)].rpartition("\n")[2]
        assert shown in line if shown != "node" else line.strip() in ("{", '"node": "If",', "- node: If"), pointer


def test_names_with_slashes_and_texts_that_are_none() -> None:
    text = json.dumps({"a/b": {"c~d": [1, {"e": 2}]}})
    span = span_of(text, "/a~1b/c~0d/1/e")
    assert span is not None
    assert text[span.start : span.end] == "2"
    for broken in ("{", "[" * 2_000, "", "a: [", "\x00"):
        assert span_of(broken, "/a/b") is None or broken.startswith("a")
