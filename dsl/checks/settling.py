"""SF402: a call whose outcome may stay unknown, where the undo needs to know it; and what is to find it out."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.expressions import Name
from dsl.ast.statements import Compensate, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.nodes import of_class
from dsl.semantics.symbols import Signature
from dsl.semantics.types import (
    BOOL,
    INT,
    JSON,
    NOTHING,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Basic,
    Enum,
    ListOf,
    MapOf,
    OptionalOf,
    Record,
    Type,
    members,
    required,
    spelled,
    structure,
)


def check(program: Program) -> Iterator[Diagnostic]:
    for tool in program.facts.all(ToolDeclaration):
        yield from _verify(program, tool)
        yield from _undo(program, tool, tool.compensate)
    for step in program.facts.all(Step):
        signature = program.facts.callee_of(step.call)
        if signature is not None and isinstance(signature.node, ToolDeclaration):
            yield from _undo(program, signature.node, step.compensate)


def _undo(program: Program, tool: ToolDeclaration, compensate: Compensate | None) -> Iterator[Diagnostic]:
    settled = tool.effect.keyed or tool.effect.kind in ("read", "idempotent") or tool.verify is not None
    if settled or compensate is None or compensate.call is None:
        return
    if any(name.name == "result" for name in of_class(compensate, Name)):
        yield Diagnostic(
            "SF402",
            f"the undo of `{tool.name}` reads its `result`, which nobody knows after a timeout or a lost worker",
            program.label(compensate.call),
            (program.name_label(tool, tool.name, "not `keyed`"),),
            help='make the tool `keyed`, or add `verify LOOK_UP(key: key)`, or `verify none "why not"`',
        )


def _verify(program: Program, tool: ToolDeclaration) -> Iterator[Diagnostic]:
    call = None if tool.verify is None else tool.verify.call
    signature = None if call is None else program.facts.callee_of(call)
    if call is None or signature is None:
        return
    if not isinstance(signature.node, ToolDeclaration) or signature.node.effect.kind != "read":
        yield Diagnostic(
            "SF402",
            f"`verify` looks up what happened, and `{call.target}` is not a `read` tool",
            program.label(call),
            (program.name_label(signature.node, signature.name, "declared here"),),
            help="name a `read` tool that finds the result by the key",
        )
        return
    problem = _cannot_tell(signature, program.facts.declarations.callees[tool.name])
    if problem is not None:
        declared = (program.name_label(signature.node, signature.name, "declared here"),)
        advice = f"let `{call.target}` answer with the result of `{tool.name}`, or with null where it did not happen"
        yield Diagnostic("SF402", problem, program.label(call), declared, help=advice)
    elif not _may_be_null(structure(signature.returns)):
        message = f"`{call.target}` never answers null, so `verify` never learns that nothing has happened"
        declared = (program.name_label(signature.node, signature.name, "declared here"),)
        advice = f"let `{call.target}` answer with null, by `-> …?`, where it finds nothing"
        yield Diagnostic("SF402", message, program.label(call), declared, help=advice, severity="warning")


def _cannot_tell(look_up: Signature, tool: Signature) -> str | None:
    """Why what is looked up never tells what happened, whatever is found. That it may not fit, the run finds out."""
    found = structure(required(structure(look_up.returns)))
    if found == NOTHING:
        return f"`{look_up.name}` answers nothing, and to `verify` that says each time that it did not happen"
    if found == BOOL and tool.returns == NOTHING:
        return f"`{look_up.name}` answers yes or no, and to `verify` only null says that it did not happen"
    wanted = structure(required(structure(tool.returns)))
    lacks = _lacks(found, wanted)
    if lacks is not None:
        return f"what `{look_up.name}` finds has no `{lacks}`, which `{tool.name}` answers with"
    if _shape(found) and _shape(wanted) and _shape(found) != _shape(wanted):
        return f"`{look_up.name}` finds {spelled(found)}, and `{tool.name}` answers with {spelled(wanted)}"
    return None


def _may_be_null(answer: Type) -> bool:
    """What is not known, of a mistake reported elsewhere, may be anything."""
    return isinstance(answer, OptionalOf) or answer in (JSON, NULL, UNKNOWN)


def _lacks(found: Type, wanted: Type) -> str | None:
    have = members(found)
    if have is None or not isinstance(wanted, Record):
        return None
    needed = (each.name for each in wanted.members if each.required and not isinstance(each.type, OptionalOf))
    return next((name for name in needed if name not in have), None)


def _shape(type_: Type) -> str:
    """What a value looks like as JSON; empty where that can differ."""
    match type_:
        case Record() | MapOf():
            return "object"
        case ListOf():
            return "list"
        case Enum():
            return "text"
        case Basic():
            return {TEXT: "text", INT: "number", NUMBER: "number", BOOL: "bool"}.get(type_, "")
        case _:
            return ""
