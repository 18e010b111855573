"""SF402: a call whose outcome may stay unknown, where the undo needs to know it; and what is to find it out."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.expressions import Name
from dsl.ast.statements import Compensate, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.nodes import by_class


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
    names = by_class(compensate.call).get(Name, ())
    if any(isinstance(name, Name) and name.name == "result" for name in names):
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
