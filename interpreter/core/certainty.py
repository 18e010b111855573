"""What the end of an attempt says about its effect: whether it is known that nothing happened, and whether it is over.

A write is made again only when it is known that nothing happened: its command was never sent or nobody began it, the
worker refused to call the tool, or the tool answered with an error that it declares. Everything else is a doubt.
"""

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Step
from dsl.expressions.names import names
from interpreter.boundary import failures
from interpreter.core.events import CallFailed

NEVER_CALLED = frozenset(
    {
        failures.SIGNATURE_MISMATCH,
        failures.NOT_CALLED,
        failures.NOT_REGISTERED,
        failures.STILL_RUNNING,
        failures.WORKER_BUSY,
        failures.OBJECT_MISSING,
        failures.SERVER_UNAVAILABLE,
        failures.TOOL_CHANGED,
        failures.HTTP_REFUSED,
        failures.EVENT_NOT_TAKEN,
    }
)
"""How a worker says that it did not call the tool, or that who was asked refused."""

MISFIT = frozenset(
    {
        failures.SIGNATURE_MISMATCH,
        failures.NOT_REGISTERED,
        failures.WORKER_BUSY,
        failures.OBJECT_MISSING,
        failures.SERVER_UNAVAILABLE,
    }
)
"""The worker that took the call cannot serve it, or not now; another may, or this one later, when
the store has what it lacks."""


def nothing_happened(tool: ToolDeclaration, failure: CallFailed) -> bool:
    """Whether it is known that the failed attempt had no effect."""
    return failure.certainty == "not_started" or failure.kind in NEVER_CALLED or is_declared(tool, failure)


def is_over(failure: CallFailed) -> bool:
    """Whether the failed attempt is known to be at work no more."""
    return failure.certainty in ("not_started", "answered", "cancelled")


def speaks_for_all(tool: ToolDeclaration, failure: CallFailed) -> bool:
    """Whether the answer tells of all attempts so far: a tool that honours the key has seen whether one took effect."""
    return tool.effect.keyed and is_declared(tool, failure)


def is_declared(tool: ToolDeclaration, failure: CallFailed) -> bool:
    return failure.certainty == "answered" and failure.kind in tool.errors


def counts(tool: ToolDeclaration) -> bool:
    """Whether each execution counts, so that one which nobody knows about is a doubt."""
    return tool.effect.kind in ("write", "irreversible")


def needs_result(calls: tuple[Call, ...]) -> bool:
    """Whether what is undone by these calls can be undone only where its answer is known."""
    return any("result" in names(argument.value) for call in calls for argument in call.arguments)


def leaves_doubt(tool: ToolDeclaration, step: Step | None) -> bool:
    """Whether a call that is cancelled on its way is a doubt: nothing looks it up, and its undo needs its answer."""
    compensate = (step.compensate if step is not None else None) or tool.compensate
    looked_up = tool.verify is not None and tool.verify.call is not None
    return counts(tool) and not looked_up and needs_result(compensate.calls if compensate is not None else ())
