"""Which construct carries out what: the one list."""

from dsl.ast import statements
from dsl.ast.node import Node
from dsl.definition.definition import Definition
from interpreter.core.constructs.agent_step import AgentStepConstruct
from interpreter.core.constructs.ask_for_more import AskForMoreConstruct
from interpreter.core.constructs.assignment import LetConstruct, SetConstruct, VarConstruct
from interpreter.core.constructs.await_approval import AwaitApprovalConstruct
from interpreter.core.constructs.await_event import AwaitEventConstruct
from interpreter.core.constructs.await_first import AwaitFirstConstruct
from interpreter.core.constructs.batch import BatchConstruct
from interpreter.core.constructs.block import BlockConstruct
from interpreter.core.constructs.budget_block import BudgetBlockConstruct
from interpreter.core.constructs.call_gate import CallGateConstruct
from interpreter.core.constructs.commit import CommitConstruct
from interpreter.core.constructs.compensate_statement import CompensateStatementConstruct
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.exclusive_block import ExclusiveBlockConstruct
from interpreter.core.constructs.finally_ import FinallyConstruct
from interpreter.core.constructs.flow import FlowConstruct
from interpreter.core.constructs.flow_step import FlowStepConstruct
from interpreter.core.constructs.for_ import ForConstruct
from interpreter.core.constructs.if_ import IfConstruct
from interpreter.core.constructs.leaving import (
    BreakConstruct,
    ContinueConstruct,
    FailConstruct,
    ReturnConstruct,
    UntilConstruct,
    YieldConstruct,
)
from interpreter.core.constructs.loop import LoopConstruct
from interpreter.core.constructs.match import MatchConstruct
from interpreter.core.constructs.model_call import ModelCallConstruct
from interpreter.core.constructs.parallel import ParallelConstruct, RaceConstruct
from interpreter.core.constructs.parallel_for import ParallelForConstruct, RaceForConstruct
from interpreter.core.constructs.repair import RepairConstruct
from interpreter.core.constructs.respond import RespondConstruct
from interpreter.core.constructs.sleep import SleepConstruct
from interpreter.core.constructs.tool_call import ToolCallConstruct
from interpreter.core.constructs.tool_step import ToolStepConstruct
from interpreter.core.constructs.try_ import TryConstruct
from interpreter.core.constructs.turn import TurnConstruct
from interpreter.core.constructs.undo import UndoConstruct
from interpreter.core.memory import Memory

CONSTRUCTS: dict[str, Construct[Memory]] = {
    "Flow": FlowConstruct(),
    "Block": BlockConstruct(),
    "ToolStep": ToolStepConstruct(),
    "ToolCall": ToolCallConstruct(),
    "AgentStep": AgentStepConstruct(),
    "ModelCall": ModelCallConstruct(),
    "Batch": BatchConstruct(),
    "Turn": TurnConstruct(),
    "CallGate": CallGateConstruct(),
    "AskForMore": AskForMoreConstruct(),
    "FlowStep": FlowStepConstruct(),
    "Undo": UndoConstruct(),
    "Repair": RepairConstruct(),
    "Let": LetConstruct(),
    "Var": VarConstruct(),
    "Set": SetConstruct(),
    "If": IfConstruct(),
    "Match": MatchConstruct(),
    "For": ForConstruct(),
    "Parallel": ParallelConstruct(),
    "ParallelFor": ParallelForConstruct(),
    "Race": RaceConstruct(),
    "RaceFor": RaceForConstruct(),
    "Loop": LoopConstruct(),
    "BudgetBlock": BudgetBlockConstruct(),
    "AwaitApproval": AwaitApprovalConstruct(),
    "AwaitEvent": AwaitEventConstruct(),
    "AwaitFirst": AwaitFirstConstruct(),
    "Commit": CommitConstruct(),
    "ExclusiveBlock": ExclusiveBlockConstruct(),
    "CompensateStatement": CompensateStatementConstruct(),
    "Respond": RespondConstruct(),
    "Sleep": SleepConstruct(),
    "Try": TryConstruct(),
    "Finally": FinallyConstruct(),
    "Fail": FailConstruct(),
    "Return": ReturnConstruct(),
    "Yield": YieldConstruct(),
    "Until": UntilConstruct(),
    "Break": BreakConstruct(),
    "Continue": ContinueConstruct(),
}
"""By kind: the name of the AST class, but a step's kind says what it calls, and a race is a `parallel` of its own."""


def kind_of(definition: Definition, node: Node) -> str:
    """The kind of the frame that carries out `node`."""
    if type(node) is statements.Parallel and node.first is not None:
        return "Race"
    if type(node) is statements.ParallelFor and node.first is not None:
        return "RaceFor"
    if type(node) is not statements.Step:
        return type(node).__name__
    target = node.call.target
    if target in definition.tools:
        return "ToolStep"
    return "AgentStep" if target in definition.agents else "FlowStep"
