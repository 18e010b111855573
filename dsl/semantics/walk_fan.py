"""Blocks that run side by side: `parallel` and `race`, each with its `for`; `yield` gives a branch its value."""

from dsl.ast.statements import AwaitApproval, Branch, Parallel, ParallelFor, Step, Yield
from dsl.dataclass import replace
from dsl.semantics import capped
from dsl.semantics.findings import DefinedTwice, Mismatch, Unbounded
from dsl.semantics.inference import Wanted
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol, SymbolKind
from dsl.semantics.types import (
    BOOL,
    INT,
    NOTHING,
    NULL,
    UNKNOWN,
    Enum,
    ListOf,
    Member,
    OutcomeOf,
    Record,
    Type,
    UnionOf,
    optional,
)
from dsl.semantics.walker import Around, Walker
from dsl.semantics.yields import yielded


def parallel(walker: Walker, node: Parallel, state: State, around: Around) -> State | None:
    """What the branches define is visible afterwards, unless one of them may have failed, or been ended."""
    values: dict[str, Type] = {}
    ends: list[State | None] = []
    places: dict[str, Step | AwaitApproval | Branch] = {}
    for branch in node.branches:
        end, value = _branch(walker, branch, state, around)
        ends.append(end)
        if places.setdefault(branch.name, branch) is not branch and isinstance(branch, Branch):
            walker.inference.report(DefinedTwice(branch, branch.name, places[branch.name]))
        values[branch.name] = value
    after = _merged(state, ends, around) if all_come_to_an_end(node) else state
    _stops(walker, node, Record(tuple(Member(name, optional(OutcomeOf(each))) for name, each in values.items())), state)
    if node.name is None or after is None:
        return after
    kind: SymbolKind = "parallel" if node.first is None else "race"
    return walker.define_once(node, node.name, kind, _comes_to(node, values), after, around)


def all_come_to_an_end(node: Parallel | ParallelFor) -> bool:
    """Whether behind it each branch has come to its end."""
    return not node.keep_going and node.first is None and node.stop_when is None


def has_outcomes(node: Parallel | ParallelFor) -> bool:
    """Whether its value says of each branch what became of it."""
    return node.keep_going or node.stop_when is not None


def _comes_to(node: Parallel, values: dict[str, Type]) -> Type:
    if node.first is None:
        of = OutcomeOf if has_outcomes(node) else _itself
        return Record(tuple(Member(name, of(value)) for name, value in values.items()))
    won = [Record((Member("branch", Enum((name,))), Member("value", value))) for name, value in values.items()]
    one: Type = won[0] if len(won) == 1 else UnionOf(tuple(won)) if won else UNKNOWN
    return ListOf(one, node.first.count) if node.first.several else one


def _itself(value: Type) -> Type:
    return value


def _stops(walker: Walker, node: Parallel | ParallelFor, so_far: Type, state: State) -> None:
    """What has come in so far has the name that the whole has afterwards."""
    if node.stop_when is None:
        return
    known = state if node.name is None else state.define(Symbol(node.name, "so far", so_far, node))
    walker.inference.expect(node.stop_when, Wanted(BOOL, "the condition of `stop when`"), known)


def _branch(
    walker: Walker, branch: Step | AwaitApproval | Branch, state: State, around: Around
) -> tuple[State | None, Type]:
    inner = around.in_branch(branch)
    if not isinstance(branch, Branch):
        end = walker.statement(branch, state, inner)
        return end, _value(walker, branch, end)
    end = walker.block(branch.body, state, inner)
    found = yielded(walker, inner, falls_through=end is not None)
    yielding = inner.yields is not None and bool(inner.yields)
    return state if yielding else end, found


def _value(walker: Walker, branch: Step | AwaitApproval, end: State | None) -> Type:
    """What the branch gives, whether or not it also gives it a name."""
    if isinstance(branch, AwaitApproval):
        found = UNKNOWN if end is None else end.names[branch.name].type
    else:
        signature = walker.facts.callee_of(branch.call)
        found = UNKNOWN if signature is None else signature.returns
    return NULL if found == NOTHING else found


def _merged(state: State, ends: list[State | None], around: Around) -> State | None:
    """Each branch starts from `state`. A name that two of them define is nobody's; one that always fails, fails all."""
    names: dict[str, Symbol] = {}
    versions, unassigned = state.versions, state.unassigned
    clashing: set[str] = set()
    for end in ends:
        if end is None:
            return None
        new = end.names.since(state.names)
        clashing |= new.keys() & names.keys()
        names |= {name: replace(symbol, branch=around.branch) for name, symbol in new.items()}
        versions = versions.updated({name: end.versions[name] for name in new if name in end.versions})
        unassigned |= end.unassigned
    kept = state.names.updated({name: symbol for name, symbol in names.items() if name not in clashing})
    return replace(
        state, names=kept, versions=versions, unassigned=frozenset(each for each in unassigned if each in kept)
    )


def parallel_for(walker: Walker, node: ParallelFor, state: State, around: Around) -> State:
    word = "`parallel for`" if node.first is None else "`race for`"
    source = walker.inference.list_of(node.source, state, word)
    if source is not None and source.at_most is None and node.at_most is None:
        walker.inference.report(Unbounded(node, source))
    if node.up_to is not None and node.up_to_at_most is not None:
        capped.count(node.up_to, node.up_to_at_most, "`up to`", state, walker.inference)
    elif node.up_to is not None:
        walker.inference.expect(node.up_to, Wanted(INT, "`up to`"), state)
    inner = around.in_branch(node, iteration=node)
    item = UNKNOWN if source is None else source.item
    start = walker.define(node, node.variable, "item", item, state, inner)
    end = walker.block(node.body, start, inner)
    value = yielded(walker, inner, falls_through=end is not None)
    _stops(walker, node, ListOf(OutcomeOf(value), None if source is None else source.at_most), state)
    if node.name is None:
        return state
    bounds = [bound for bound in (node.at_most, None if source is None else source.at_most) if bound is not None]
    most = min(bounds) if bounds else None
    if node.first is not None:
        found = ListOf(value, node.first.count) if node.first.several else value
        return walker.define_once(node, node.name, "race", found, state, around)
    result = (
        UNKNOWN if source is None and not bounds else ListOf(OutcomeOf(value) if has_outcomes(node) else value, most)
    )
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
