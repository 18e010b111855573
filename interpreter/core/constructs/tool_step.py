"""A step that calls a tool: the call, what is known of its effect, and its entry in the ledger.

An unknown outcome is settled going forward (`verify`, else the step fails as `OutcomeUnknown`) or, when the run is on
its way out, without calling anything again only to undo it: `verify`, else an undo that needs no result, else it is
listed.
"""

from dataclasses import replace
from typing import Any, cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Step
from dsl.expressions.errors import EvaluationError
from dsl.expressions.names import names
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import INVALID_OUTPUT, OUTCOME_UNKNOWN
from interpreter.core import ledger, reservations
from interpreter.core.constructs.calls import describe, evaluate_arguments
from interpreter.core.constructs.construct import Construct, end_step
from interpreter.core.constructs.tool_call import open_call
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, Exit, Failure, FlowFailed, done, failed
from interpreter.core.state import Amount, Entry, Frame

MOST_RERUNS = 3
"""How often a call is made again after a verification found that it did not happen."""


class ToolStepConstruct(Construct):
    """`memory`: `arguments`, `phase` (`reserving calling verifying`), `reruns`, `unknown` (what is being verified)."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, tool = _parts(machine, frame)
        frame.memory["arguments"] = evaluate_arguments(machine, frame, step.call, tool.parameters)
        frame.memory["reruns"] = 0
        self._reserve(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        machine.starts_now(frame)
        self._reserve(machine, frame)

    def _reserve(self, machine: Machine, frame: Frame) -> None:
        frame.memory["phase"] = "reserving"
        if reservations.reserve(machine, frame, Amount(calls=1)):
            reservations.settle(machine, frame, Amount(calls=1))
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
        """A verification is not cancelled: it settles what happened."""
        if frame.memory["phase"] == "reserving":
            reservations.stop_waiting(machine, frame)
            end_step(machine, frame, CANCELLED, "tool")
        elif frame.memory["phase"] == "calling":
            super().cancel(machine, frame)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        end_step(machine, frame, failed(failure), "tool")

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if frame.memory["phase"] == "verifying":
            self._verified(machine, frame, exit_)
        elif exit_.kind == "done":
            self._succeeded(machine, frame, exit_.value)
        elif exit_.failure is not None and exit_.failure.unknown:
            self._unknown(machine, frame, exit_.failure)
        else:
            end_step(machine, frame, exit_, "tool")

    def _succeeded(self, machine: Machine, frame: Frame, result: Any) -> None:
        _, tool = _parts(machine, frame)
        if tool.returns is None:
            value, problems = None, ""
        else:
            checked = validate(result, tool.returns, machine.definition.types)
            value, problems = checked.value, describe(checked.problems)
        if problems:
            message = f"`{tool.name}` answered with something that does not fit its type: {problems}"
            self._record(machine, frame, None, known=False)
            end_step(machine, frame, failed(Failure(INVALID_OUTPUT, message)), "tool")
            return
        self._record(machine, frame, {"result": value}, known=True)
        end_step(machine, frame, done(value), "tool")

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
        place = f"/verify{frame.memory['reruns'] or ''}"
        key = f"{_key(machine, frame)}{place}"
        open_call(machine, frame, "/verify", reader.name, arguments, id_=f"{frame.path}{place}", key=key)

    def _verified(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        if exit_.kind != "done":
            self._give_up(machine, frame, frame.memory["unknown"])
        elif exit_.value is not None:
            self._succeeded(machine, frame, exit_.value)
        elif frame.cancelling:
            end_step(machine, frame, CANCELLED, "tool")
        elif frame.memory["reruns"] == MOST_RERUNS:
            self._give_up(machine, frame, frame.memory["unknown"])
        else:
            frame.memory["reruns"] += 1
            self._call(machine, frame)

    def _give_up(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """Nobody can say whether it happened: list it, and fail unless the run is on its way out anyway."""
        _, tool = _parts(machine, frame)
        self._record(machine, frame, None, known=False)
        failure = replace(failure, unknown=False)
        if tool.effect.kind in ("write", "irreversible"):
            message = f"nobody knows whether `{tool.name}` took effect ({failure.kind}: {failure.message})"
            cause = {"kind": failure.kind, "message": failure.message}
            failure = Failure(OUTCOME_UNKNOWN, message, frame.path, cause, unknown=True)
        end_step(machine, frame, failed(failure), "tool")

    def _record(self, machine: Machine, frame: Frame, result: dict[str, Any] | None, *, known: bool) -> None:
        """Put the effect in the ledger: with its undo, when there is one and what it needs is known."""
        _, tool = _parts(machine, frame)
        entry = Entry(frame.path, tool.name, _key(machine, frame), frame.started, "done" if known else "uncertain")
        call = self._undo(machine, frame)
        if call is not None and (result is not None or not _needs_result(call)):
            self._word_undo(machine, frame, entry, call, result or {})
        elif known or tool.effect.kind not in ("write", "irreversible"):
            return
        ledger.record(machine.state, entry)
        if not known:
            machine.note("uncertain", frame, "tool", detail=tool.name)

    def _undo(self, machine: Machine, frame: Frame) -> Call | None:
        step, tool = _parts(machine, frame)
        compensate = step.compensate or tool.compensate
        return compensate.call if compensate is not None else None

    def _word_undo(self, machine: Machine, frame: Frame, entry: Entry, call: Call, result: dict[str, Any]) -> None:
        """The undo of a tool's own declaration sees the tool's parameters, that of a step the names around the step."""
        step, _ = _parts(machine, frame)
        target = machine.definition.tools[call.target]
        extra = result if step.compensate else result | frame.memory["arguments"]
        entry.undo_tool = target.name
        try:
            entry.undo_arguments = to_wire(
                evaluate_arguments(machine, frame, call, target.parameters, extra, "undo"),
            )
        except (EvaluationError, FlowFailed) as error:
            entry.reason = f"the undo cannot be worded: {error}"


def _parts(machine: Machine, frame: Frame) -> tuple[Step, ToolDeclaration]:
    step = cast(Step, machine.node(frame))
    return step, machine.definition.tools[step.call.target]


def _needs_result(call: Call) -> bool:
    return any("result" in names(argument.value) for argument in call.arguments)


def _key(machine: Machine, frame: Frame) -> str:
    return f"{machine.state.key_base}/{frame.path}"
