"""From a sealed definition to its picture: the flow, and below it the flows and agents that it calls, each once."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use, called_by
from dsl.ast.duration import format_duration
from dsl.ast.statements import Step
from dsl.decompiling.calls import retry
from dsl.decompiling.declarations import effect
from dsl.definition.definition import Definition
from dsl.drawing.pen import Pen, Ways
from dsl.drawing.picture import NodeKind, Picture
from dsl.drawing.said import asked_texts, budget_text, call_text, expression_text, length_text, stage_texts
from dsl.drawing.statements import Statements
from dsl.expressions.wire import json_text
from dsl.values.addresses import address_of
from dsl.values.writing import fields_text, type_text


def draw(definition: Definition, *, alone: bool = False) -> Picture:
    """`alone`: without the flows and agents that the flow calls."""
    return Drawing(definition, alone=alone).picture()


class Drawing:
    def __init__(self, definition: Definition, *, alone: bool = False) -> None:
        self._definition = definition
        self._alone = alone
        self._pen = Pen()

    def picture(self) -> Picture:
        definition, pen = self._definition, self._pen
        called = [] if self._alone else [name for name in sorted(definition.flows) if name != definition.flow]
        for name in [definition.flow, *called]:
            self._flow(definition.flows[name])
        if not self._alone:
            for name in sorted(definition.agents):
                self._agent(definition.agents[name])
        return Picture(definition.flow, definition.hash, tuple(pen.groups), tuple(pen.nodes), tuple(pen.edges))

    def _flow(self, flow: FlowDeclaration) -> None:
        group = self._pen.group(f"flow {flow.name}", "flow", f"flow {flow.name}")
        lines = [_signature(flow), budget_text(flow.budget), *asked_texts(flow.asks)]
        lines += [f"depth {flow.depth}"] * (flow.depth is not None) + ["requires approval"] * flow.requires_approval
        start = self._pen.node(_start(flow.name), "start", flow.name, group, lines, statements=())
        ends = Statements(self._pen, self._step).block(flow.body, flow.name, group, start)
        if ends:
            self._pen.node(f"{flow.name}~end", "end", "end", group, after=ends, statements=())

    def _step(self, step: Step, address: str, group: str, ways: Ways) -> Ways:
        pen, target = self._pen, step.call.target
        kind, said = self._callee(target)
        title = step.name if step.named else target
        tool = self._definition.tools.get(target)
        undo = step.compensate or (tool.compensate if tool is not None else None)
        lines = [f"{kind} {target}" if title != target else kind, *said, *_options(step)]
        if undo is not None and undo.none_reason is not None:
            lines.append(f"compensate none {json_text(undo.none_reason)}")
        on = pen.node(address, kind, title, group, lines, after=ways)
        if undo is not None and undo.calls:
            calls = [call_text(call) for call in undo.calls]
            pen.node(f"{address}~undo", "undo", "undo", group, calls, statements=())
            pen.edge(address, f"{address}~undo", "undo", "undone by")
        if not self._alone:
            self._call(address, target)
        return on

    def _call(self, start: str, target: str) -> None:
        if target in self._definition.flows:
            self._pen.edge(start, _start(target), "calls")
        elif target in self._definition.agents and called_by(self._definition.agents[target]):
            self._pen.edge(start, f"agent {target}", "calls")

    def _callee(self, name: str) -> tuple[NodeKind, list[str]]:
        """What it is, and what is said of it wherever it is called."""
        if name in self._definition.flows:
            return "flow", []
        if name in self._definition.agents:
            return "agent", [_models(self._definition.agents[name])]
        return "tool", list(_contract(self._definition.tools[name]))

    def _agent(self, agent: AgentDeclaration) -> None:
        """One that may use something has a frame of its own."""
        uses = called_by(agent)
        if not uses:
            return
        pen, id = self._pen, f"agent {agent.name}"
        group = pen.group(id, "agent", id)
        pen.node(id, "declared", agent.name, group, _of_agent(agent), statements=())
        for number, use in enumerate(uses, 1):
            kind, said = self._callee(use.target)
            lines = [kind, *said, *(_gated(use) if isinstance(use, Use) else [f"summarises at {use.at} tokens"])]
            at = f"{id}/{number}"
            pen.node(at, kind, use.target, group, lines, statements=())
            pen.edge(id, at, "uses")
            self._call(at, use.target)


def _start(flow: str) -> str:
    return f"{flow}~start"


def _signature(flow: FlowDeclaration) -> str:
    returns = "" if flow.returns is None else f" -> {type_text(flow.returns)}"
    return f"({fields_text(flow.parameters)}){returns}"


def _models(agent: AgentDeclaration) -> str:
    return f"model {' then '.join(map(json_text, agent.models))}"


def _of_agent(agent: AgentDeclaration) -> Iterator[str]:
    yield _models(agent)
    yield budget_text(agent.budget)
    yield from asked_texts(agent.asks)
    if agent.batch is not None:
        yield f"batch within {format_duration(agent.batch)}"


def _gated(use: Use) -> Iterator[str]:
    if use.when is not None:
        yield f"when {expression_text(use.when)}"
    if use.only is not None:
        yield f"only if {expression_text(use.only)}"
    if use.then is not None:
        yield f"then {expression_text(use.then)}"
    yield from (f"after approval {text}" for text in stage_texts(use.gate))


def _contract(tool: ToolDeclaration) -> Iterator[str]:
    yield effect(tool.effect)
    if tool.emit is not None:
        yield f"emits event {tool.emit.event} to {expression_text(tool.emit.to)}"
    if tool.http is not None:
        yield f"http {tool.http.method} {address_of(tool.http.url).origin}"
    if tool.served is not None:
        yield f"server {tool.served.server}"
    if tool.exclusive is not None:
        yield f"exclusive by {expression_text(tool.exclusive.by)}"


def _options(step: Step) -> Iterator[str]:
    if step.timeout is not None:
        yield f"timeout {length_text(step.timeout, step.chosen_timeout)}"
    yield from retry(step.retry)
    if step.continues is not None:
        yield f"continue {expression_text(step.continues)}"
    if step.without_approval is not None:
        yield f"without approval {json_text(step.without_approval)}"
    if step.detached:
        yield "detached"
