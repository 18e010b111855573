"""SF501: an irreversible call that does not stand behind an approval of exactly this call."""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Name
from dsl.ast.statements import AwaitApproval, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.gates import Gate, Obstacle, candidates, ungated
from dsl.semantics.nodes import by_class


def check(program: Program) -> Iterator[Diagnostic]:
    for flow in program.facts.all(FlowDeclaration):
        for step in ungated(flow, program.facts):
            if program.facts.moment_of(step) is None or id(flow) in program.facts.partly_read:
                continue
            tried = candidates(step, program.facts)
            if not any(not gate.obstacles for gate in tried):
                yield _worded(program, flow, step, tried)
    for step in program.facts.all(Step):
        if step.without_approval is not None and not step.without_approval.strip():
            message = "`without approval` gives no reason"
            yield Diagnostic("SF501", message, program.label(step), help="say in a few words why nobody is asked")


def _worded(program: Program, flow: FlowDeclaration, step: Step, tried: list[Gate]) -> Diagnostic:
    target = step.call.target
    if not tried:
        message = f"`{target}` is irreversible, and nobody approves this call"
        return Diagnostic("SF501", message, program.name_label(step, target), help=_ask(program, flow, step))
    gate = tried[0]
    message, place, label, advice = _obstacle(program, gate, gate.obstacles[0])
    return Diagnostic("SF501", f"`{target}` is irreversible, and {message}", place, (label,), help=advice)


def _ask(program: Program, flow: FlowDeclaration, step: Step) -> str:
    """What to add, apart from an approval elsewhere in the flow that does not reach this call."""
    existing = [node for node in by_class(flow).get(AwaitApproval, ()) if isinstance(node, AwaitApproval)]
    if existing:
        return f"put the call where `{existing[0].name}` has its answer, or ask anew just before it"
    values = program.facts.arguments_of(step.call).values()
    shown = ", ".join(program.source.slice(value.span) for value in values if by_class(value).get(Name)) or "…"
    asking = f'`await approval NAME "…" {{ show {shown} from "GROUP" timeout 24h then reject }}`'
    return f"ask before: {asking} and `if NAME.approved {{ … }}`"


def _obstacle(program: Program, gate: Gate, found: Obstacle) -> tuple[str, Label, Label, str]:
    name = gate.approval.name
    call = program.name_label(gate.step, gate.step.call.target)
    approval = program.name_label(gate.approval, name, f"what `{name}` shows")
    match found.reason:
        case "not approved":
            message = f"it is reached also where `{name}` is not approved"
            return message, call, Label(approval.span, "asked here"), f"put it inside `if {name}.approved {{ … }}`"
        case "approved by timeout":
            message = f"`{name}` may be approved by its timeout, which opens no gate"
            advice = f'check that a person did: `if {name}.outcome == "approved" {{ … }}`'
            return message, call, program.label(found.node, "approves by itself"), advice
        case "not shown":
            missing = [each for each in gate.obstacles if each.reason == "not shown"]
            message = f"{_arguments(missing)} not shown in approval `{name}`"
            return message, program.label(found.node), approval, _show(program, gate, missing)
        case "changed since":
            message = f"its argument `{found.argument}` may have changed since approval `{name}` showed it"
            return message, program.label(found.node), approval, "ask after the last `set`"
        case "runs more than once":
            message = f"it may run more than once for one approval `{name}`"
            advice = "ask inside the loop, or show the list and go over it with `for`, with arguments from its items"
            return message, call, program.label(found.node, "goes round here"), advice


def _arguments(missing: list[Obstacle]) -> str:
    names = ", ".join(f"`{each.argument}`" for each in missing)
    return f"its argument {names} was" if len(missing) == 1 else f"its arguments {names} were"


def _show(program: Program, gate: Gate, missing: list[Obstacle]) -> str:
    """To show it, where it is known already; to ask later, where it is not."""
    asked = program.facts.moment_of(gate.approval)
    known = set() if asked is None else asked.state.names.keys()
    for each in missing:
        later = [name.name for name in by_class(each.node).get(Name, ()) if isinstance(name, Name)]
        unknown = next((name for name in later if name not in known), None)
        if unknown is not None:
            return f"`{unknown}` is not known yet where `{gate.approval.name}` asks: ask later, or answer it there"
    shown = [*gate.approval.show, *(each.node for each in missing)]
    return f"add it: `show {', '.join(dict.fromkeys(program.source.slice(node.span) for node in shown))}`"
