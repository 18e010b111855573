"""The mark of an expression, from the marks of its names.

What picks, orders or compares depends on everything that it looks at. What only passes values on keeps their fields
apart: `{ owner: ticket.owner, text: draft.text }.owner` depends on the ticket alone.
"""

from collections.abc import Callable
from typing import Any

from dsl.ast import expressions as ast
from dsl.ast.expressions import Expression
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.marks import ALL, ANY, NO_SOURCES, Mark, Sources, joined
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import ListOf, MapOf, OptionalOf, Record, Type, structure

Look = Callable[[Symbol], Mark]


class Values:
    """`look` gives the marks of names of the flow; those of comprehensions are known here."""

    def __init__(self, facts: Facts, look: Look) -> None:
        self._facts, self._look = facts, look
        self._items: dict[int, Mark] = {}

    def of(self, node: Expression) -> Mark:
        return RULES[type(node)](self, node)

    def _together(self, *parts: Expression) -> Mark:
        return Mark(NO_SOURCES.union(*(self.of(part).all() for part in parts)))

    def _constant(self, node: Expression) -> Mark:
        return Mark()

    def _template(self, node: ast.Template) -> Mark:
        return self._together(*node.parts)

    def _unary(self, node: ast.Unary) -> Mark:
        return self._together(node.operand)

    def _binary(self, node: ast.Binary) -> Mark:
        """Two lists put together keep what is known of their items."""
        parts = (node.left, node.right)
        return joined(self.of(part) for part in parts) if node.operator == "+" else self._together(*parts)

    def _get(self, node: ast.Get) -> Mark:
        return self.of(node.subject).part(node.name)

    def _index(self, node: ast.Index) -> Mark:
        return self.item(node.subject).and_(self.of(node.index).all())

    def _slice(self, node: ast.Slice) -> Mark:
        bounds = (self.of(bound).all() for bound in (node.start, node.stop) if bound is not None)
        return self.of(node.subject).and_(NO_SOURCES.union(*bounds))

    def _conditional(self, node: ast.Conditional) -> Mark:
        return joined((self.of(node.then), self.of(node.otherwise))).and_(self.of(node.condition).all())

    def _row(self, node: ast.Row) -> Mark:
        parts = (node.first, *(each.value for each in node.rest))
        added = all(each.operator == "+" for each in node.rest)
        return joined(self.of(part) for part in parts) if added else self._together(*parts)

    def _chain(self, node: ast.Chain) -> Mark:
        conditions = NO_SOURCES.union(*(self.of(way.condition).all() for way in node.ways))
        values = (*(way.value for way in node.ways), node.otherwise)
        return joined(self.of(value) for value in values).and_(conditions)

    def _list(self, node: ast.ListLiteral) -> Mark:
        return joined(self.of(item) for item in node.items)

    def _name(self, node: ast.Name) -> Mark:
        symbol = self._facts.symbol_of(node)
        if symbol is None:
            return Mark()
        return self._items[id(symbol.node)] if id(symbol.node) in self._items else self._look(symbol)

    def item(self, subject: Expression) -> Mark:
        """An item of a list, or a value of a map."""
        return within(self.of(subject), self._facts.type_of(subject))

    def _comprehension(self, node: ast.Comprehension) -> Mark:
        self._items[id(node)] = self.item(node.source)
        chosen = NO_SOURCES if node.condition is None else self.of(node.condition).all()
        return self.of(node.item).and_(chosen | self.of(node.source).spine())

    def _record(self, node: ast.RecordLiteral) -> Mark:
        found = Mark()
        for entry in node.entries:
            if isinstance(entry, ast.Entry):
                found = Mark(found.sources, {**found.fields, entry.name: self.of(entry.value)})
            else:
                found = joined((found, self.of(entry.value)))
        return found

    def _call(self, node: ast.FunctionCall) -> Mark:
        arguments = [self.of(argument.value) for argument in node.arguments]
        every = NO_SOURCES.union(*(argument.all() for argument in arguments))
        if not arguments:
            return Mark()
        first = arguments[0]
        if self._facts.callee_of(node) is not None:
            return Mark(every)
        match node.function:
            case "first" | "last" | "reverse" | "flatten" if node.arguments[0].name in (None, "items"):
                return first.and_(_rest(arguments))
            case "len":
                return Mark(first.spine())
            case "sort" | "distinct":
                return first.and_(every)
            case "succeeded" if len(arguments) == 1:
                return first.part("value").and_(first.part("ok").all())
            case "values" if len(arguments) == 1:
                return first.part(ANY)
            case _:
                return Mark(every)


def within(mark: Mark, found: Type) -> Mark:
    bare = structure(found.item if isinstance(found, OptionalOf) else found)
    match bare:
        case ListOf():
            return mark
        case MapOf() | Record():
            return mark.part(ANY)
        case _:
            return mark.part(ALL)


def _rest(arguments: list[Mark]) -> Sources:
    return NO_SOURCES.union(*(argument.all() for argument in arguments[1:]))


RULES: dict[type, Callable[[Values, Any], Mark]] = {
    ast.Literal: Values._constant,
    ast.DurationLiteral: Values._constant,
    ast.Template: Values._template,
    ast.Name: Values._name,
    ast.Get: Values._get,
    ast.Index: Values._index,
    ast.Slice: Values._slice,
    ast.FunctionCall: Values._call,
    ast.Unary: Values._unary,
    ast.Binary: Values._binary,
    ast.Row: Values._row,
    ast.Conditional: Values._conditional,
    ast.Chain: Values._chain,
    ast.ListLiteral: Values._list,
    ast.Comprehension: Values._comprehension,
    ast.RecordLiteral: Values._record,
}
