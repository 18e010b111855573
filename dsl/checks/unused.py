"""SF603: work whose result nobody looks at: a look-up, a model's answer, a decision that people made."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.statements import AwaitApproval, Let, Parallel, Step, Var
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import UnknownName
from dsl.semantics.nodes import by_class
from dsl.semantics.symbols import Signature


def check(program: Program) -> Iterator[Diagnostic]:
    """A branch counts as used where the record of its `parallel` is, and a name where one like it is missed."""
    used = program.facts.used | {id(branch) for node in _used_parallels(program) for branch in node.branches}
    missed = [found.name for found in program.facts.found(UnknownName)]
    for flow in program.facts.all(FlowDeclaration):
        if id(flow) in program.facts.partly_read:
            continue
        nodes = by_class(flow)
        for node in (*nodes.get(Step, ()), *nodes.get(AwaitApproval, ()), *nodes.get(Let, ()), *nodes.get(Var, ())):
            if id(node) not in used and nearest(node.name, tuple(missed)) is None:
                yield from _unused(program, node)


def _used_parallels(program: Program) -> Iterator[Parallel]:
    return (node for node in program.facts.all(Parallel) if id(node) in program.facts.used)


def _unused(program: Program, node: object) -> Iterator[Diagnostic]:
    match node:
        case Step(name=name, named=True):
            signature = program.facts.callee_of(node.call)
            if signature is not None and _only_reads(program, signature):
                message = f"nobody uses `{name}`, and `{signature.name}` {_nothing_else(signature)}"
                primary = program.name_label(node, name)
                yield Diagnostic("SF603", message, primary, help="use it, or leave the step out", severity="warning")
        case Let(name=name) | Var(name=name):
            primary = program.name_label(node, name)
            yield Diagnostic("SF603", f"nobody uses `{name}`", primary, help="leave it out", severity="warning")
        case AwaitApproval(name=name):
            message = f"nobody looks at what `{name}` decided"
            advice = f"`if {name}.approved {{ … }}`"
            yield Diagnostic("SF603", message, program.name_label(node, name), help=advice, severity="warning")
        case _:
            return


def _only_reads(program: Program, signature: Signature) -> bool:
    """Not so an agent that may call more than look-ups."""
    match signature.node:
        case ToolDeclaration(effect=effect):
            return effect.kind == "read"
        case AgentDeclaration(uses=uses):
            called = [program.facts.callee_of(use) for use in uses]
            return all(each is None or (each.kind == "tool" and _only_reads(program, each)) for each in called)
        case _:
            return False


def _nothing_else(signature: Signature) -> str:
    return "does nothing else than answer" if signature.kind == "agent" else "only reads"
