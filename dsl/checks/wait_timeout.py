"""SF302: people who are asked, and messages that are awaited, without an end to the waiting."""

from collections.abc import Iterator

from dsl.ast.people import Stage
from dsl.ast.statements import AwaitEvent, AwaitFirst
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.questions import Question, questions


def check(program: Program) -> Iterator[Diagnostic]:
    for question in questions(program.facts):
        for stage in question.stages:
            if stage.timeout is None or stage.outcome is None:
                message = f"a stage of {question.words} may wait for ever"
                advice = "say how long, and what then: `timeout 24h then reject`"
                yield Diagnostic("SF302", message, program.label(stage), help=advice)
        yield from _last(program, question)
    for wait in program.facts.all(AwaitEvent):
        if wait.timeout is None:
            name = wait.expected.event
            message = f"the event `{name}` may never come"
            advice = "say how long it is awaited, and what then: `timeout 7d else { … }`"
            yield Diagnostic("SF302", message, program.name_label(wait.expected, name), help=advice)
    for first in program.facts.all(AwaitFirst):
        if first.race is None and all(way.after is None and way.until is None for way in first.branches):
            message = "nothing of what is awaited here may ever come"
            advice = "say how long it is awaited, and what then: `after 7d { … }`"
            yield Diagnostic("SF302", message, program.label(first), help=advice)


def _last(program: Program, question: Question) -> Iterator[Diagnostic]:
    last: Stage | None = question.stages[-1] if question.stages else None
    if last is not None and last.timeout is not None and last.outcome == "ask":
        message = f"the last stage of {question.words} asks the next one, and there is none"
        advice = "end it with `then reject`, `then fail` or `then approve`, or add a stage"
        yield Diagnostic("SF302", message, program.label(last), help=advice)
