"""A flow as a tree of items: statements, and what of a statement has a block of its own (an arm, a case, a handler).

What an item holds is told from what it says by the kind of its fields: blocks, and fields of items, are what it holds
(its `parts`), and all else is its own. So a new construct needs nothing here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any, get_args

from dsl.ast import statements as ast
from dsl.ast.address import places
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.shapes import SHAPES
from dsl.dataclass import dataclass, field
from dsl.definition.canonical import canonical
from dsl.definition.encode import encode
from dsl.differences.written import calls_text, expression_text

HOLDING = (ast.Arm, ast.Case, ast.Handler, ast.FirstBranch, ast.Branch)
"""Parts of statements that have a block."""
_ITEMS = (*get_args(ast.Statement), *HOLDING)
NAMES = frozenset({"name", "named", "variable", "index"})
"""Fields by which an item is called, so they count for nothing where contents are compared; not of a `set`."""
NAMING = (ast.Set, ast.Respond)
"""Statements whose name is that of something else."""
LEAVING = (ast.Fail, ast.Return, ast.Yield, ast.Until, ast.Sleep)
"""Statements that are called by what they stand in: their value is told beside them."""
LONGEST_LABEL = 48


@dataclass(frozen=True, eq=False)
class Item:
    """`parts` by the name of the field that holds them. `address` is that of the item, or of its block."""

    node: Node
    parent: "Item | None"
    part: str
    position: int
    address: str | None
    parts: dict[str, list["Item"]] = field(default_factory=dict)

    @cached_property
    def own(self) -> Mapping[str, Any]:
        """The fields that are not parts."""
        values = ((part.name, getattr(self.node, part.name)) for part in fields(self.node) if part.name != "span")
        return {name: value for name, value in values if not is_held(value) and name not in self.parts}

    @cached_property
    def name(self) -> str | None:
        return name_of(self.node)

    @property
    def kind(self) -> type[Node]:
        return type(self.node)

    @cached_property
    def content(self) -> bytes:
        """All of it but what it is called by."""
        own = {name: encode(value) for name, value in self._counting()}
        below = {part: [each.content.decode() for each in items] for part, items in self.parts.items()}
        return canonical([self.kind.__name__, own, below])

    @cached_property
    def features(self) -> Counter[str]:
        """What two items are compared by that are not alike: each field, argument and item below counts once."""
        found: Counter[str] = Counter()
        for each in self.below():
            if each is not self:
                found[f"{each.kind.__name__} {each.name or ''}"] += 1
            for name, value in each._counting():
                if value is not None and value != ():
                    found.update(_features(name, value))
        return found

    def _counting(self) -> Iterator[tuple[str, Any]]:
        named = frozenset() if isinstance(self.node, NAMING) else NAMES
        return ((name, value) for name, value in self.own.items() if name not in named)

    @cached_property
    def size(self) -> int:
        return sum(1 for _ in self.below())

    def below(self) -> Iterator["Item"]:
        """Itself and all in it, outer ones first."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            for items in reversed(each.parts.values()):
                waiting.extend(reversed(items))


def is_held(value: Any) -> bool:
    """Whether a field with this value holds statements."""
    if isinstance(value, ast.Block | ast.Parallel):
        return True
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], _ITEMS)


def _features(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, ast.Call):
        yield f"target {value.target}"
        for argument in value.arguments:
            yield f"argument {argument.name}={canonical(encode(argument.value)).decode()}"
    else:
        yield f"{name}={canonical(encode(value)).decode()}"


def tree(flow: FlowDeclaration) -> Item:
    """The body of the flow as an item that holds its statements."""
    known = {id(node): at for at, node in places(flow)}
    root = Item(flow, None, "", 0, flow.name)
    _hold(root, "body", flow.body.statements, known)
    return root


def _hold(parent: Item, part: str, nodes: tuple[Node, ...], known: Mapping[int, str]) -> None:
    parent.parts[part] = []
    waiting = [(parent, part, nodes)]
    while waiting:
        above, name, held = waiting.pop()
        for position, node in enumerate(held):
            item = Item(node, above, name, position, known.get(id(node)) or known.get(id(getattr(node, "body", None))))
            above.parts[name].append(item)
            for below, inside in _parts(node):
                item.parts[below] = []
                waiting.append((item, below, inside))


def _parts(node: Node) -> Iterator[tuple[str, tuple[Node, ...]]]:
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, ast.Block):
            yield part.name, value.statements
        elif isinstance(value, ast.Parallel):
            yield part.name, (value,)
        elif is_held(value):
            yield part.name, value


def name_of(node: Node) -> str | None:
    """What a statement or a branch is called, so that it can be found again whatever becomes of it."""
    match node:
        case ast.Step(name=name, named=named):
            return name if named else None
        case ast.Let(name=name) | ast.Var(name=name) | ast.Branch(name=name):
            return name
        case ast.FirstBranch(expected=expected):
            return None if expected is None else expected.name
        case _:
            shape = SHAPES.get(type(node))
            return None if shape is None else shape.place(node)


# -- what people call it


def label_of(item: Item) -> str:
    """`step case`, `if verdict.kind != "refund"`, `case "refund"`."""
    node = item.node
    if isinstance(node, LEAVING):
        around = "" if item.parent is None or item.parent.parent is None else f" in {label_of(item.parent)}"
        return f"{_word(node)}{around}"
    own = _LABELS.get(type(node))
    words = own(node) if own is not None else _word(node)
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1]}…"


def _word(node: Node) -> str:
    shape = SHAPES.get(type(node))
    word = type(node).__name__.lower() if shape is None else shape.word(node)
    name = name_of(node)
    return f"{word} {name}" if name else word


def _first_branch(node: ast.FirstBranch) -> str:
    if node.expected is not None:
        return f"event {node.expected.event}"
    if node.branch is not None:
        return f"branch {node.branch}"
    return "after" if node.after is not None else "until"


def _event(node: ast.AwaitEvent) -> str:
    return f"await event {node.expected.event}"


_LABELS: dict[type, Any] = {
    ast.Step: lambda node: f"step {node.name}",
    ast.AwaitApproval: lambda node: f"await approval {node.name}",
    ast.AwaitEvent: _event,
    ast.AwaitFirst: lambda node: "await first",
    ast.Set: lambda node: f"set {node.name}",
    ast.Let: lambda node: f"let {node.name}",
    ast.Var: lambda node: f"var {node.name}",
    ast.If: lambda node: f"if {node.name or expression_text(node.arms[0].condition)}",
    ast.Arm: lambda node: f"if {expression_text(node.condition)}",
    ast.Match: lambda node: f"match {node.name or expression_text(node.subject)}",
    ast.Case: lambda node: f"case {', '.join(map(expression_text, node.values))}",
    ast.For: lambda node: f"for {node.variable} in {expression_text(node.source)}",
    ast.ParallelFor: lambda node: f"parallel for {node.variable} in {expression_text(node.source)}",
    ast.Handler: lambda node: " ".join(["on error", ", ".join(node.kinds)]).rstrip(),
    ast.FirstBranch: _first_branch,
    ast.Branch: lambda node: f"branch {node.name}",
    ast.Respond: lambda node: f"respond {node.name}",
    ast.CompensateStatement: lambda node: f"compensate {{ {calls_text(node.calls)} }}",
    ast.ExclusiveBlock: lambda node: f"exclusive by {expression_text(node.by)}",
}
"""Kinds that have no row are called by their word and their name."""
