"""Equal terms have equal values: what an expression stands for, apart from where and how it was written.

A term is the expression with every name replaced by what it stands for: a `let` by its own term; a `var` by the
assignment that it holds there (`Facts.versions`); the item of a round by the list and the round; the result of a step,
a parameter or an approval by the node that defines it. Terms are made once for each content, so two are the same value
exactly when they are the same object, and a chain of `let`s that doubles at each link costs no more than its text.

Why equal terms have equal values where both names can be seen: a node that defines a name runs once for each turn of
the blocks around it, a name cannot be seen outside of its block, and whatever a turn may set has another version in it.
So both readings belong to the same turn, and all that is left in a term is pure. `now()` and `uuid()` are not: each is
a term of its own.
"""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Get, Index, Name, RecordLiteral, Slice
from dsl.ast.node import Node
from dsl.ast.statements import For, Let, ParallelFor
from dsl.dataclass import dataclass, field_names
from dsl.semantics.builtins import BUILTINS
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import of_class
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import ListOf, MapOf, structure

Rounds = For | ParallelFor

DEEPEST = 50
"""Nobody reads what is nested deeper: such a part is taken for a value like no other."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """`kind` is the class of the expression, with the terms of its fields in `parts`; or one of

    - `root`: a name that stands for itself, by the node that defines it, what as, and for a `var` which assignment;
    - `item`: an item of a list or a value of a map, and the round that it is the item of;
    - `key`: the key of that value; `position`: the place of that item;
    - `bound`: the variable of a comprehension around; `fresh`: a value like no other.

    `node` is the expression, or the round, that it was made from first; `depth` how many terms are inside each other.
    """

    kind: str
    parts: tuple[object, ...]
    node: Node
    depth: int

    def part(self, number: int) -> "Term":
        found = self.parts[number]
        assert isinstance(found, Term)
        return found

    def terms(self) -> "Iterator[Term]":
        return (part for part in self.parts if isinstance(part, Term))


class Terms:
    """The terms of one flow, made on demand. `let`s and rounds come first, in their order, so that none is far away."""

    def __init__(self, flow: FlowDeclaration, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[tuple[object, ...], Term] = {}
        self._known: dict[int, Term] = {}
        self._levels: dict[int, int] = {}
        self._depth = self._nesting = 0
        before: list[Let | Rounds] = [*of_class(flow, Let), *of_class(flow, For), *of_class(flow, ParallelFor)]
        for node in sorted(before, key=lambda node: node.span.start):
            self.of(node.value if isinstance(node, Let) else node.source)

    def of(self, expression: Expression) -> Term:
        known = self._known.get(id(expression))
        if known is None:
            self._nesting += 1
            deep = self._nesting > DEEPEST
            known = self._make("fresh", (id(expression),), expression) if deep else self._of(expression)
            self._nesting -= 1
            self._known[id(expression)] = known
        return known

    def item(self, round_: Rounds) -> Term:
        """The item that `round_` has in one turn; for `range(len(xs))` its position."""
        source = self.of(round_.source)
        counted = _counted(source)
        if counted is not None:
            return self._make("position", (counted, id(round_)), round_)
        if _is_call(source, "keys"):
            return self._make("key", (_argument(source), id(round_)), round_)
        return self._make("item", (source, id(round_)), round_)

    def _make(self, kind: str, parts: tuple[object, ...], node: Node) -> Term:
        key = (kind, *(part if isinstance(part, Term) else (type(part), repr(part)) for part in parts))
        found = self._made.get(key)
        if found is None:
            depth = 1 + max((part.depth for part in parts if isinstance(part, Term)), default=0)
            found = self._made[key] = Term(kind, parts, node, depth)
        return found

    def _of(self, expression: Expression) -> Term:
        match expression:
            case Name():
                return self._name(expression)
            case FunctionCall(function="now" | "uuid"):
                return self._make("fresh", (id(expression),), expression)
            case FunctionCall(function=function) if function in BUILTINS and self._facts.callee_of(expression):
                return self._make("called", self._structure(expression)[1], expression)
            case Get(name=asked) if id(expression) in self._facts.of_run:
                return self._make("run", (asked,), expression)
            case Get(subject=subject, name=name):
                return self._field(self.of(subject), name, expression)
            case Index(subject=subject, index=index):
                return self._chosen(self.of(subject), self.of(index), expression)
            case Comprehension():
                return self._comprehension(expression)
            case _:
                return self._make(*self._structure(expression), expression)

    def _structure(self, node: Node) -> tuple[str, tuple[object, ...]]:
        values = (getattr(node, name) for name in field_names(node) if name != "span")
        return type(node).__name__, tuple(self._part(value) for value in values)

    def _part(self, value: object) -> object:
        match value:
            case tuple():
                return self._make("parts", tuple(self._part(each) for each in value), _NO_NODE)
            case Node():
                if isinstance(value, Expression):
                    return self.of(value)
                return self._make(*self._structure(value), value)
            case _:
                return value

    def _name(self, name: Name) -> Term:
        symbol = self._facts.symbol_of(name)
        if symbol is None:
            return self._make("fresh", (id(name),), name)
        match symbol.node:
            case Let(value=value) if id(value) not in self._facts.conversions:
                return self.of(value)
            case For() | ParallelFor() if symbol.kind == "item":
                return self.item(symbol.node)
            case For() if symbol.kind == "index":
                return self._make("position", (self.of(symbol.node.source), id(symbol.node)), symbol.node)
            case Comprehension():
                return self._make("bound", (self._levels.get(id(symbol.node), id(symbol.node)),), name)
            case _:
                return self._root(name, symbol)

    def _root(self, name: Name, symbol: Symbol) -> Term:
        version = self._facts.versions.get(id(name)) if symbol.kind == "var" else None
        return self._make("root", (id(symbol.node), symbol.kind, version), name)

    def _field(self, subject: Term, name: str, node: Get) -> Term:
        """A field of a record that is written out is what was written."""
        match subject.node:
            case RecordLiteral(entries=entries) if subject.kind == "RecordLiteral":
                named = (getattr(entry, "name", None) for entry in entries)
                written = dict(zip(named, subject.part(0).terms(), strict=True))
                if None not in written and name in written:
                    return written[name].part(1)
        return self._make("Get", (subject, name), node)

    def _chosen(self, subject: Term, index: Term, node: Index) -> Term:
        """`xs[i]`, where `i` goes over the positions of `xs`, is the item; `m[k]` likewise."""
        if index.kind in ("position", "key") and index.parts[0] is subject:
            return self._make("item", index.parts, index.node)
        return self._make("Index", (subject, index), node)

    def _comprehension(self, node: Comprehension) -> Term:
        """Its variable is known by how many comprehensions are around it, so that its name does not count."""
        level = self._depth
        source = self.of(node.source)
        self._levels[id(node)] = level
        self._depth += 1
        item = self.of(node.item)
        condition = None if node.condition is None else self.of(node.condition)
        self._depth -= 1
        return self._make("Comprehension", (item, level, source, condition), node)

    def narrower(self, term: Term) -> Term | None:
        """The list or map that `term` is a pure filter of: each of its items is one of those, and none comes twice."""
        match term.kind:
            case "Comprehension":
                item = term.part(0)
                same = item.kind == "bound" and item.parts[0] == term.parts[1]
                return term.part(2) if same else None
            case "Slice" if isinstance(term.node, Slice):
                return term.part(0) if isinstance(structure(self._facts.type_of(term.node.subject)), ListOf) else None
            case "FunctionCall" if isinstance(term.node, FunctionCall):
                return _filtered(term, term.node, self._facts)
            case _:
                return None


_NO_NODE = Node()


def _filtered(term: Term, call: FunctionCall, facts: Facts) -> Term | None:
    if not call.arguments:
        return None
    match call.function:
        case "reverse" | "sort" | "distinct":
            return _argument(term)
        case "first" | "last" if len(call.arguments) == 2:
            return _argument(term)
        case "values" if isinstance(structure(facts.type_of(call.arguments[0].value)), MapOf):
            return _argument(term)
        case _:
            return None


def end_of(term: Term) -> Term | None:
    """The list that `first(xs)` or `last(xs)` takes its one item from."""
    match term.node:
        case FunctionCall(function="first" | "last", arguments=(_,)) if term.kind == "FunctionCall":
            return _argument(term)
    return None


def _counted(term: Term) -> Term | None:
    """The list over whose positions `range(len(xs))` goes."""
    if not _is_call(term, "range"):
        return None
    length = _argument(term)
    return _argument(length) if _is_call(length, "len") else None


def _is_call(term: Term, function: str) -> bool:
    match term.node:
        case FunctionCall(function=called, arguments=(_,)):
            return term.kind == "FunctionCall" and called == function
    return False


def _argument(term: Term) -> Term:
    """The first argument of a function's call. A parameter named out of order is read where it stands, which only
    makes two terms differ."""
    return term.part(1).part(0).part(1)


def roots(term: Term) -> Iterator[Term]:
    """The names that `term` is made from in the end, through the rounds and comprehensions that it stands in."""
    pending, seen = [term], {term}
    for each in pending:
        if each.kind == "root":
            yield each
        new = set(each.terms()) - seen
        seen |= new
        pending.extend(new)
