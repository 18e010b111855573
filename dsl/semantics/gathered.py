"""How long a list may become that rounds add to: `set hot = hot + [lead]` inside a `for` or a `loop`.

A `var` may hold as many items as its type says, so in one round after another no addition would fit. Here additions are
added up over the rounds that there can be. What a stretch of statements makes of a length x is at most

    max(x + adds, holds)

where `adds` is None when x does not count any more (another value was set), and `holds` is None when nothing was set.
Such bounds follow one another, are the larger of two ways, and are repeated, without looking at any single round.
A way may be left at any statement (`break`, an error), so of a block counts the most that holds anywhere in it.
"""

from dsl.ast.expressions import Binary, Chain, Conditional, Expression, FunctionCall, Name, Row
from dsl.ast.node import Node, children, walk
from dsl.ast.statements import Block, For, If, Loop, Match, ParallelFor, Set, Statement, Var
from dsl.dataclass import dataclass, replace
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import misfit
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import ListOf, Type, spelled, structure


@dataclass(frozen=True, slots=True)
class Length:
    """At most `max(x + adds, holds)` items, of x before. `endless`: more than can be said."""

    adds: int | None = 0
    holds: int | None = None
    endless: bool = False

    def then(self, after: "Length") -> "Length":
        adds = None if self.adds is None or after.adds is None else self.adds + after.adds
        kept = None if self.holds is None or after.adds is None else self.holds + after.adds
        endless = after.endless or (self.endless and after.adds is not None)
        return Length(adds, _most(kept, after.holds), endless)

    def beside(self, other: "Length") -> "Length":
        return Length(_most(self.adds, other.adds), _most(self.holds, other.holds), self.endless or other.endless)

    def again(self, times: int | None) -> "Length":
        """`times` rounds, and any number for None."""
        if not self.adds:
            return self
        if times is None:
            return replace(self, endless=True)
        if times == 0:
            return SAME
        return replace(self, adds=self.adds * times, holds=self._held(times))

    def _held(self, times: int) -> int | None:
        return None if self.holds is None else self.holds + (self.adds or 0) * (times - 1)

    def of(self, first: int | None) -> int | None:
        """The most items, of `first` before; None where there may be any number."""
        begun = None if first is None or self.adds is None else first + self.adds
        return None if self.endless else _most(begun, self.holds) or 0


SAME = Length()
_AS_LONG = ("distinct", "reverse", "sort")


@dataclass(frozen=True, slots=True)
class Gathering:
    """A `set` that adds to its own list, for which alone there is no saying whether it fits."""

    node: Set
    declared: Var
    wanted: Wanted
    found: ListOf


def gathers(node: Set, symbol: Symbol) -> bool:
    """Whether it makes a list with a bound out of what the list holds."""
    return _bound(symbol.type) is not None and _names(node.value, node.name)


def of_any_length(wanted: Wanted) -> Wanted:
    found = structure(wanted.type)
    return replace(wanted, type=replace(found, at_most=None)) if isinstance(found, ListOf) else wanted


def report_longer(body: Block, gatherings: list[Gathering], inference: Inference) -> None:
    """What may become longer than its type says, in a flow with this body."""
    by_var: dict[int, list[Gathering]] = {}
    for each in gatherings:
        by_var.setdefault(id(each.declared), []).append(each)
    for of_one in by_var.values():
        most = most_gathered(body, of_one[0].declared, inference.facts)
        endless = [each for each in of_one if each.found.at_most is None]
        for each in endless if most is None and endless else of_one:
            _judge(each, most, inference)


def _judge(gathering: Gathering, most: int | None, inference: Inference) -> None:
    wanted, found = gathering.wanted, gathering.found
    bound, reason = _bound(wanted.type), misfit(found, wanted.type)
    if reason is None or (most is not None and bound is not None and most <= bound):
        return
    if most is not None:
        reason = f"added up over all rounds, it may come to {most} items, not at most {bound}"
    value, declared = gathering.node.value, wanted.declared
    inference.report(Mismatch(value, wanted.role, spelled(wanted.type), found, reason, declared))


def most_gathered(body: Block, declared: Var, facts: Facts) -> int | None:
    """How many items the list `declared` may come to hold in a flow with this body; None for any number."""
    return _Lengths(declared, facts).block(body).of(None)


def _bound(type_: Type) -> int | None:
    found = structure(type_)
    return found.at_most if isinstance(found, ListOf) else None


def _names(expression: Expression, name: str) -> bool:
    return any(isinstance(node, Name) and node.name == name for node in walk(expression))


@dataclass(frozen=True, slots=True)
class _Lengths:
    declared: Var
    facts: Facts

    def block(self, block: Block) -> Length:
        """The most that holds before, between and behind the statements."""
        now = most = SAME
        for statement in block.statements:
            now = now.then(self.statement(statement))
            most = most.beside(now)
        return most

    def statement(self, node: Statement) -> Length:
        match node:
            case Var():
                return SAME if node is not self.declared else self.value(node.value)
            case Set():
                symbol = self.facts.symbol_of(node)
                is_it = symbol is not None and symbol.node is self.declared
                return self.value(node.value) if is_it else SAME
            case If() | Match():
                return self.choice(node)
            case For(source=source, at_most=at_most, body=body):
                return self.block(body).again(self.items(source, at_most))
            case Loop(budget=budget, body=body, on_exhausted=left):
                times = None if budget is None or node.asks else budget.iterations
                rounds = self.block(body).again(times)
                return rounds if left is None else rounds.then(self.block(left))
            case ParallelFor(body=body):
                return self.block(body)
            case _:
                return self.parts(node)

    def choice(self, node: If | Match) -> Length:
        """One of the blocks, or none."""
        most = SAME
        for block in _blocks(node):
            most = most.beside(self.block(block))
        return most

    def parts(self, node: Node) -> Length:
        """Each of the blocks, once, up to anywhere in it."""
        now = SAME
        for block in _blocks(node):
            now = now.then(self.block(block))
        return now

    def value(self, value: Expression | None) -> Length:
        """What the list is when it is set to `value`."""
        match value:
            case None:
                return Length(None, 0)
            case Name(name=name) if name == self.declared.name:
                return SAME
            case Binary("+", left, right):
                return self.sum([left, right])
            case Row(first=first, rest=rest) if all(operand.operator == "+" for operand in rest):
                return self.sum([first, *(operand.value for operand in rest)])
            case Conditional(then=then, otherwise=otherwise):
                return self.value(then).beside(self.value(otherwise))
            case Chain(ways=ways, otherwise=last):
                found = self.value(last)
                for way in ways:
                    found = found.beside(self.value(way.value))
                return found
            case FunctionCall(function=function, arguments=given) if function in _AS_LONG:
                items = next((each.value for each in given if each.name in (None, "items")), value)
                return self.other(value) if items is value else self.value(items)
            case _:
                return self.other(value)

    def sum(self, parts: list[Expression]) -> Length:
        """Whichever part names the list is what the others are added to; a second one is as long as any other."""
        at = next((at for at, part in enumerate(parts) if _names(part, self.declared.name)), None)
        found = Length(None, 0) if at is None else self.value(parts[at])
        for other in parts if at is None else parts[:at] + parts[at + 1 :]:
            size = self.items(other, None)
            found = replace(found, endless=True) if size is None else found.then(Length(size))
        return found

    def other(self, value: Expression) -> Length:
        size = self.items(value, None)
        return Length(None, None, endless=True) if size is None else Length(None, size)

    def items(self, expression: Expression, at_most: int | None) -> int | None:
        found = self.facts.type_of(expression)
        known = found.at_most if isinstance(found, ListOf) else None
        return known if at_most is None or (known is not None and known < at_most) else at_most


def _blocks(node: Node) -> list[Block]:
    """Those of the statement, and of its branches, but none that stand in another of them."""
    found: list[Block] = []
    for child in children(node):
        found += [child] if isinstance(child, Block) else _blocks(child)
    return found


def _most(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else max(left, right)
