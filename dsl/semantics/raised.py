"""Which kinds of errors can come out of statements: those that tools declare, and those that flows `fail` with.

What a flow ends with that nobody waits for does not come out, nor what a handler inside takes without a condition, nor
what ends a branch of a `race`, or of what is to `keep going`, alone. The machine's own are left out: see
`machine_kinds`. A `fail` whose kind is worked out may have any kind that can be caught around it: `open`.
"""

from collections.abc import Iterable, Iterator

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Conditional, Entry, Expression, Literal, RecordLiteral, Template
from dsl.ast.joining import First
from dsl.ast.node import Node, children
from dsl.ast.statements import (
    Call,
    CompensateStatement,
    Fail,
    Finally,
    Loop,
    Parallel,
    ParallelFor,
    Step,
    Try,
)
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import called_first
from dsl.semantics.facts import Facts
from dsl.semantics.machine_kinds import possible


@dataclass(frozen=True, slots=True)
class Raised:
    kinds: frozenset[str]
    open: bool


_NOTHING = Raised(frozenset(), open=False)


class Raising:
    """Flows are made out those first that are called. Where flows call each other, all are made out again with what is
    known by then, until nothing is added: what comes out of them only grows."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._flows: dict[str, Raised] = {}
        self._in_a_circle = False
        flows = called_first(facts)
        before: dict[str, Raised] | None = None
        while before is None or (self._in_a_circle and self._flows != before):
            before = dict(self._flows)
            for flow in flows:
                found = self.of(flow.body)
                self._flows[flow.name] = Raised(found.kinds, open=found.open or id(flow) in facts.partly_read)

    def of(self, node: Node) -> Raised:
        """What can come out of it, also through the flows that it calls."""
        match node:
            case Try():
                inside = self._left(self.of(node.body), node)
                return self._all((inside, *(self.of(handler.body) for handler in node.handlers)))
            case Parallel(keep_going=True) | ParallelFor(keep_going=True):
                return _NOTHING
            case Parallel(first=First()) | ParallelFor(first=First()):
                return _NOTHING
            case Loop(keep_going=True, on_exhausted=ended):
                return _NOTHING if ended is None else self.of(ended)
            case Fail(value=value):
                named = list(failed_with(value))
                kinds = frozenset(str(each.value) for each in named if each is not None)
                return Raised(kinds, open=None in named)
            case Step():
                return _NOTHING if node.detached else self._called(node.call)
            case CompensateStatement() | Finally():
                return _NOTHING
            case _:
                return self._all(self.of(each) for each in children(node))

    def _all(self, parts: Iterable[Raised]) -> Raised:
        every = list(parts)
        kinds = frozenset[str]().union(*(each.kinds for each in every))
        return Raised(kinds, open=any(each.open for each in every))

    def _left(self, found: Raised, node: Try) -> Raised:
        """What its handlers do not take for certain; beside a doubt they may take nothing."""
        if "OutcomeUnknown" in possible(node.body, self._facts):
            return found
        taken = [handler for handler in node.handlers if handler.condition is None]
        if any(not handler.kinds for handler in taken):
            return _NOTHING
        return Raised(found.kinds - frozenset(kind for handler in taken for kind in handler.kinds), found.open)

    def _called(self, call: Call) -> Raised:
        signature = self._facts.callee_of(call)
        match None if signature is None else signature.node:
            case ToolDeclaration(errors=errors):
                return Raised(frozenset(errors), open=False)
            case FlowDeclaration(name=name):
                self._in_a_circle = self._in_a_circle or name not in self._flows
                return self._flows.get(name, _NOTHING)
            case None:
                return Raised(frozenset(), open=True)
            case _:
                return _NOTHING


def failed_with(value: Expression) -> Iterator[Literal | None]:
    """The kinds that a `fail` names by literals; None for one that is worked out."""
    match value:
        case RecordLiteral(entries=entries) if all(isinstance(entry, Entry) for entry in entries):
            for entry in entries:
                if isinstance(entry, Entry) and entry.name == "kind":
                    yield from _texts(entry.value)
        case Conditional():
            yield from failed_with(value.then)
            yield from failed_with(value.otherwise)
        case Literal() | Template():
            return
        case _:
            yield None


def _texts(value: Expression) -> Iterator[Literal | None]:
    match value:
        case Literal(value=str()):
            yield value
        case Conditional():
            yield from _texts(value.then)
            yield from _texts(value.otherwise)
        case _:
            yield None
