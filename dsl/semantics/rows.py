"""Types of long rows and chains: what `operators` and `literals` say of two, without recursion."""

from collections.abc import Callable

from dsl.ast.expressions import Binary, Chain, Expression, Row
from dsl.semantics.conversations import extended
from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import join
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.operators import refused, result
from dsl.semantics.state import State
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
    if isinstance(left, ListOf):
        for value, each in lists:
            inference.widen(value, each, left)
    return left


def _pair(node: Row, at: int) -> Binary:
    """The operand at `at`, and all before it."""
    operand = node.rest[at]
    before: Expression = node.first
    if at:
        before = Row(node.first, node.rest[:at], span=node.first.span.to(node.rest[at - 1].value.span))
    return Binary(operand.operator, before, operand.value, span=before.span.to(operand.value.span))


def chain(node: Chain, state: State, inference: Inference) -> Type:
    found = _each(node, state, inference, inference.infer)
    joined = found[0]
    values = (*(way.value for way in node.ways), node.otherwise)
    for value, each in zip(values[1:], found[1:], strict=True):
        common = join(joined, each)
        if common is None:
            inference.report(Mismatch(value, "`else`", f"{spelled(joined)}, as `then` gives", each))
            return UNKNOWN
        joined = common
    for value, each in zip(values, found, strict=True):
        inference.widen(value, each, joined)
    return joined


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
