"""A step that calls a tool: the call, what is known of its effect, and its entry in the ledger.

An unknown outcome is settled going forward (`verify`, else the step fails as `OutcomeUnknown`) or, when the run is on
its way out, without calling anything again only to undo it: `verify`, else an undo that needs no result, else it is
listed.
"""

from dataclasses import replace
from typing import Any, cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Compensate, Step
from dsl.expressions.errors import EvaluationError
from dsl.expressions.names import names
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import INVALID_OUTPUT, OUTCOME_UNKNOWN
from interpreter.core import ledger, purses
from interpreter.core.constructs.calls import describe, evaluate_arguments
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.tool_call import open_call
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, Exit, Failure, FlowFailed, done, failed
from interpreter.core.state import Amount, Entry, Frame

MOST_RERUNS = 3
"""How often a call is made again after a verification found that it did not happen."""


class ToolStepConstruct(Construct):
    """`memory`: `arguments`, `phase` (`waiting calling verifying`), `reruns`, `unknown` (a failure being verified)."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, tool = _parts(machine, frame)
        frame.memory["arguments"] = evaluate_arguments(machine, frame, step.call, tool.parameters)
        frame.memory["reruns"] = 0
        self.granted(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        frame.memory["phase"] = "waiting"
        if purses.reserve(machine, frame, Amount(calls=1)):
            purses.settle(machine, frame, Amount(calls=1))
            self._call(machine, frame)

    def _call(self, machine: Machine, frame: Frame) -> None:
        _, tool = _parts(machine, frame)
        frame.memory["phase"] = "calling"
        reruns = frame.memory["reruns"]
        id_ = frame.path if not reruns else f"{frame.path}~again{reruns}"
        arguments = to_wire(frame.memory["arguments"])
        open_call(machine, frame, "/call", tool.name, arguments, id_=id_, key=_key(machine, frame), overrides=True)
        machine.note("started", frame, "tool", detail=tool.name)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if purses.stop_waiting(machine, frame):
            machine.end(frame, CANCELLED)
        elif frame.memory["phase"] == "calling":
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if frame.memory["phase"] == "verifying":
            self._verified(machine, frame, exit_)
        elif exit_.kind == "done":
            self._succeeded(machine, frame, exit_.value)
        elif exit_.failure is not None and exit_.failure.unknown:
            self._unknown(machine, frame, exit_.failure)
        else:
            self._end(machine, frame, exit_)

    def _succeeded(self, machine: Machine, frame: Frame, result: Any) -> None:
        _, tool = _parts(machine, frame)
        if tool.returns is None:
            value, problems = None, ""
        else:
            checked = validate(result, tool.returns, machine.definition.types, references=True)
            value, problems = checked.value, describe(checked.problems)
        if problems:
            message = f"`{tool.name}` answered with something that does not fit its type: {problems}"
            self._record(machine, frame, None, known=False)
            self._end(machine, frame, failed(Failure(INVALID_OUTPUT, message, frame.path)))
            return
        self._record(machine, frame, {"result": value}, known=True)
        self._end(machine, frame, done(value))

    def _unknown(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        _, tool = _parts(machine, frame)
        if tool.verify is None or tool.verify.call is None:
            self._give_up(machine, frame, failure)
            return
        reader = machine.definition.tools[tool.verify.call.target]
        extra = frame.memory["arguments"] | {"key": _key(machine, frame)}
        arguments = to_wire(evaluate_arguments(machine, frame, tool.verify.call, reader.parameters, extra, "verify"))
        frame.memory["phase"] = "verifying"
        frame.memory["unknown"] = failure
        id_ = f"{frame.path}/verify{frame.memory['reruns'] or ''}"
        open_call(machine, frame, "/verify", reader.name, arguments, id_=id_, key=f"{_key(machine, frame)}/verify")

    def _verified(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        if exit_.kind != "done":
            self._give_up(machine, frame, frame.memory["unknown"])
        elif exit_.value is not None:
            self._succeeded(machine, frame, exit_.value)
        elif frame.cancelling:
            machine.end(frame, CANCELLED)
        elif frame.memory["reruns"] == MOST_RERUNS:
            self._give_up(machine, frame, frame.memory["unknown"])
        else:
            frame.memory["reruns"] += 1
            self._call(machine, frame)

    def _give_up(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """Nobody can say whether it happened: list it, and fail unless the run is on its way out anyway."""
        _, tool = _parts(machine, frame)
        self._record(machine, frame, None, known=False)
        if tool.effect.kind in ("write", "irreversible"):
            message = f"nobody knows whether `{tool.name}` took effect ({failure.kind}: {failure.message})"
            cause = {"kind": failure.kind, "message": failure.message}
            failure = Failure(OUTCOME_UNKNOWN, message, frame.path, cause, unknown=True)
        self._end(machine, frame, failed(failure))

    def _end(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        exit_ = unless_cancelled(frame, exit_)
        if exit_.failure is not None:
            exit_ = failed(replace(exit_.failure, path=frame.path))
        kinds = {"done": "completed", "failed": "failed", "cancelled": "cancelled"}
        detail = f"{exit_.failure.kind}: {exit_.failure.message}" if exit_.failure else ""
        machine.note(kinds[exit_.kind], frame, "tool", detail=detail)
        machine.end(frame, exit_)

    def _record(self, machine: Machine, frame: Frame, result: dict[str, Any] | None, *, known: bool) -> None:
        """Put the effect in the ledger: with its undo when there is one that can be worded with what is known."""
        step, tool = _parts(machine, frame)
        compensate, own = (step.compensate, False) if step.compensate else (tool.compensate, True)
        undo = self._undo(machine, frame, compensate, own, result)
        writes = tool.effect.kind in ("write", "irreversible")
        if undo is None and (known or not writes):
            return
        entry = Entry(frame.path, tool.name, _key(machine, frame), frame.started, "done" if known else "uncertain")
        if undo is not None:
            entry.undo_tool, entry.undo_arguments = undo
        ledger.record(machine.state, entry)
        if not known:
            machine.note("uncertain", frame, "tool", detail=tool.name)

    def _undo(
        self, machine: Machine, frame: Frame, compensate: Compensate | None, own: bool, result: dict[str, Any] | None
    ) -> tuple[str, dict[str, Any]] | None:
        if compensate is None or compensate.call is None:
            return None
        if result is None and any("result" in names(argument.value) for argument in compensate.call.arguments):
            return None
        target = machine.definition.tools[compensate.call.target]
        extra = (result or {}) | (frame.memory["arguments"] if own else {})
        try:
            arguments = evaluate_arguments(machine, frame, compensate.call, target.parameters, extra, "undo")
        except (EvaluationError, FlowFailed) as error:
            machine.note("undo_failed", frame, "tool", detail=f"the undo cannot be worded: {error}")
            return None
        return target.name, to_wire(arguments)


def _parts(machine: Machine, frame: Frame) -> tuple[Step, ToolDeclaration]:
    step = cast(Step, machine.node(frame))
    return step, machine.definition.tools[step.call.target]


def _key(machine: Machine, frame: Frame) -> str:
    return f"{machine.state.key_base}/{frame.path}"
