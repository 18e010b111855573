"""SF501: an irreversible call that does not stand behind an approval of exactly this call.

A step needs an approval before it in its flow; what an agent uses a gate of its own, because a model may call it with
anything, at any time. So does a flow in which such a call stands `without approval`: what its author took for harmless
there, a model decides here.
"""

from collections.abc import Collection, Iterator, Mapping

from dsl.ast.declarations import FlowDeclaration, Use
from dsl.ast.expressions import Expression, FunctionCall, Get, Index, Name
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, For, Let, ParallelFor, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.expressions.names import names
from dsl.semantics.gating.gates import Candidate, Obstacle, needs_approval, ungated
from dsl.semantics.nodes import of_class
from dsl.semantics.symbols import Signature

ANEW = frozenset({"now", "uuid"})


def check(program: Program) -> Iterator[Diagnostic]:
    for flow in program.facts.all(FlowDeclaration):
        if id(flow) not in program.facts.partly_read:
            for step, tried in ungated(flow, program.facts):
                if all(each.gate is None for each in tried):
                    yield _worded(program, flow, step, tried)
    for step in program.facts.all(Step):
        if step.without_approval is not None and not step.without_approval.strip():
            message = "`without approval` gives no reason"
            yield Diagnostic("SF501", message, program.label(step), help="say in a few words why nobody is asked")
    unasked = _unasked(program)
    for use in program.facts.all(Use):
        yield from _used(program, use, unasked)
    for flow in program.graph.main():
        if flow.requires_approval:
            message = f"`{flow.name}` requires approval, and no flow calls it, so nobody can approve its call"
            advice = "call it behind an approval, or ask inside of it"
            yield Diagnostic("SF501", message, program.name_label(flow, flow.name), help=advice)


def _used(program: Program, use: Use, unasked: Mapping[str, Step]) -> Iterator[Diagnostic]:
    signature = program.facts.callee_of(use)
    step = unasked.get(use.target)
    if use.gate or signature is None or (step is None and not needs_approval(signature)):
        return
    primary = program.name_label(use, use.target)
    what = _what(signature) if step is None else f"`{use.target}` calls `{step.call.target}`"
    other = () if step is None else (program.label(step, "nobody is asked here"),)
    message = f"{what}, and a model may call it here without anybody's approval"
    advice = f'ask before each call: `use {use.target} after approval from "GROUP" timeout 4h then reject`'
    yield Diagnostic("SF501", message, primary, other, help=advice)


def _what(signature: Signature) -> str:
    return f"`{signature.name}` {'is irreversible' if signature.kind == 'tool' else 'requires approval'}"


def _unasked(program: Program) -> dict[str, Step]:
    """Flows that make a call that needs one `without approval`, themselves or by flows that they call; each with the
    step. What agents use on the way has its own gate, or its own message."""
    found: dict[str, Step] = {}
    for flow in program.facts.all(FlowDeclaration):
        for step in of_class(flow, Step):
            signature = program.facts.callee_of(step.call)
            if step.without_approval is not None and signature is not None and needs_approval(signature):
                found.setdefault(flow.name, step)
    waiting = list(found)
    callers = [(name, targets) for name, targets in program.graph.direct.items() if name in program.graph.flows]
    for callee in waiting:
        for name, targets in callers:
            if callee in targets and name not in found:
                found[name] = found[callee]
                waiting.append(name)
    return found


def _worded(program: Program, flow: FlowDeclaration, step: Step, tried: list[Candidate]) -> Diagnostic:
    target = step.call.target
    signature = program.facts.callee_of(step.call)
    what = f"`{target}`" if signature is None else _what(signature)
    if not tried and flow.requires_approval:
        message = f"{what}, and who approves `{flow.name}` does not see this call"
        advice = "make its arguments of the parameters alone, once or for each item of one of them; or ask here"
        return Diagnostic("SF501", message, program.name_label(step, target), help=advice)
    if not tried:
        message = f"{what}, and nobody approves this call"
        return Diagnostic("SF501", message, program.name_label(step, target), help=_ask(program, flow, step))
    message, place, label, advice = _obstacle(program, tried[0], tried[0].obstacles[0])
    return Diagnostic("SF501", f"{what}, and {message}", place, (label,), help=advice)


def _ask(program: Program, flow: FlowDeclaration, step: Step) -> str:
    """What to add, apart from an approval elsewhere in the flow that does not reach this call."""
    existing = next(iter(of_class(flow, AwaitApproval)), None)
    if existing is not None:
        return f"put the call where `{existing.name}` has its answer, or ask anew just before it"
    values = program.facts.arguments_of(step.call).values()
    shown = ", ".join(program.source.slice(value.span) for value in values if of_class(value, Name)) or "…"
    asking = f'`await approval NAME "…" {{ show {shown} from "GROUP" timeout 24h then reject }}`'
    return f"ask before: {asking} and `if NAME.approved {{ … }}`"


def _obstacle(program: Program, tried: Candidate, found: Obstacle) -> tuple[str, Label, Label, str]:
    """What is in the way, where, what else belongs to it, and what to write."""
    name = tried.approval.name
    call = program.name_label(tried.step, tried.step.call.target)
    approval = program.name_label(tried.approval, name, f"what `{name}` shows")
    match found.reason:
        case "not approved":
            message = f"it is reached also where `{name}` is not approved"
            return message, call, Label(approval.span, "asked here"), f"put it inside `if {name}.approved {{ … }}`"
        case "approved by timeout":
            message = f"`{name}` may be approved by its timeout, which opens no gate"
            advice = f'check that a person did: `if {name}.outcome == "approved" {{ … }}`'
            return message, call, program.label(found.node, "approves by itself"), advice
        case "not shown":
            missing = [each for each in tried.obstacles if each.reason == "not shown"]
            if _answered_in(program, found.node, tried.approval):
                message = f"its argument `{found.argument}` is worked out from what is answered in approval `{name}`"
                message += ": who approves sees the answer, not this"
                advice = f"let the answer of `{name}` hold it, as a field, or ask again and show it"
                return message, program.label(found.node), approval, advice
            message = f"{_arguments(missing)} not shown in approval `{name}`"
            return message, program.label(found.node), approval, _show(program, tried, missing)
        case "changed since":
            message = f"its argument `{found.argument}` may have changed since approval `{name}` showed it"
            return message, program.label(found.node), approval, "ask after the last `set`"
        case "not together":
            return _not_together(program, tried, found)
        case "more than once":
            message = f"it may run more than once for one approval `{name}`"
            advice = "ask inside the loop, or show the list and go over it with `for`, with arguments from its items"
            return message, call, program.label(found.node, "goes round here"), advice


def _arguments(missing: list[Obstacle]) -> str:
    which = ", ".join(f"`{each.argument}`" for each in missing)
    return f"its argument {which} was" if len(missing) == 1 else f"its arguments {which} were"


def _not_together(program: Program, tried: Candidate, found: Obstacle) -> tuple[str, Label, Label, str]:
    other = program.facts.arguments_of(tried.step.call)[found.other]
    if found.other == found.argument:
        which = f"its argument `{found.argument}` is made of different items"
    else:
        which = f"its arguments `{found.other}` and `{found.argument}` are of different items"
    message = f"{which}: approval `{tried.approval.name}` did not show them together"
    advice = (
        "take every argument from one item of one list, in one `for` over it; or show the calls as a list of records"
    )
    return message, program.label(found.node), program.label(other, "of another item"), advice


def _show(program: Program, tried: Candidate, missing: list[Obstacle]) -> str:
    """To show it, where it is known already; to ask later, where it is not."""
    if any(_by_position(program, each.node) for each in missing):
        return "go over the list itself, `for item in …`, and take the arguments from its item"
    if any(_comes_anew(program, each.node) for each in missing):
        name = tried.approval.name
        return f"it is another one each time: give it a name before `{name}` asks (`let x = …`), `show x`, and use `x`"
    asked = program.facts.moment_of(tried.approval)
    known: Collection[str] = () if asked is None else asked.state.names.keys()
    shown: list[Expression] = list(tried.approval.show)
    lists: list[Expression] = []
    for each in missing:
        assert isinstance(each.node, Expression)
        lists += _lists(program, each.node, known)
        values = list(_lists(program, each.node, known)) or [each.node]
        unknown = next((name for value in values for name in sorted(names(value)) if name not in known), None)
        if unknown is not None:
            return f"`{unknown}` is not known yet where `{tried.approval.name}` asks: ask later, or answer it there"
        shown += [value for value in values if not any(value == before for before in shown)]
    if lists and len(shown) == len(tried.approval.show):
        return "the list is shown, and this is worked out from its items: let each of them hold it, as a field"
    return f"add it: `show {', '.join(dict.fromkeys(program.source.slice(node.span) for node in shown))}`"


def _comes_anew(program: Program, value: Node) -> bool:
    """Whether something in it has another value wherever it is read."""
    called = any(each.function in ANEW for each in of_class(value, FunctionCall))
    return called or any(id(each) in program.facts.left for each in of_class(value, Get))


def _answered_in(program: Program, value: Node, approval: AwaitApproval) -> bool:
    """Whether it is made of the answer of `approval`, through names that stand for more."""
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        for get in of_class(part, Get):
            if get.name == "answer" and get.subject == Name(approval.name):
                return True
        for name in of_class(part, Name):
            symbol = program.facts.symbol_of(name)
            if symbol is not None and isinstance(symbol.node, Let) and id(symbol.node) not in seen:
                seen.add(id(symbol.node))
                waiting.append(symbol.node.value)
    return False


def _by_position(program: Program, value: Node) -> bool:
    """Whether it takes an item by a position that a round gives."""
    for index in of_class(value, Index):
        for name in of_class(index.index, Name):
            symbol = program.facts.symbol_of(name)
            if symbol is not None and isinstance(symbol.node, For | ParallelFor):
                return True
    return False


def _lists(program: Program, value: Node, known: Collection[str]) -> Iterator[Expression]:
    """The lists whose items `value` is made of, for items that are not known where the approval asks."""
    for name in of_class(value, Name):
        symbol = program.facts.symbol_of(name)
        if symbol is not None and symbol.name not in known and isinstance(symbol.node, For | ParallelFor):
            yield symbol.node.source
