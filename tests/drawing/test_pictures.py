"""What a picture holds, and that it is the same in every format and every time."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Argument, Binary, Convert, Name
from dsl.ast.node import Node
from dsl.ast.node import walk as walk_nodes
from dsl.ast.people import Person, Stage
from dsl.ast.statements import AwaitFirst, Block, Branch, Call, Statement
from dsl.ast.types import NamedType, RecordType
from dsl.definition.definition import Definition
from dsl.drawing import schema
from dsl.drawing.draw import draw
from dsl.drawing.formats import FORMATS
from dsl.drawing.nesting import frames, walk
from dsl.drawing.outline import outline
from dsl.drawing.picture import Picture, document
from dsl.drawing.said import call_text, event_text, expression_text, stage_texts
from dsl.source import Source
from tests.conftest import Golden
from tests.drawing.pictured import CASES, EXAMPLES, FOLDER, defined, pictured, sealed
from tests.heart.agent_flows import some_agent_flow
from tests.heart.asking_flows import asking_flow
from tests.heart.flows import some_flow
from tests.heart.gated_flows import gated_flow

SUFFIXES = {"text": "txt", "mermaid": "mmd", "dot": "dot", "json": "json", "svg": "svg"}
VALIDATOR = jsonschema.Draft202012Validator(schema.picture_schema())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_construct_is_drawn_in_each_format(path: Path, golden: Golden) -> None:
    picture = pictured(path)
    for format_, suffix in SUFFIXES.items():
        golden(path.with_suffix(f".{suffix}"), FORMATS[format_](picture))
    check(picture)
    check_ways(picture)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_is_drawn(path: Path, golden: Golden) -> None:
    picture = pictured(path)
    golden(FOLDER / "examples" / f"{path.stem}.txt", outline(picture))
    golden(FOLDER / "examples" / f"{path.stem}.mmd", FORMATS["mermaid"](picture))
    check(picture)
    check_ways(picture)


def test_the_cases_have_every_construct() -> None:
    found = {type(node) for path in CASES for flow in defined(path).flows.values() for node in walk_nodes(flow)}
    assert {kind.__name__ for kind in get_args(Statement)} - {kind.__name__ for kind in found} == set()


def test_what_no_text_can_say_is_left_out() -> None:
    """As a definition from elsewhere may have it."""
    odd = Convert(Name("x"), RecordType(()))
    assert expression_text(Binary("==", Name("y"), odd)) == "…"
    assert call_text(Call("t", (Argument("x", odd),))) == "t(…)"
    assert stage_texts((Stage((Person(odd),)),)) == ["from …"]
    assert event_text(ExpectedEvent("mail", "mail", NamedType("text"), key=odd)) == "event mail"


def test_the_schema_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run python -m dsl.drawing.schema"
    jsonschema.Draft202012Validator.check_schema(schema.picture_schema())


@pytest.mark.parametrize("change", [{"flow": 1}, {"more": 1}, {"format": 2}, {"nodes": [{"id": "a"}]}])
def test_others_do_not_fit_the_schema(change: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid({**document(pictured(CASES[0])), **change})


@pytest.mark.parametrize(
    ("write", "number"),
    [
        (some_flow, 6),
        (some_agent_flow, 4),
        (gated_flow, 6),
        (asking_flow, 2),
        *(pytest.param(each, 24, marks=pytest.mark.slow) for each in (some_flow, some_agent_flow, gated_flow)),
    ],
)
def test_every_statement_is_drawn_once_and_edges_lead_somewhere(write: Callable[[int], str], number: int) -> None:
    found = 0
    for seed in count():
        definition = sealed(Source("random.flow", write(seed)), "main")
        if definition is None:
            continue
        picture = draw(definition)
        check(picture)
        check_statements(definition, picture)
        found += 1
        if found == number:
            break


def check(picture: Picture) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(FORMATS["json"](picture)))] == []
    nodes = {node.id: node for node in picture.nodes}
    groups = {group.id: group for group in picture.groups}
    assert len(nodes) == len(picture.nodes)
    assert len(groups) == len(picture.groups)
    assert {node.group for node in picture.nodes} <= groups.keys()
    assert {group.parent for group in picture.groups} <= {*groups, None}
    assert {group.owner for group in picture.groups} <= {*nodes, None}
    assert {end for edge in picture.edges for end in (edge.start, edge.end)} <= nodes.keys()
    assert sorted(node.id for frame in frames(picture) for node in walk(frame)) == sorted(nodes)


def check_ways(picture: Picture) -> None:
    """Something leads to every node, and from it, unless it begins or ends something."""
    reached = {edge.end for edge in picture.edges}
    lost = [node.id for node in picture.nodes if node.id not in reached and node.kind not in ("start", "declared")]
    assert lost == []
    ends = ("return", "fail", "end", "undo", "declared")
    left = {edge.start for edge in picture.edges}
    stuck = [n.id for n in picture.nodes if n.id not in left and n.kind not in ends and not n.id.endswith("~finally")]
    assert [id for id in stuck if not id.startswith("agent ")] == []


def check_statements(definition: Definition, picture: Picture) -> None:
    """Also a race that is waited for inside of `await first`: it is drawn as that."""
    wanted = Counter(
        address
        for flow in definition.flows
        for address, node in definition.addresses(flow).items()
        if not isinstance(node, Block | Branch) and not _is_race_of_first(address, definition.addresses(flow))
    )
    assert Counter(each for node in picture.nodes for each in node.statements) == wanted
    assert max(wanted.values()) == 1


def _is_race_of_first(address: str, nodes: Mapping[str, Node]) -> bool:
    return address.endswith("/race") and isinstance(nodes[address.removesuffix("/race")], AwaitFirst)


def test_an_outline_names_every_step() -> None:
    for path in [*CASES, *EXAMPLES]:
        picture = pictured(path)
        words = outline(picture).split()
        missing = [n.title for n in picture.nodes if n.kind in ("tool", "agent", "flow") and n.title not in words]
        assert missing == []


def test_lines_of_an_outline_fit_the_screen() -> None:
    for path in [*CASES, *EXAMPLES]:
        assert max(map(len, outline(pictured(path), 80).splitlines())) <= 80, path
