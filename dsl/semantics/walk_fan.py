"""Blocks that run side by side: `parallel`, `parallel for`, and `yield`, which gives a branch its value."""

from dataclasses import replace

from dsl.ast.statements import AwaitApproval, Branch, NotYet, Parallel, ParallelFor, Step, Yield
from dsl.semantics.findings import DefinedTwice, Mismatch, Unbounded
from dsl.semantics.inference import Wanted
from dsl.semantics.state import State
from dsl.semantics.types import (
    INT,
    NOTHING,
    NULL,
    UNKNOWN,
    ListOf,
    Member,
    OutcomeOf,
    Record,
    Type,
)
from dsl.semantics.walker import Around, Walker
from dsl.semantics.yields import yielded


def parallel(walker: Walker, node: Parallel, state: State, around: Around) -> State | None:
    """What the branches define is visible afterwards, unless one of them may have failed."""
    values: dict[str, Member] = {}
    ends: list[State | None] = []
    places: dict[str, Step | AwaitApproval | Branch] = {}
    for branch in node.branches:
        end, value = _branch(walker, branch, state, around)
        ends.append(end)
        if isinstance(branch, NotYet):
            continue
        if places.setdefault(branch.name, branch) is not branch and isinstance(branch, Branch):
            walker.inference.report(DefinedTwice(branch, branch.name, places[branch.name]))
        values[branch.name] = Member(branch.name, OutcomeOf(value) if node.keep_going else value)
    after = state if node.keep_going else _merged(state, ends, around)
    if node.name is None or after is None:
        return after
    return walker.define_once(node, node.name, "parallel", Record(tuple(values.values())), after, around)


def _branch(
    walker: Walker, branch: Step | AwaitApproval | Branch | NotYet, state: State, around: Around
) -> tuple[State | None, Type]:
    inner = around.in_branch(branch)
    if not isinstance(branch, Branch):
        end = walker.statement(branch, state, inner)
        return end, _value(walker, branch, end)
    end = walker.block(branch.body, state, inner)
    found = yielded(walker, inner, falls_through=end is not None)
    yielding = inner.yields is not None and bool(inner.yields)
    return state if yielding else end, found


def _value(walker: Walker, branch: Step | AwaitApproval | NotYet, end: State | None) -> Type:
    """What the branch gives, whether or not it also gives it a name."""
    match branch:
        case Step():
            signature = walker.facts.callee_of(branch.call)
            found = UNKNOWN if signature is None else signature.returns
        case AwaitApproval():
            found = UNKNOWN if end is None else end.names[branch.name].type
        case _:
            found = UNKNOWN
    return NULL if found == NOTHING else found


def _merged(state: State, ends: list[State | None], around: Around) -> State | None:
    """Each branch starts from `state`. A name that two of them define is nobody's; one that always fails, fails all."""
    names = dict(state.names)
    versions = dict(state.versions)
    unassigned = state.unassigned
    clashing: set[str] = set()
    for end in ends:
        if end is None:
            return None
        new = {name: symbol for name, symbol in end.names.items() if name not in state.names}
        clashing |= new.keys() & names.keys()
        names |= {name: replace(symbol, branch=around.branch) for name, symbol in new.items()}
        versions |= {name: end.versions[name] for name in new.keys() & end.versions.keys()}
        unassigned |= end.unassigned
    kept = {name: symbol for name, symbol in names.items() if name not in clashing}
    return replace(state, names=kept, versions=versions, unassigned=unassigned & kept.keys())


def parallel_for(walker: Walker, node: ParallelFor, state: State, around: Around) -> State:
    source = walker.inference.list_of(node.source, state, "`parallel for`")
    if source is not None and source.at_most is None and node.at_most is None:
        walker.inference.report(Unbounded(node, source))
    if node.up_to is not None:
        walker.inference.expect(node.up_to, Wanted(INT, "`up to`"), state)
    inner = around.in_branch(node, iteration=node)
    item = UNKNOWN if source is None else source.item
    start = walker.define(node, node.variable, "item", item, state, inner)
    end = walker.block(node.body, start, inner)
    value = yielded(walker, inner, falls_through=end is not None)
    if node.name is None:
        return state
    bounds = [bound for bound in (node.at_most, None if source is None else source.at_most) if bound is not None]
    items = ListOf(OutcomeOf(value) if node.keep_going else value, min(bounds) if bounds else None)
    result = UNKNOWN if source is None and not bounds else items
    return walker.define_once(node, node.name, "parallel", result, state, around)


def yield_(walker: Walker, node: Yield, state: State, around: Around) -> State | None:
    """The end of its branch, or of the choice whose value it gives."""
    found = walker.inference.infer(node.value, state)
    if around.yields is None:
        message = "`yield` gives the value of a branch or of a choice with a name, and there is none around it"
        walker.misplaced(node, message, "use `return`, or name the choice: `if … as name`, `match … as name`")
        return state
    if found == NOTHING:
        walker.inference.report(Mismatch(node.value, "`yield`", "a value", found, "it has no value"))
    else:
        around.yields.append((node.value, found, state))
    return None
