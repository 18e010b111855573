"""SF701: what is sensitive, and goes to someone who does not see its class."""

from collections.abc import Iterator
from typing import assert_never

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.statements import AwaitApproval
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.sensitivity.leaks import Leak, leaks
from dsl.semantics.sensitivity.shown import Side
from dsl.semantics.sensitivity.wording import data_of, marked, written


def check(program: Program) -> Iterator[Diagnostic]:
    for leak in leaks(program.facts):
        declared = program.name_label(leak.declared, leak.declared.name, "declared sensitive here")
        message, advice = _words(leak)
        yield Diagnostic(
            "SF701", message, program.label(leak.shown.node), (*program.way(leak.origin.way), declared), help=advice
        )


def _words(leak: Leak) -> tuple[str, str]:
    data, sees = data_of(leak.class_), f"`sees {written(leak.class_)}`"
    side = leak.shown.side
    many = isinstance(side, AwaitApproval | Use)
    if leak.shown.reached:
        done = f"{'are' if many else 'is'} {'called' if isinstance(side, ToolDeclaration) else 'asked'}"
        message = f"that {_named(side)} {done} tells of {data}, which {'they do' if many else 'it does'} not see"
        return message, f"let nothing sensitive decide whether this happens, or say {sees} {_where(side)}"
    if isinstance(side, FlowDeclaration):
        message = f"{data} goes to everyone who reads what a run of `{side.name}` says"
        return message, f"mark the field of the result `{marked(leak.class_)}`, or say {sees} {_where(side)}"
    message = f"{data} goes to {_named(side)}, {'who do' if many else 'which does'} not see it"
    return message, f"leave it out or `mask(…)` it, or say {sees} {_where(side)}"


def _named(side: Side) -> str:
    match side:
        case ToolDeclaration(name=name):
            return f"tool `{name}`"
        case AgentDeclaration(name=name):
            return f"the model of `{name}`"
        case FlowDeclaration(name=name):
            return f"who reads a run of `{name}`"
        case AwaitApproval(name=name):
            return f"the people of approval `{name}`"
        case Use(target=target):
            return f"the people of the gate of `{target}`"
        case _:
            assert_never(side)


def _where(side: Side) -> str:
    match side:
        case ToolDeclaration(name=name) | AgentDeclaration(name=name):
            return f"in `{name}`"
        case FlowDeclaration(name=name):
            return f"after the result of `{name}`"
        case AwaitApproval():
            return "in the approval"
        case Use():
            return "after `after approval`"
        case _:
            assert_never(side)
