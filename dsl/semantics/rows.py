"""Types of long rows and chains: what `operators` and `literals` say of two, without recursion."""

from collections.abc import Callable

from dsl.ast.expressions import Binary, Chain, Expression, Row
from dsl.semantics.conversations import extended
from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import join
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.literals import one_of_ways
from dsl.semantics.narrowing import assume
from dsl.semantics.operators import refused, result
from dsl.semantics.state import State
from dsl.semantics.together import odd_one, together
from dsl.semantics.types import BOOL, NULL, UNKNOWN, Conversation, ListOf, Type, spelled


def row(node: Row, state: State, inference: Inference) -> Type:
    left = inference.present(node.first, state, f"`{node.rest[0].operator}`")
    lists = [(node.first, left)]
    for at, operand in enumerate(node.rest):
        if operand.operator == "+" and isinstance(left, Conversation):
            left = extended(Binary("+", node.first, operand.value), left, state, inference)
            continue
        right = inference.present(operand.value, state, f"`{operand.operator}`")
        lists.append((operand.value, right))
        if UNKNOWN in (left, right) or NULL in (left, right):
            left = UNKNOWN
            continue
        found = result(operand.operator, left, right)
        left = refused(_pair(node, at), left, right, inference) if found is None else found
    return _one_list(lists, left, inference) if isinstance(left, ListOf) else left


def _one_list(lists: list[tuple[Expression, Type]], found: ListOf, inference: Inference) -> Type:
    """What each list becomes in the one that they make: of items that they all have in common."""
    items = [each.item if isinstance(each, ListOf) else each for _, each in lists]
    item = together(items)
    if item is None:
        odd, before = odd_one(items)
        inference.report(
            Mismatch(lists[odd][0], "`+`", spelled(ListOf(before)), lists[odd][1], as_before=ListOf(before))
        )
        return UNKNOWN
    made = ListOf(item, found.at_most)
    for value, each in lists:
        inference.widen(value, each, made)
    return made


def _pair(node: Row, at: int) -> Binary:
    """The operand at `at`, and all before it."""
    operand = node.rest[at]
    before: Expression = node.first
    if at:
        before = Row(node.first, node.rest[:at], span=node.first.span.to(node.rest[at - 1].value.span))
    return Binary(operand.operator, before, operand.value, span=before.span.to(operand.value.span))


def chain(node: Chain, state: State, inference: Inference) -> Type:
    found = _each(node, state, inference, inference.infer)
    values = [*(way.value for way in node.ways), node.otherwise]
    return one_of_ways(values, found, inference)


def expect_chain(node: Chain, wanted: Wanted, state: State, inference: Inference) -> Type | None:
    found = _each(node, state, inference, lambda value, there: inference.expect(value, wanted, there))
    joined = found[0]
    for each in found[1:]:
        common = join(joined, each)
        if common is None:
            return wanted.type
        joined = common
    return joined


def _each(node: Chain, state: State, inference: Inference, typed: Callable[[Expression, State], Type]) -> list[Type]:
    """The type of each value, where none of the conditions before it held."""
    found = []
    for way in node.ways:
        inference.expect(way.condition, Wanted(BOOL, "the condition of `if`"), state)
        found.append(typed(way.value, assume(way.condition, True, state, inference.facts)))
        state = assume(way.condition, False, state, inference.facts)
    return [*found, typed(node.otherwise, state)]
