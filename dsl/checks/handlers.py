"""SF109: a kind of error that cannot come where it is named, and a handler that is never reached."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Binary, Get, ListLiteral, Literal, Name
from dsl.ast.node import Node
from dsl.ast.statements import Handler, Retry, Step, Try
from dsl.checks.program import Program, did_you_mean
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.kinds import KINDS, MODEL_REASONS
from dsl.semantics.machine_kinds import NEEDS, possible
from dsl.semantics.nodes import of_class
from dsl.semantics.raised import Raised, Raising

_INSTEAD = {"BudgetExceeded": "put the `budget` inside the `try`, or leave it out"}
Mention = tuple[str, Label]
"""A kind that a text names, and where."""


def check(program: Program) -> Iterator[Diagnostic]:
    tries = [
        node
        for flow in program.facts.all(FlowDeclaration)
        if id(flow) not in program.facts.partly_read
        for node in of_class(flow, Try)
    ]
    if tries:
        raising = Raising(program.facts)
        for node in tries:
            yield from _try(program, node, raising.of(node.body))
    for tool in program.facts.all(ToolDeclaration):
        yield from _excepted(program, tool, tool.retry)
    for agent in program.facts.all(AgentDeclaration):
        yield from _excepted_of_models(program, agent)
    for step in program.facts.all(Step):
        signature = program.facts.callee_of(step.call)
        if signature is not None and isinstance(signature.node, ToolDeclaration):
            yield from _excepted(program, signature.node, step.retry)


def _try(program: Program, node: Try, found: Raised) -> Iterator[Diagnostic]:
    machine = possible(node.body, program.facts)
    taken: dict[str | None, Handler] = {}
    for handler in node.handlers:
        yield from _never_reached(program, handler, taken)
        yield from _called_like_a_kind(program, handler, found)
        for kind, place in _mentioned(program, handler):
            if kind not in found.kinds and kind not in KINDS and not found.open:
                yield _cannot_come(kind, place, found)
            elif kind in NEEDS and kind not in machine and not found.open:
                message = f"`{kind}` cannot come out of this `try`: {NEEDS[kind]}"
                yield Diagnostic("SF109", message, place, help=_INSTEAD.get(kind, "leave it out"))
        if handler.condition is None:
            taken.update(dict.fromkeys(handler.kinds or (None,), handler))


def _cannot_come(kind: str, place: Label, found: Raised) -> Diagnostic:
    known = (*sorted(found.kinds), *KINDS)
    meant = did_you_mean(kind, known)
    of_the_machine = meant is not None and did_you_mean(kind, tuple(KINDS)) == meant
    message = f"there is no kind `{kind}`" if of_the_machine else f"no error of this `try` is called `{kind}`"
    declared = ", ".join(f"`{each}`" for each in sorted(found.kinds))
    listed = f"what it calls can end with {declared}" if declared else "what it calls declares no errors"
    return Diagnostic("SF109", message, place, help=meant or listed)


def _never_reached(program: Program, handler: Handler, taken: dict[str | None, Handler]) -> Iterator[Diagnostic]:
    """General handlers leave doubts to those that name them."""
    named = {kind for kind, _ in _mentioned(program, handler)}
    before = taken.get(None)
    if before is not None and not any(kind in KINDS and KINDS[kind].caught == "by its name" for kind in named):
        advice = "put it before the one that takes every error"
    elif handler.kinds and all(kind in taken for kind in handler.kinds):
        before, advice = taken[handler.kinds[0]], "leave it out, or give the earlier one a condition"
    else:
        return
    label = program.label(before, "this one takes them before")
    yield Diagnostic("SF109", "this handler is never reached", program.label(handler), (label,), help=advice)


def _called_like_a_kind(program: Program, handler: Handler, found: Raised) -> Iterator[Diagnostic]:
    if handler.name in found.kinds and not handler.kinds:
        message = f"`{handler.name}` is a name for any error here, and not the kind of one"
        advice = f'kinds begin with a capital; otherwise: `on error as e if e.kind == "{handler.name}"`'
        yield Diagnostic("SF109", message, program.name_label(handler, str(handler.name)), help=advice)


def _mentioned(program: Program, handler: Handler) -> Iterator[Mention]:
    for kind in handler.kinds:
        yield kind, program.name_label(handler, kind)
    if handler.condition is None:
        return
    for node in of_class(handler.condition, Binary):
        if node.operator in ("==", "!=", "in", "not in"):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if one == Get(Name(str(handler.name)), "kind"):
                    yield from _texts(program, other)


def _texts(program: Program, node: Node) -> Iterator[Mention]:
    match node:
        case Literal(value=str(kind)):
            yield kind, program.label(node)
        case ListLiteral(items=items):
            for item in items:
                yield from _texts(program, item)
        case _:
            return


def _excepted(program: Program, tool: ToolDeclaration, retry: Retry | None) -> Iterator[Diagnostic]:
    """A tool that declares no errors at all leaves open what it ends with."""
    if retry is None or not tool.errors:
        return
    for kind in retry.exceptions:
        if kind not in tool.errors and kind not in KINDS:
            advice = did_you_mean(kind, (*tool.errors, *KINDS)) or "declare it: `errors …`"
            place = program.name_label(retry, kind)
            yield Diagnostic("SF109", f"`{tool.name}` declares no error `{kind}`", place, help=advice)


def _excepted_of_models(program: Program, agent: AgentDeclaration) -> Iterator[Diagnostic]:
    for kind in agent.retry.exceptions if agent.retry is not None else ():
        if kind not in MODEL_REASONS:
            advice = did_you_mean(kind, tuple(MODEL_REASONS)) or f"there are {', '.join(MODEL_REASONS)}"
            place = program.name_label(agent, kind)
            yield Diagnostic("SF109", f"no attempt at a model fails with `{kind}`", place, help=advice)
