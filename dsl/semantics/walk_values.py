"""Steps and values: `step let var set commit sleep fail return`."""

from dsl.ast.expressions import Expression, ListLiteral, Literal
from dsl.ast.statements import Commit, Compensate, CompensateStatement, Fail, Let, Return, Set, Sleep, Step, Var
from dsl.semantics import arguments, capped
from dsl.semantics.conversations import continued
from dsl.semantics.facts import Moment
from dsl.semantics.findings import DefinedTwice, InvalidType, Mismatch, SetInParallel, UnknownName, WrongKind, no_value
from dsl.semantics.fit import grown, misfit, widened
from dsl.semantics.gathered import Gathering, gathers, of_any_length
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol, SymbolKind
from dsl.semantics.types import (
    BOOL,
    ERROR,
    JSON,
    NEVER,
    NOTHING,
    NULL,
    TEXT,
    TIME,
    UNKNOWN,
    Enum,
    ListOf,
    Member,
    OptionalOf,
    Record,
    Type,
    members,
    spelled,
    structure,
)
from dsl.semantics.walker import Around, Walker


def step(walker: Walker, node: Step, state: State, around: Around) -> State:
    walker.facts.moments[id(node)] = Moment(state, around.iterations)
    signature = arguments.call(node.call, state, walker.inference)
    returns = UNKNOWN if signature is None else TEXT if node.detached else signature.returns
    capped.step(node, state, walker.inference)
    if node.continues is not None:
        continued(node, node.continues, signature, state, walker.inference)
    if node.compensate is not None:
        undo(node.compensate, returns, state, walker.inference)
    return walker.define_once(node, node.name, "step", returns, state, around) if node.named else state


def undo(node: Compensate, returns: Type, state: State, inference: Inference) -> None:
    """An undo may use what is known where it is written, and the result of what it undoes."""
    if node.call is not None:
        if "result" in state.names and returns != NOTHING:
            inference.report(DefinedTwice(node, "result", state.names["result"].node))
        known = state if returns == NOTHING else state.define(Symbol("result", "result", returns, node))
        for call in node.calls:
            arguments.call(call, known, inference)


def compensate_statement(walker: Walker, node: CompensateStatement, state: State, around: Around) -> State:
    for call in node.calls:
        arguments.call(call, state, walker.inference)
    return state


def let(walker: Walker, node: Let, state: State, around: Around) -> State:
    if node.type is not None:
        found = walker.resolver.resolve(node.type)
        walker.inference.expect(node.value, Wanted(found, f"`{node.name}`", node), state)
    else:
        found = walker.inference.infer(node.value, state)
    if found == NOTHING:
        walker.inference.report(Mismatch(node.value, f"`{node.name}`", "a value", found, "it has no value"))
    after = walker.define(node, node.name, "let", found, state, around)
    return after.mean(node.name, node.value) if found == BOOL else after


def var(walker: Walker, node: Var, state: State, around: Around) -> State:
    declared = _first_type(walker, node, state) if node.type is None else walker.resolver.resolve(node.type)
    found = declared
    if node.type is not None and node.value is not None:
        found = walker.inference.expect(node.value, Wanted(declared, f"`{node.name}`", node), state)
    after = walker.define(node, node.name, "var", declared, state, around)
    if node.value is None:
        return after.define(after.names[node.name], assigned=False)
    return _holding(after, node.name, declared, found)


def _first_type(walker: Walker, node: Var, state: State) -> Type:
    """The type of a `var` that says none: that of its first value, and where that leaves it open, of others."""
    if node.value is None:
        walker.inference.report(InvalidType(node, f"`{node.name}` has neither a type nor a first value"))
        return UNKNOWN
    first = walker.inference.infer(node.value, state)
    found = walker.held.get(id(node)) or widened(first)
    if found in (NULL, NOTHING) or (isinstance(found, ListOf) and found.item == NEVER):
        shown = "[]" if isinstance(node.value, ListLiteral) else "null" if isinstance(node.value, Literal) else "this"
        example = "[text] at most 20" if shown == "[]" else "text?"
        advice = f"write its type, such as `var {node.name}: {example} = {shown}`"
        walker.inference.report(InvalidType(node, f"`{shown}` does not say what `{node.name}` will hold", advice))
        return UNKNOWN
    if misfit(first, found) is None:
        walker.inference.widen(node.value, first, found)
    return found


def set_(walker: Walker, node: Set, state: State, around: Around) -> State:
    symbol = state.names.get(node.name)
    if symbol is None:
        walker.inference.infer(node.value, state)
        _unknown_var(walker, node, state)
        return state
    if symbol.kind != "var":
        walker.inference.infer(node.value, state)
        walker.inference.report(WrongKind(node, node.name, _CALLED[symbol.kind], "a `var`", symbol.node))
        return state
    if symbol.branch is not around.branch and around.branch is not None:
        walker.inference.report(SetInParallel(node, node.name, symbol.node, around.branch))
    walker.facts.symbols[id(node)] = symbol
    if isinstance(symbol.node, Var) and symbol.node.type is None:
        _grow(walker, node, symbol, state)
    wanted = Wanted(symbol.type, f"`{node.name}`", symbol.node)
    if isinstance(symbol.node, Var) and gathers(node, symbol):
        return _gather(walker, node, symbol.node, wanted, state)
    found = walker.inference.expect(node.value, wanted, state)
    return _holding(state.assign(node.name), node.name, symbol.type, found)


def _gather(walker: Walker, node: Set, declared: Var, wanted: Wanted, state: State) -> State:
    """Whether the list becomes too long is told when all that is added to it is known."""
    found = structure(walker.inference.expect(node.value, of_any_length(wanted), state))
    if isinstance(found, ListOf):
        walker.gatherings.append(Gathering(node, declared, wanted, found))
    return state.assign(node.name)


def _grow(walker: Walker, node: Set, symbol: Symbol, state: State) -> None:
    """Note what else the `var` holds, for another walk. What is found in passing is found again."""
    findings = walker.facts.findings
    before = len(findings)
    found = walker.inference.infer(node.value, state)
    del findings[before:]
    if misfit(found, symbol.type) is not None:
        wider = grown(walker.held.get(id(symbol.node), symbol.type), found)
        if wider is not None and wider != walker.held.get(id(symbol.node)):
            walker.held[id(symbol.node)] = wider
            walker.growing.append(symbol.node)


_CALLED: dict[SymbolKind, str] = {
    "parameter": "a parameter",
    "config": "a value of the deployment",
    "step": "the result of a step",
    "approval": "an approval",
    "event": "an event",
    "heard": "an event",
    "let": "a `let`, which has one value for good",
    "item": "the item of a round",
    "index": "the position of a round",
    "parallel": "the result of a `parallel`",
    "race": "the result of a `race`",
    "so far": "what has come in so far",
    "choice": "the result of a choice",
    "error": "an error",
    "result": "a result",
    "key": "the idempotency key",
}


def _unknown_var(walker: Walker, node: Set, state: State) -> None:
    defined = walker.inference.defined.get(node.name)
    if defined is not None:
        walker.inference.report(no_value(node, node.name, defined))
    elif not walker.inference.quiet:
        known = tuple(name for name, symbol in state.names.items() if symbol.kind == "var")
        walker.inference.report(UnknownName(node, "var", node.name, known))


def _holding(state: State, name: str, declared: Type, found: Type) -> State:
    """A var that may be null holds for now what was put in."""
    if isinstance(declared, OptionalOf) and not isinstance(found, OptionalOf) and found not in (UNKNOWN, NULL, JSON):
        return state.refine((name,), declared.item)
    return state


def sleep(walker: Walker, node: Sleep, state: State, around: Around) -> State:
    if node.until is not None:
        walker.inference.expect(node.until, Wanted(TIME, "`sleep until`"), state)
    capped.length(node.chosen, node.milliseconds, "`sleep`", state, walker.inference)
    return state


def fail(walker: Walker, node: Fail, state: State, around: Around) -> None:
    found = _failing(walker, node.value, state)
    fields = members(found)
    if found in (TEXT, UNKNOWN) or isinstance(found, Enum):
        return
    if fields is None or "message" not in fields or not fields.keys() <= {"kind", "message", "step", "details"}:
        wanted = "a text, or a record { kind: text, message: text, details: json }"
        walker.inference.report(Mismatch(node.value, "`fail`", wanted, found))


def _failing(walker: Walker, value: Expression, state: State) -> Type:
    """What `fail` is given: the fields of a record are what an error has."""
    found = walker.inference.infer(value, state)
    fields = members(found) or {}
    known = {name: member for name, member in _OF_ERRORS.items() if name in fields}
    if "message" in fields and fields.keys() == known.keys():
        wanted = Record(tuple(Member(name, known[name].type) for name in fields))
        walker.inference.judge(value, found, Wanted(wanted, "`fail`"))
    return found


_OF_ERRORS = {member.name: member for member in ERROR.members}


def return_(walker: Walker, node: Return, state: State, around: Around) -> State | None:
    """One that may not stand here is taken as absent, so that what follows it is not called unreachable."""
    _returned(walker, node, state)
    if around.branch is None:
        return None
    advice = "give the branch a result, and return after the `parallel`"
    walker.misplaced(node, "`return` cannot leave a branch that runs beside others", advice)
    return state


def _returned(walker: Walker, node: Return, state: State) -> None:
    role = f"the result of `{walker.flow.name}`"
    if node.value is None:
        if walker.returns not in (NOTHING, UNKNOWN):
            found = Mismatch(node, role, spelled(walker.returns), NOTHING, "nothing is returned", walker.flow)
            walker.inference.report(found)
    elif walker.returns == NOTHING:
        found_type = walker.inference.infer(node.value, state)
        reason = f"`{walker.flow.name}` declares no result"
        walker.inference.report(Mismatch(node.value, "`return`", "no value", found_type, reason, walker.flow))
    else:
        walker.inference.expect(node.value, Wanted(walker.returns, role, walker.flow.returns), state)


def commit(walker: Walker, node: Commit, state: State, around: Around) -> State:
    if around.branch is not None:
        message = "`commit` is about all that the flow has done, and cannot stand in a branch that runs beside others"
        walker.misplaced(node, message, "put it behind the branches, or into a flow of its own")
    return state
