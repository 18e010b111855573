"""SF408: an agent whose questions go to batches, asked where no batch can be made: one at a time, or in turns."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.node import walk
from dsl.ast.statements import ParallelFor, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic

_ONE_ANSWER = "a batch brings one answer to one question, a day later at most"


def check(program: Program) -> Iterator[Diagnostic]:
    batched = {agent.name: agent for agent in program.facts.all(AgentDeclaration) if agent.batch is not None}
    for agent in batched.values():
        if agent.uses:
            message = f"`{agent.name}` has `batch` and uses something: it would wait for a batch in each of its turns"
            yield Diagnostic("SF408", message, program.name_label(agent, agent.name), help="leave `batch` or `use` out")
    yield from _used(program, batched)
    side_by_side = {id(node) for fan in program.facts.all(ParallelFor) for node in walk(fan) if type(node) is Step}
    for step in program.facts.all(Step):
        declared = batched.get(step.call.target)
        if declared is None:
            continue
        label = program.name_label(declared, declared.name, "declared here")
        if id(step) not in side_by_side:
            message = f"`{declared.name}` has `batch`, and is asked outside of a `parallel for`: a batch of one"
            advice = "ask it in a `parallel for`, or leave `batch` out"
            yield Diagnostic("SF408", message, program.label(step), (label,), help=advice)
        elif step.continues is not None or id(step) in program.facts.transcripts:
            message = f"`{declared.name}` has `batch`, and a conversation goes on with it"
            yield Diagnostic("SF408", message, program.label(step), (label,), help=f"{_ONE_ANSWER}: leave `batch` out")


def _used(program: Program, batched: dict[str, AgentDeclaration]) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        for use in agent.uses:
            if use.target in batched:
                message = f"`{use.target}` has `batch`, and `{agent.name}` would wait for it in the middle of a turn"
                advice = f"{_ONE_ANSWER}: leave `batch` out, or use another agent"
                yield Diagnostic("SF408", message, program.name_label(use, use.target), help=advice)
