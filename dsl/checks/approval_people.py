"""SF502: an approval that nobody can give as it is written, or that a model could give away."""

from collections.abc import Iterator

from dsl.ast.statements import AwaitApproval, Person, Stage
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.origins import from_model


def check(program: Program) -> Iterator[Diagnostic]:
    for node in program.facts.all(AwaitApproval):
        if not node.stages:
            message = f"approval `{node.name}` asks nobody"
            advice = 'say whom, until when, and what then: `from "GROUP" timeout 24h then reject`'
            yield Diagnostic("SF502", message, program.name_label(node, node.name), help=advice)
        for stage in node.stages:
            yield from _quorum(program, stage)
            yield from _chosen_by_model(program, stage)
        yield from _never_asked(program, node)
        yield from _answer(program, node)


def _quorum(program: Program, stage: Stage) -> Iterator[Diagnostic]:
    """A group may have any number of members; a person is one."""
    if not stage.whom:
        message = "this stage asks nobody"
        yield Diagnostic("SF502", message, program.label(stage), help="name a group, or `person …`")
    elif not stage.all_of and all(isinstance(whom, Person) for whom in stage.whom) and stage.required > len(stage.whom):
        message = f"{stage.required} answers are required, and {len(stage.whom)} can come"
        yield Diagnostic("SF502", message, program.label(stage), help="ask for fewer, or name more people")


def _chosen_by_model(program: Program, stage: Stage) -> Iterator[Diagnostic]:
    for whom in stage.whom:
        call = from_model(whom.value, program.facts) if isinstance(whom, Person) else None
        if call is not None:
            message = f"who is asked comes from `{call.target}`: a model may not choose who approves"
            source = (program.label(call, "the model answers here"),)
            advice = "take the person from the input of the flow, or from a tool"
            yield Diagnostic("SF502", message, program.label(whom), source, help=advice)


def _never_asked(program: Program, node: AwaitApproval) -> Iterator[Diagnostic]:
    for position, stage in enumerate(node.stages[:-1]):
        if stage.outcome not in ("ask", None):
            message = f"this stage is never asked: the one before ends with `then {stage.outcome}`"
            before = (program.label(stage, "the stage before"),)
            later = node.stages[position + 1]
            yield Diagnostic("SF502", message, program.label(later), before, help="end the one before with `then ask`")
            return


def _answer(program: Program, node: AwaitApproval) -> Iterator[Diagnostic]:
    if node.answer is not None and not node.answer.fields:
        message = f"approval `{node.name}` asks for an answer without fields"
        yield Diagnostic("SF502", message, program.label(node.answer), help="leave `answer` out, or name its fields")
