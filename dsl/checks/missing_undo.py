"""SF401: a tool that changes something, and nothing that says how it is undone, or why not."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration, Use
from dsl.ast.statements import Compensate, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    """A tool may leave it to its steps, when every step says it and no agent uses it; what a `final` tool does stays
    done."""
    for tool in program.facts.all(ToolDeclaration):
        said = tool.effect.final or tool.compensate is not None
        if tool.effect.kind not in ("write", "irreversible") or said:
            continue
        steps = [step for step in program.facts.all(Step) if step.call.target == tool.name]
        used = any(use.target == tool.name for use in program.facts.all(Use))
        if steps and not used and all(step.compensate is not None for step in steps):
            continue
        message = f"`{tool.name}` is `{tool.effect.kind}`, and nothing says how it is undone"
        advice = "add `compensate OTHER_TOOL(…)`, or `final` after the effect if it stays done"
        yield Diagnostic("SF401", message, program.name_label(tool, tool.name), help=advice)
    yield from _final(program)
    for compensate in program.facts.all(Compensate):
        if compensate.call is None and compensate.none_reason is not None and not compensate.none_reason.strip():
            message, advice = "`compensate none` gives no reason", "say in a few words why nothing is undone"
            yield Diagnostic("SF401", message, program.label(compensate), help=advice)


def _final(program: Program) -> Iterator[Diagnostic]:
    """`final` and an undo contradict each other, in the tool and in its steps."""
    final = {tool.name: tool for tool in program.facts.all(ToolDeclaration) if tool.effect.final}
    undone = [(tool, tool.compensate) for tool in final.values()]
    undone += [
        (final[step.call.target], step.compensate) for step in program.facts.all(Step) if step.call.target in final
    ]
    for tool, compensate in undone:
        if compensate is not None and compensate.call is not None:
            message = f"what `{tool.name}` does is `final`, and this says how it is undone"
            declared = (program.name_label(tool, "final", "stays done"),)
            advice = "leave out `compensate`, or `final`"
            yield Diagnostic("SF401", message, program.label(compensate), declared, help=advice)
