"""SF403: an undo that cannot undo: no tool, one that only reads, or one that cannot be taken back itself."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Compensate
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.symbols import Signature


def check(program: Program) -> Iterator[Diagnostic]:
    for compensate in program.facts.all(Compensate):
        signature = None if compensate.call is None else program.facts.callee_of(compensate.call)
        problem = None if signature is None else _problem(signature)
        if compensate.call is None or signature is None or problem is None:
            continue
        message, advice = problem
        declared = (program.name_label(signature.node, signature.name, "declared here"),)
        yield Diagnostic("SF403", message, program.label(compensate.call), declared, help=advice)


def _problem(signature: Signature) -> tuple[str, str] | None:
    name, node = signature.name, signature.node
    if not isinstance(node, ToolDeclaration):
        return f"an undo calls a tool, and `{name}` is {_kind(signature)}", "name a tool that takes the effect back"
    if node.effect.kind == "irreversible":
        return f"`{name}` is irreversible, and an undo asks nobody", "undo with a tool that can be undone or done again"
    if node.effect.kind == "read":
        return f"`{name}` only reads, so it undoes nothing", "name a tool that takes the effect back"
    return None


def _kind(signature: Signature) -> str:
    return "an agent" if signature.kind == "agent" else "a flow"
