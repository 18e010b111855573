"""Nodes go through JSON and come back equal; what is missing or unknown is said."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.ast import expressions as ast
from dsl.ast.node import Node, walk
from dsl.ast.statements import Retry, Step
from dsl.definition.canonical import canonical
from dsl.definition.encode import NODES, UnknownEncoding, decode, decode_data, encode
from dsl.source import Source
from dsl.syntax.parse import parse

ROOT = Path(__file__).parents[2]
FLOWS = sorted([*(ROOT / "examples").glob("*.flow"), *(ROOT / "tests" / "cases" / "definition").glob("*.flow")])


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_whole_file_comes_back_equal(path: Path) -> None:
    module = parse(Source(path.name, path.read_text(encoding="utf-8"))).module
    data = encode(module)
    assert decode(canonical(data)) == module
    assert decode_data(json.loads(canonical(data))) == module


def test_kinds_of_values_are_kept() -> None:
    for value in (None, True, 1, Decimal("1.50"), "1", ""):
        back = decode(canonical(encode(ast.Literal(value)))).value
        assert (type(back), str(back)) == (type(value), str(value))


def test_a_field_with_its_default_is_left_out() -> None:
    assert encode(ast.Get(ast.Name("a"), "b")) == {"node": "Get", "subject": {"node": "Name", "name": "a"}, "name": "b"}
    assert encode(ast.Get(ast.Name("a"), "b", True))["optional"] is True
    assert "span" not in encode(ast.Name("a"))


def test_true_is_not_taken_for_a_default_of_one() -> None:
    assert encode(ast.Slice(ast.Name("a"), ast.Literal(0), None))["stop"] is None
    assert encode(Retry(0))["times"] == 0


def test_names_may_be_called_like_the_parts_of_an_encoding() -> None:
    by_name = {"node": ast.Name("node")}
    assert decode(canonical(encode(by_name))) == by_name
    record = ast.RecordLiteral((ast.Entry("node", ast.Literal("Step")), ast.Entry("$decimal", ast.Literal("1"))))
    assert decode(canonical(encode(record))) == record


@pytest.mark.parametrize("data", ['{"node":"Nothing"}', '{"node":"Name"}', '{"node":"Name","name":"a","new":1}'])
def test_what_is_unknown_is_said(data: str) -> None:
    with pytest.raises(UnknownEncoding, match="does not know"):
        decode(data)


def test_every_class_has_a_name_of_its_own() -> None:
    subclasses = [cls for cls in Node.__subclasses__() if cls.__module__.startswith("dsl.ast")]
    assert {cls.__name__ for cls in subclasses} == set(NODES)


def test_the_examples_use_most_classes() -> None:
    modules = [parse(Source(path.name, path.read_text(encoding="utf-8"))).module for path in FLOWS]
    used = {type(node).__name__ for module in modules for node in walk(module)}
    assert len(used) > len(NODES) * 0.7


def test_spans_do_not_count() -> None:
    module = parse(Source("a", "edition 1 flow f() { step a = b.c() }")).module
    step = next(node for node in walk(module) if isinstance(node, Step))
    assert encode(step) == encode(replace(step, span=module.span))
