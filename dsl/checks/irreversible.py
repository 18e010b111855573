"""SF501: an irreversible call that does not stand behind an approval of exactly this call."""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
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
        advice = _ask(program, flow, step)
        return Diagnostic("SF501", message, program.name_label(step, target), help=advice)
    gate = tried[0]
    obstacle = gate.obstacles[0]
    name = gate.approval.name
    approval = program.name_label(gate.approval, name, f"what `{name}` shows")
    message, place, label, advice = _obstacle(program, gate, obstacle, approval)
    return Diagnostic("SF501", f"`{target}` is irreversible, and {message}", place, (label,), help=advice)


def _ask(program: Program, flow: FlowDeclaration, step: Step) -> str:
    """What to add, apart from an approval elsewhere in the flow that does not reach this call."""
    existing = [node for node in by_class(flow).get(AwaitApproval, ()) if isinstance(node, AwaitApproval)]
    if existing:
        return f"put the call where `{existing[0].name}` has its answer, or ask anew just before it"
    values = [program.source.slice(value.span) for value in program.facts.arguments_of(step.call).values()]
    shown = ", ".join(value for value in values if not value.startswith('"')) or "…"
    asking = f"`await approval NAME \"…\" {{ show {shown} from \"GROUP\" timeout 24h then reject }}`"
    return f"ask before: {asking} and `if NAME.approved {{ … }}`"


def _obstacle(program: Program, gate: Gate, found: Obstacle, approval: Label) -> tuple[str, Label, Label, str]:
    name, target = gate.approval.name, gate.step.call.target
    call = program.name_label(gate.step, target)
    match found.reason:
        case "not approved":
            message = f"it is reached also where `{name}` is not approved"
            return message, call, Label(approval.span, "asked here"), f"put it inside `if {name}.approved {{ … }}`"
        case "approved by timeout":
            message = f"`{name}` may be approved by its timeout, which opens no gate"
            advice = f'check that a person did: `if {name}.outcome == "approved" {{ … }}`'
            return message, call, program.label(found.node, "approves by itself"), advice
        case "not shown":
            text = program.source.slice(found.node.span)
            message = f"its argument `{found.argument}` was not shown in approval `{name}`"
            return message, program.label(found.node), approval, f"add it: `show {_shown(gate, program, text)}`"
        case "changed since":
            message = f"its argument `{found.argument}` may have changed since approval `{name}` showed it"
            return message, program.label(found.node), approval, "ask after the last `set`"
        case "runs more than once":
            message = f"it may run more than once for one approval `{name}`"
            advice = "ask inside the loop, or show the list and go over it with `for`, with arguments from its items"
            return message, call, program.label(found.node, "goes round here"), advice


def _shown(gate: Gate, program: Program, text: str) -> str:
    before = [program.source.slice(value.span) for value in gate.approval.show]
    return ", ".join([*before, text])
