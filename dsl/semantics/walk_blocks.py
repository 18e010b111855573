"""Blocks that run at most once: `try` and `budget`."""

from dsl.ast.statements import BudgetBlock, ExclusiveBlock, Handler, Try
from dsl.dataclass import replace
from dsl.semantics import arguments, capped
from dsl.semantics.inference import Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.nodes import names_set
from dsl.semantics.state import State, join
from dsl.semantics.types import BOOL, ERROR
from dsl.semantics.walker import Around, Walker


def budget_block(walker: Walker, node: BudgetBlock, state: State, around: Around) -> State | None:
    """The budget may run out anywhere in the body, so `on exhausted` knows no more than what held before."""
    capped.budget(node.budget, state, walker.inference)
    capped.asks(node.asks, walker.inference)
    end = walker.block(node.body, state.within(node.budget), around)
    end = None if end is None else replace(end, limited=state.limited)
    if node.on_exhausted is None:
        return end
    exhausted = walker.block(node.on_exhausted, state.forget(names_set(node.body)), around)
    return join((end, exhausted))


def exclusive_block(walker: Walker, node: ExclusiveBlock, state: State, around: Around) -> State | None:
    arguments.lock(node.by, state, walker.inference)
    return walker.block(node.body, state, around)


def try_(walker: Walker, node: Try, state: State, around: Around) -> State | None:
    """However it ends, `finally` knows no more than what held before."""
    end = walker.block(node.body, state, around)
    interrupted = state.forget(names_set(node.body))
    handled = [_handler(walker, handler, interrupted, around) for handler in node.handlers]
    if node.finally_ is not None:
        left = state.forget(names_set(node))
        for call in node.finally_.calls:
            arguments.call(call, left, walker.inference)
    return join((end, *handled))


def _handler(walker: Walker, node: Handler, state: State, around: Around) -> State | None:
    inner = state if node.name is None else walker.define(node, node.name, "error", ERROR, state, around)
    if node.condition is not None:
        walker.inference.expect(node.condition, Wanted(BOOL, "the condition of `on error`"), inner)
        inner = assume(node.condition, True, inner, walker.facts)
    end = walker.block(node.body, inner, around)
    return None if end is None else end.leave(state)
