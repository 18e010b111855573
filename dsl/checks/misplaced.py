"""SF604: a statement, or an option of a step, that has no meaning where it stands."""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Name
from dsl.ast.node import Node
from dsl.ast.statements import ExclusiveBlock, Respond, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.expressions.names import names
from dsl.semantics.findings import Misplaced
from dsl.semantics.nodes import of_class

_ADVICE = {
    "agent": "an agent has its own `retry` and `patience`, and each of its calls an undo",
    "flow": "a flow's `budget` limits its time, and what its steps did is undone step by step",
}
_A = {"agent": "an agent", "flow": "a flow"}


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Misplaced):
        yield Diagnostic("SF604", found.message, program.label(found.node), help=found.help)
    yield from _waits_for_itself(program)
    yield from _nobody_replies(program)
    for step in program.facts.all(Step):
        signature = program.facts.callee_of(step.call)
        if step.detached and signature is not None and signature.kind != "flow":
            message = f"`detached` is for a flow, and `{step.call.target}` is {_A.get(signature.kind, 'a tool')}"
            advice = "a flow goes on as a run of its own: put the step into one"
            yield Diagnostic("SF604", message, program.label(step), help=advice)
        if signature is not None and signature.kind in _ADVICE:
            for option, node in _options(step, signature.kind):
                message = f"`{option}` is not for {_A[signature.kind]}, and `{step.call.target}` is one"
                yield Diagnostic("SF604", message, program.label(node), help=_ADVICE[signature.kind])


def _nobody_replies(program: Program) -> Iterator[Diagnostic]:
    """Who waits for a reply gets one, on some way at least."""
    for flow in program.facts.all(FlowDeclaration):
        answered = {node.name for node in of_class(flow, Respond)}
        for node in of_class(flow, ExpectedEvent):
            if node.reply is not None and node.name not in answered:
                message = f"whoever sends `{node.event}` waits for a reply, and nothing here gives one"
                advice = f"write `respond {node.name} …`, or leave out `reply`"
                yield Diagnostic("SF604", message, program.label(node.reply), help=advice)


def _waits_for_itself(program: Program) -> Iterator[Diagnostic]:
    """A block in another one with the same lock never gets it."""
    for outer in program.facts.all(ExclusiveBlock):
        for inner in of_class(outer.body, ExclusiveBlock):
            if inner.by == outer.by and outer.up_to == 1:
                message = "this block waits for the lock that the one around it holds, until its time is over"
                around = (program.label(outer.by, "held from here on"),)
                advice = "leave out one of the two"
                yield Diagnostic("SF604", message, program.label(inner.by), around, help=advice)
        yield from _called_in_vain(program, outer)


def _called_in_vain(program: Program, outer: ExclusiveBlock) -> Iterator[Diagnostic]:
    """What is called in a block, and waited for, wants the lock that the block holds."""
    waited_for = (step for step in of_class(outer.body, Step) if not step.detached)
    for step in waited_for if outer.up_to == 1 else ():
        signature = program.facts.callee_of(step.call)
        flow = None if signature is None else signature.node
        if not isinstance(flow, FlowDeclaration):
            continue
        given = program.facts.arguments_of(step.call)
        for inner in of_class(flow.body, ExclusiveBlock):
            by = given.get(inner.by.name, inner.by) if isinstance(inner.by, Name) else inner.by
            same = by == outer.by and (by is not inner.by or not names(by))
            if same and inner.up_to == 1:
                message = f"`{flow.name}` asks for the lock that this block holds while it waits for it"
                others = (program.label(outer.by, "held from here on"), program.label(inner.by, "asked for here"))
                advice = "leave out one of the two, or call it behind the block"
                yield Diagnostic("SF604", message, program.label(step.call), others, help=advice)
                break


def _options(step: Step, kind: str) -> Iterator[tuple[str, Node]]:
    """The options that say nothing about a call of this kind. One attempt at a model may have a timeout."""
    if step.timeout is not None and kind == "flow":
        yield "timeout", step
    if step.retry is not None:
        yield "retry", step.retry
    if step.patience is not None:
        yield "patience", step
    if step.compensate is not None:
        yield "compensate", step.compensate
