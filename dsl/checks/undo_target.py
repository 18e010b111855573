"""SF403: an undo that cannot undo: no tool, one that only reads, or one that cannot be taken back itself."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Compensate, CompensateStatement, Finally
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.symbols import Signature


def check(program: Program) -> Iterator[Diagnostic]:
    undos = [undo.calls for undo in program.facts.all(Compensate)]
    undos += [undo.calls for undo in program.facts.all(CompensateStatement)]
    for calls in undos:
        for call in calls:
            yield from _call(program, call, "an undo")
    for finally_ in program.facts.all(Finally):
        for call in finally_.calls:
            yield from _call(program, call, "`finally`")


def _call(program: Program, call: Call, what: str) -> Iterator[Diagnostic]:
    signature = program.facts.callee_of(call)
    problem = None if signature is None else _problem(signature, what)
    if signature is None or problem is None:
        return
    message, advice = problem
    declared = (program.name_label(signature.node, signature.name, "declared here"),)
    yield Diagnostic("SF403", message, program.label(call), declared, help=advice)


def _problem(signature: Signature, what: str) -> tuple[str, str] | None:
    name, node = signature.name, signature.node
    if not isinstance(node, ToolDeclaration):
        return f"{what} calls a tool, and `{name}` is {_kind(signature)}", "name a tool that takes the effect back"
    if node.effect.kind == "irreversible":
        return f"`{name}` is irreversible, and {what} asks nobody", "undo with a tool that can be undone or done again"
    if node.exclusive is not None:
        advice = "declare it once more, without `exclusive`"
        return f"`{name}` waits for a lock, and {what} waits for nobody", advice
    if node.effect.kind == "read":
        return f"`{name}` only reads, so it undoes nothing", "name a tool that takes the effect back"
    return None


def _kind(signature: Signature) -> str:
    return "an agent" if signature.kind == "agent" else "a flow"
