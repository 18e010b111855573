"""SF302: people who are asked without an end to the waiting."""

from collections.abc import Iterator

from dsl.ast.statements import AwaitApproval, Stage
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    for node in program.facts.all(AwaitApproval):
        for stage in node.stages:
            if stage.timeout is None or stage.outcome is None:
                message = f"a stage of approval `{node.name}` may wait for ever"
                advice = "say how long, and what then: `timeout 24h then reject`"
                yield Diagnostic("SF302", message, program.label(stage), help=advice)
        yield from _last(program, node)


def _last(program: Program, node: AwaitApproval) -> Iterator[Diagnostic]:
    last: Stage | None = node.stages[-1] if node.stages else None
    if last is not None and last.timeout is not None and last.outcome == "ask":
        message = f"the last stage of approval `{node.name}` asks the next one, and there is none"
        advice = "end it with `then reject`, `then fail` or `then approve`, or add a stage"
        yield Diagnostic("SF302", message, program.label(last), help=advice)
