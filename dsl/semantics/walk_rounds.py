"""Blocks that run again and again: `for` and `loop`, and what leaves them.

A round starts with what is known before the first one, less what the body may have set; what its body defines is gone
after each round. Behind the loop holds what holds at every way out of it.
"""

from dsl.ast.shapes import only_counts_rounds, surely_runs
from dsl.ast.statements import Break, Continue, For, Loop, Return, Until
from dsl.semantics import capped
from dsl.semantics.findings import Unbounded, UnknownName
from dsl.semantics.inference import Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.nodes import by_class, names_set
from dsl.semantics.settled import settled
from dsl.semantics.state import State, join
from dsl.semantics.types import BOOL, INT, UNKNOWN, ListOf
from dsl.semantics.walker import Around, Round, Walker


def for_(walker: Walker, node: For, state: State, around: Around) -> State | None:
    source = walker.inference.list_of(node.source, state, "`for`")
    report_unbounded(walker, node, source)
    start = state.forget(names_set(node.body))
    item = UNKNOWN if source is None else source.item
    inner = walker.define(node, node.variable, "item", item, start, around)
    if node.index is not None:
        inner = walker.define(node, node.index, "index", INT, inner, around)
    round_ = Round(node)
    end = walker.block(node.body, inner, around.inside(round_))
    rounds = (end, *round_.exits, *round_.continues)
    after = (join(rounds) if surely_runs(node) else None) or join((start, *rounds))
    return None if after is None else after.leave(state)


def report_unbounded(walker: Walker, node: For, source: ListOf | None) -> None:
    if source is not None and source.at_most is None and node.at_most is None:
        walker.inference.report(Unbounded(node, source))


def loop(walker: Walker, node: Loop, state: State, around: Around) -> State | None:
    """Left by `until`, `break` or `on exhausted`. A budget that is used up without the last fails, and nothing goes on,
    but for `every`: the last round is its end."""
    if node.name is not None:
        walker.claim(node, node.name)
    capped.budget(node.budget, state, walker.inference)
    capped.asks(node.asks, walker.inference)
    capped.length(node.chosen_every, node.every, "`every`", state, walker.inference)
    start = state.forget(names_set(node.body))
    round_ = Round(node)
    end = walker.block(node.body, start.within(node.budget), around.inside(round_))
    ways: list[State | None] = list(round_.exits)
    if node.on_exhausted is not None:
        ways.append(walker.block(node.on_exhausted, _used_up(node, state, start, end, round_), around))
    elif node.every is not None:
        ways.append(_used_up(node, state, start, end, round_))
    elif not round_.exits and not by_class(node.body).get(Return):
        ways += [start, end, *round_.continues]
    after = join(ways)
    return None if after is None else after.leave(state)


def _used_up(node: Loop, before: State, start: State, end: State | None, round_: Round) -> State:
    whole = join((end, *round_.continues)) if only_counts_rounds(node) else None
    return start if whole is None else whole.leave(before)


def until(walker: Walker, node: Until, state: State, around: Around) -> State | None:
    walker.inference.expect(node.condition, Wanted(BOOL, "the condition of `until`"), state)
    settled(node.condition, state, walker.facts, {})
    if not around.rounds:
        walker.misplaced(node, "`until` ends a `loop`, and there is none around it")
    elif isinstance(around.rounds[-1].node, For):
        walker.misplaced(node, "`until` ends a `loop`; this is a `for`", "write `if … { break }`")
    else:
        around.rounds[-1].exits.append(assume(node.condition, True, state, walker.facts))
    return assume(node.condition, False, state, walker.facts)


def break_(walker: Walker, node: Break, state: State, around: Around) -> State | None:
    round_ = _round(walker, node, around)
    if round_ is None:
        return state
    round_.exits.append(state)
    return None


def continue_(walker: Walker, node: Continue, state: State, around: Around) -> State | None:
    round_ = _round(walker, node, around)
    if round_ is None:
        return state
    round_.continues.append(state)
    return None


def _round(walker: Walker, node: Break | Continue, around: Around) -> Round | None:
    word = type(node).__name__.lower()
    if node.loop is not None:
        named = next((round_ for round_ in reversed(around.rounds) if round_.name == node.loop), None)
        if named is None and _is_outside(walker, node, around):
            walker.misplaced(node, f"`{word}` cannot leave a branch that runs beside others")
            return None
        if named is None:
            names = tuple(round_.name for round_ in around.rounds if round_.name is not None)
            walker.inference.report(UnknownName(node, "loop", node.loop, names))
            return around.rounds[-1] if around.rounds else None
        return named
    if around.rounds:
        return around.rounds[-1]
    if around.branch is not None:
        walker.misplaced(node, f"`{word}` cannot leave a branch that runs beside others")
    else:
        walker.misplaced(node, f"`{word}` belongs into a `loop` or a `for`")
    return None


def _is_outside(walker: Walker, node: Break | Continue, around: Around) -> bool:
    """Whether the loop that is named stands around the branch."""
    loops = by_class(walker.flow).get(Loop, ()) if around.branch is not None else ()
    named = [each for each in loops if isinstance(each, Loop) and each.name == node.loop]
    return any(inside is node for each in named for inside in by_class(each).get(type(node), ()))
