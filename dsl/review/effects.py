"""What a flow does to the world: calls that stay done and who agrees before, and how all others are undone."""

from collections.abc import Iterator
from typing import Literal

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration, Use
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call, Compensate, CompensateStatement, Finally, Step
from dsl.review.model import Doubt, Gate, Lasting, Left, Place, Undo, Written
from dsl.review.text import Reached
from dsl.semantics.gating.gates import approved_before, needs_approval, ungated

Purpose = Literal["step", "agent", "undo", "finally"]
HowGated = Literal["call", "before"]


class Effects:
    def __init__(self, reached: Reached) -> None:
        self._reached = reached
        self._facts = reached.facts
        self._opened = {
            id(step): tried[0].approval
            for flow in reached.flows
            for step, tried in ungated(flow, self._facts)
            if tried and tried[0].gate is not None
        }

    # -- what cannot be undone

    def lasting(self) -> Iterator[Lasting]:
        for flow in self._reached.flows:
            for step in self._reached.all(Step, [flow]):
                tool = self._reached.tool(step.call)
                stays = None if tool is None else self._stays(tool, step.compensate)
                if tool is not None and stays is not None:
                    yield self._lasting(tool, stays, step, self._gates(step, flow, frozenset()))
        for agent in self._reached.agents:
            for use in agent.uses:
                signature = self._facts.callee_of(use)
                node = None if signature is None else signature.node
                stays = self._stays(node, None) if isinstance(node, ToolDeclaration) else None
                if isinstance(node, ToolDeclaration) and stays is not None:
                    yield self._lasting(node, stays, use, self._of_use(use), agent.name)

    def _lasting(
        self, tool: ToolDeclaration, stays: str, node: Step | Use, gates: tuple[Gate, ...], agent: str | None = None
    ) -> Lasting:
        return Lasting(
            tool.name,
            "irreversible" if tool.effect.kind == "irreversible" else "write",
            stays,
            agent,
            self._reached.said(node.only) if isinstance(node, Use) and node.only is not None else None,
            gates,
            node.without_approval if isinstance(node, Step) else None,
            self._reached.place(node),
            self._reached.place(tool),
        )

    def _stays(self, tool: ToolDeclaration, undo: Compensate | None) -> str | None:
        """Why its effect stays: what the text says, `irreversible` or `final`; None where something undoes it."""
        undo = undo or tool.compensate
        if tool.effect.kind not in ("write", "irreversible"):
            return None
        if undo is not None and undo.none_reason is not None:
            return undo.none_reason
        if tool.effect.final:
            return "final"
        return "irreversible" if tool.effect.kind == "irreversible" else None

    def _gates(self, step: Step, flow: FlowDeclaration, seen: frozenset[str]) -> tuple[Gate, ...]:
        opened = self._opened.get(id(step))
        if opened is not None:
            return (self._gate("call", opened),)
        signature = self._facts.callee_of(step.call)
        if step.without_approval is None and signature is not None and needs_approval(signature):
            return self._of_callers(flow, seen)
        return tuple(self._gate("before", approval) for approval in approved_before(step, self._facts))

    def _of_callers(self, flow: FlowDeclaration, seen: frozenset[str]) -> tuple[Gate, ...]:
        """What the flow itself needs is given where it is called."""
        found: list[Gate] = []
        if flow.name in seen:
            return ()
        for caller in self._reached.flows:
            for step in self._reached.all(Step, [caller]):
                if step.call.target == flow.name:
                    found += self._gates(step, caller, seen | {flow.name})
        for agent in self._reached.agents:
            found += (gate for use in agent.uses if use.target == flow.name for gate in self._of_use(use))
        return tuple(Gate("caller", gate.name, gate.stages, gate.place) for gate in found)

    def _of_use(self, use: Use) -> tuple[Gate, ...]:
        if not use.gate:
            return ()
        return (Gate("use", use.target, self._reached.stages(use.gate), self._reached.place(use)),)

    def _gate(self, how: HowGated, approval: AwaitApproval) -> Gate:
        place = self._reached.place(approval)
        stages = self._reached.stages(approval.stages)
        return Gate(how, approval.name, stages, place)

    # -- how everything is undone

    def written(self) -> Iterator[Written]:
        """Each tool that changes something, once for each way in which it is undone."""
        found: dict[tuple[str, str, int], Written] = {}
        for purpose, node, call, of_step in self._calls():
            tool = self._reached.facts.declarations.callees[call].node
            if not isinstance(tool, ToolDeclaration) or tool.effect.kind == "read":
                continue
            undo = None if purpose in ("undo", "finally") else of_step or tool.compensate
            place = self._reached.place(node)
            key = (tool.name, purpose, id(undo))
            before = found.get(key)
            calls: tuple[Place, ...] = () if before is None else before.calls
            found[key] = Written(
                tool.name,
                tool.effect.kind,
                tool.effect.keyed,
                tool.effect.keyed_for,
                purpose,
                () if undo is None else self._reached.undo(undo.calls),
                None if undo is not None and undo.calls else self._why(tool, undo),
                calls if place in calls else (*calls, place),
                self._reached.place(tool),
            )
        yield from found.values()

    def _why(self, tool: ToolDeclaration, undo: Compensate | None) -> str:
        return self._stays(tool, undo) or (undo.none_reason if undo is not None else None) or ""

    def _calls(self) -> Iterator[tuple[Purpose, Node, str, Compensate | None]]:
        """Why something is called, where, what, and what its step says of undoing it."""
        for step in self._reached.all(Step):
            if self._reached.tool(step.call) is not None:
                yield "step", step, step.call.target, step.compensate
        for use in self._reached.all(Use):
            if use.target in self._reached.facts.declarations.callees:
                yield "agent", use, use.target, None
        for undoing, call in self._undoing():
            yield undoing, call, call.target, None

    def _undoing(self) -> Iterator[tuple[Purpose, Call]]:
        for finally_ in self._reached.all(Finally):
            yield from (("finally", call) for call in finally_.calls)
        for statement in self._reached.all(CompensateStatement):
            yield from (("undo", call) for call in statement.calls)
        for compensate in self._reached.all(Compensate):
            yield from (("undo", call) for call in compensate.calls)

    # -- what is left

    def left(self, written: tuple[Written, ...]) -> Left:
        stays = tuple(each for each in written if not each.undo and each.purpose in ("step", "agent"))
        undo: dict[str, Undo] = {}
        for _, call in self._undoing():
            undo.setdefault(call.target, self._reached.undo([call])[0])
        return Left(stays, tuple(undo.values()), tuple(self._doubts()))

    def _doubts(self) -> Iterator[Doubt]:
        for tool in self._reached.tools:
            may_be_unknown = tool.effect.kind in ("write", "irreversible") and (
                not tool.effect.keyed or tool.effect.keyed_for is not None
            )
            if may_be_unknown and (tool.verify is None or tool.verify.call is None):
                reason = None if tool.verify is None else tool.verify.none_reason
                yield Doubt(tool.name, tool.effect.keyed_for, reason, self._reached.place(tool))
