"""Conditions whose answer is known before a run: what stands behind them is never left out, or never done.

Only what is certain counts: what is written out, a path whose truth an earlier condition told, null where a type has
none, numbers between bounds (`ranges`), and the same question asked before in one chain of `else if`. Items of lists
and maps are not looked at: whether they are there is no matter of their type.
"""

from collections.abc import Iterable

from dsl.ast.expressions import Binary, Expression, FunctionCall, Get, Index, ListLiteral, Literal, Name, Unary
from dsl.ast.node import Node
from dsl.dataclass import dataclass
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.semantics.access import path_of
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Settled
from dsl.semantics.nodes import by_class
from dsl.semantics.ranges import outcome
from dsl.semantics.state import State
from dsl.semantics.types import JSON, NOTHING, NULL, UNKNOWN, Enum, OptionalOf

_COMPARED = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Known:
    """The answer, and where it comes from, when that is another place of the text."""

    truth: bool
    because: Node | None = None


def settled(condition: Expression, state: State, facts: Facts, asked: dict[Expression, Expression]) -> None:
    """Report `condition`, of which the types are known, where it always or never holds. `asked` are those before it in
    its chain, none of which held; it is added to them."""
    found = known(condition, state, facts)
    if found is None and not _comes_anew(condition, facts):
        same = asked.setdefault(condition, condition)
        found = None if same is condition else Known(truth=False, because=same)
    if found is not None:
        facts.findings.append(Settled(condition, found.truth, found.because))


def takes_the_rest(condition: Expression, facts: Facts) -> bool:
    """Whether `condition` holds for all that is left over of an enumeration where it is asked: an `else` behind it is
    never done. It is no mistake of the condition, which calls the last case by its name.
    """
    match condition:
        case Binary(operator="==", left=left, right=right):
            return _is_one_of(left, (right,), facts) or _is_one_of(right, (left,), facts)
        case Binary(operator="in", left=left, right=ListLiteral(items=items)):
            return _is_one_of(left, items, facts)
        case Binary(operator="and", left=left, right=right):
            return takes_the_rest(left, facts) and takes_the_rest(right, facts)
        case Binary(operator="or", left=left, right=right):
            return takes_the_rest(left, facts) or takes_the_rest(right, facts)
        case _:
            return False


def _is_one_of(subject: Expression, values: Iterable[Expression], facts: Facts) -> bool:
    found = facts.type_of(subject)
    if not isinstance(found, Enum) or found.written or path_of(subject) is None or _by_position(subject):
        return False
    return {each.value for each in values if isinstance(each, Literal)}.issuperset(found.values)


def known(condition: Expression, state: State | None, facts: Facts) -> Known | None:
    match condition:
        case Literal(value=bool(written)):
            return Known(written)
        case Unary(operator="not", operand=operand):
            inner = known(operand, state, facts)
            return None if inner is None else Known(not inner.truth, inner.because)
        case Binary(operator="and" | "or" as operator):
            return _logic(condition, operator == "or", state, facts)
        case Binary(operator=operator) if operator in _COMPARED:
            return _compared(condition, facts)
        case Name() | Get():
            path = path_of(condition)
            truth = None if state is None or path is None or _by_position(condition) else state.truths.get(path)
            return _meant(condition, state, facts) if truth is None else Known(truth)
        case _:
            return None


def _logic(node: Binary, deciding: bool, state: State | None, facts: Facts) -> Known | None:
    """One side that decides alone, or both that do not."""
    sides = [known(node.left, state, facts), known(node.right, state, facts)]
    for side in sides:
        if side is not None and side.truth is deciding:
            return side
    return Known(not deciding) if None not in sides else None


def _compared(node: Binary, facts: Facts) -> Known | None:
    if _is_written_out(node, facts):
        try:
            return Known(evaluate(node, {}, CONSTANT) is True)
        except EvaluationError:
            return None
    for subject, other in ((node.left, node.right), (node.right, node.left)):
        if node.operator in ("==", "!=") and isinstance(other, Literal) and other.value is None:
            return _null(subject, node.operator == "==", facts)
    found = outcome(node, facts)
    if found is not None:
        return Known(*found)
    return _texts(node, facts) if node.operator in ("==", "!=") else None


def _meant(condition: Expression, state: State | None, facts: Facts) -> Known | None:
    """Of a `let` of a condition, what that is."""
    if state is None or not isinstance(condition, Name) or condition.name not in state.meant:
        return None
    found, symbol = known(state.meant[condition.name], None, facts), facts.symbol_of(condition)
    return found if found is None or symbol is None else Known(found.truth, found.because or symbol.node)


def _texts(node: Binary, facts: Facts) -> Known | None:
    """Of texts that are declared as no enumeration, what is written and what earlier conditions left over."""
    left, right = facts.type_of(node.left), facts.type_of(node.right)
    if not (isinstance(left, Enum) and isinstance(right, Enum) and left.written and right.written):
        return None
    if _by_position(node.left) or _by_position(node.right):
        return None
    if set(left.values).isdisjoint(right.values):
        return Known(node.operator == "!=")
    return Known(node.operator == "==") if left.values == right.values and len(left.values) == 1 else None


def _is_written_out(node: Binary, facts: Facts) -> bool:
    """Whether nothing is read in it, and nothing asked that has another answer each time."""
    if isinstance(node.left, Literal) and isinstance(node.right, Literal):
        return True
    nodes = by_class(node)
    calls = (each for each in nodes.get(FunctionCall, ()) if isinstance(each, FunctionCall))
    return Name not in nodes and all(
        each.function not in ("now", "uuid") and facts.callee_of(each) is None and id(each) not in facts.casts
        for each in calls
    )


def _null(subject: Expression, asked: bool, facts: Facts) -> Known | None:
    found = facts.type_of(subject)
    if not isinstance(subject, Name | Get) or _by_position(subject):
        return None
    if found in (UNKNOWN, JSON, NOTHING) or isinstance(found, OptionalOf):
        return None
    root = subject
    while isinstance(root, Get):
        if root.optional:
            return None
        root = root.subject  # type: ignore[assignment]
    symbol = facts.symbol_of(root)
    return Known(asked if found == NULL else not asked, None if symbol is None else symbol.node)


def _by_position(expression: Expression) -> bool:
    return bool(by_class(expression).get(Index))


def _comes_anew(condition: Expression, facts: Facts) -> bool:
    """Whether it may have another answer each time that it is asked."""
    nodes = by_class(condition)
    return bool(nodes.get(FunctionCall)) or any(id(each) in facts.left for each in nodes.get(Get, ()))
