"""A new kind of statement, expression, type or command is missed by no table: what leaves kinds out says why."""

import ast
from collections.abc import Collection
from typing import Any, get_args

import pytest

from dsl.ast import events, expressions, shapes, statements, types
from dsl.ast.node import Node, children
from dsl.drawing import statements as drawn
from dsl.expressions import evaluate, names
from dsl.semantics import flows, resolve, rules, symbols, walk_values
from dsl.semantics.provenance import flow, values
from dsl.values import schema, schema_writing, signature, validate, writing
from interpreter.boundary import view
from interpreter.cli.commands import show
from interpreter.core import commands, traces
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.simulation import simulation
from interpreter.workflow import driver, showing
from tests.house.checkout import modules, syntax
from tests.house.kinds import Partial, partial
from tests.house.partial_lists import PARTIAL

TABLES: dict[str, tuple[Collection[Any], Any]] = {
    "shapes": (shapes.SHAPES, statements.Statement),
    "the walk": (flows.TABLE, statements.Statement),
    "marks of statements": (flow.WALKS, statements.Statement),
    "marks of values": (values.RULES, expressions.Written),
    "inference": (rules.RULES, expressions.Written),
    "evaluation": (evaluate.EVALUATORS, expressions.Expression),
    "resolution": (resolve._RULES, types.Type),
    "plain answers": (schema._PLAIN, types.Type),
    "schemas": (schema_writing._WRITERS, types.Type),
    "signatures": (signature._WRITERS, types.Type),
    "validation": (validate._VALIDATORS, types.Type),
    "types as texts": (writing._TEXTS, types.Type),
    "pictures of statements": (drawn.DRAWN, statements.Statement),
    "the driver": (driver._CARRY_OUT, commands.Command),
    "the simulation": (simulation._CARRY_OUT, commands.Command),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_a_row_for_each_kind(table: str) -> None:
    rows, union = TABLES[table]
    assert {kind.__name__ for kind in rows} == {kind.__name__ for kind in get_args(union)}


def test_each_name_that_cannot_be_set_is_called_something() -> None:
    assert {*walk_values._CALLED} == {*get_args(symbols.SymbolKind)} - {"var"}


def test_free_names_are_looked_for_in_every_part_of_an_expression() -> None:
    parts = {kind for kind in vars(expressions).values() if isinstance(kind, type) and issubclass(kind, Node)} - {Node}
    assert set(names._PARTS) == parts


def test_what_leaves_kinds_out_says_why() -> None:
    """A row too many is as wrong as one too few: the list that it speaks of is gone, or has changed."""
    found = {place for path in modules() for place in partial(str(path), syntax(path))}
    assert {str(place) for place in found - PARTIAL.keys()} == set(), (
        "know only these kinds: make them total, or say why"
    )
    assert {str(place) for place in PARTIAL.keys() - found} == set(), "no such list is left"


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("SHOWN = {ast.Step: 1, ast.Sleep: 2}", "Sleep Step"),
        ('_WAITING = frozenset({"AwaitApproval", "Sleep"})', "AwaitApproval Sleep"),
        ("_REPEATING = (For, Loop, ParallelFor)", "For Loop ParallelFor"),
        ("isinstance(node, For | ParallelFor)", "For ParallelFor"),
        ("isinstance(node, (For, ParallelFor))", "For ParallelFor"),
        ("type(node) is For or type(node) is ParallelFor", "For ParallelFor"),
        ("match node:\n  case Step(name=name) | Loop(name=name): ...\n  case _: ...", "Loop Step"),
        ("match node:\n  case Name(): ...\n  case Get(): ...\n  case Index(): ...", "Get Index Name"),
    ],
)
def test_a_planted_list_of_kinds_is_found(code: str, kinds: str) -> None:
    assert set(partial("x.py", ast.parse(code))) == {Partial("x.py", kinds)}


@pytest.mark.parametrize(
    "code",
    [
        "{" + ", ".join(f"ast.{kind.__name__}: 1" for kind in get_args(statements.Statement)) + "}",
        "match node:\n  case Step() | Loop(): ...\n  case _:\n    assert_never(node)",
        "isinstance(node, Step)",
        "match node:\n  case Name(): ...\n  case Get(): ...",
    ],
)
def test_what_is_total_or_about_one_kind_is_no_such_list(code: str) -> None:
    assert set(partial("x.py", ast.parse(code))) == set()


BLOCK = statements.Block(())
LITERAL = expressions.Literal("a")
NAME = expressions.Name("a")
FULL: tuple[Node, ...] = (
    statements.If((statements.Arm(NAME, BLOCK),), BLOCK),
    statements.Match(NAME, (statements.Case((LITERAL,), BLOCK),), BLOCK),
    statements.For("a", "b", NAME, None, BLOCK),
    statements.Parallel("p", False, (statements.Branch("one", BLOCK), statements.Branch("two", BLOCK))),
    statements.ParallelFor("a", NAME, None, None, "p", False, BLOCK),
    statements.Loop("l", None, BLOCK, BLOCK),
    statements.BudgetBlock(statements.Budget(), BLOCK, BLOCK),
    statements.ExclusiveBlock(NAME, BLOCK, 1, 1),
    statements.AwaitEvent(events.ExpectedEvent("e", "e", types.NamedType("text")), 1, BLOCK),
    statements.AwaitFirst((statements.FirstBranch(BLOCK, after=1), statements.FirstBranch(BLOCK, after=2))),
    statements.Try(BLOCK, (statements.Handler("e", None, BLOCK), statements.Handler(None, None, BLOCK))),
)
"""Each statement with blocks, with all that it can have."""


@pytest.mark.parametrize("statement", FULL, ids=lambda statement: type(statement).__name__)
def test_a_shape_tells_all_blocks_of_a_statement(statement: Node) -> None:
    segments = [segment for segment, _ in shapes.shape(statement).blocks(statement)]
    assert len(segments) == len(set(segments)) == _blocks_in(statement)


def test_every_statement_with_a_block_is_tried() -> None:
    tried = {type(statement) for statement in FULL}
    assert {kind for kind in get_args(statements.Statement) if kind not in tried and _may_hold_blocks(kind)} == set()


def _blocks_in(node: Node) -> int:
    return sum(1 if type(child) is statements.Block else _blocks_in(child) for child in children(node))


def _may_hold_blocks(kind: type) -> bool:
    hints = " ".join(str(hint) for hint in kind.__annotations__.values())
    return any(name in hints for name in ("statements.Block", "Handler", "Branch", "Arm", "Case"))


def test_a_view_leaves_out_only_kinds_that_there_are() -> None:
    """What is left out is named, so a new kind is shown; a word that no construct has would hide nothing."""
    known = {construct.node for construct in CONSTRUCTS.values()}
    assert (view.AROUND | showing.NOT_LISTED | show._TOLD_OTHERWISE) - known == set()


def test_what_is_compared_with_the_kind_of_a_note_or_step_is_such_a_kind() -> None:
    known = {construct.node for construct in CONSTRUCTS.values()} | {"run", "budget", ""} | traces.ATTEMPTS
    compared = {
        part.value
        for path in modules()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "node"
        for comparator in node.comparators
        for part in ast.walk(comparator)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    assert compared - known == set()
    assert compared
