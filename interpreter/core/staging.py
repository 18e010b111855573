"""What is captured instead of carried out: in a staged run each call that may write; and in any run, from the first
answer that was made up, because what follows from it was decided by nobody.

A captured call goes the way of any other: it stands in the ledger, ends with a result that is made up from its type,
and is undone, which is captured as well. What was carried out before is undone for real: its entry says which it was.
"""

import json

from dsl.ast.declarations import ToolDeclaration
from dsl.values.references import shown
from dsl.values.schema import Unwrappable, json_schema, unwrap
from interpreter.boundary.payloads import JSON
from interpreter.core import discretion
from interpreter.core.machine import Machine
from interpreter.core.state import Frame, State


def captures(state: State, tool: ToolDeclaration) -> bool:
    """Whether a call of `tool` would be captured now."""
    return is_staged(state) and may_write(tool)


def may_write(tool: ToolDeclaration) -> bool:
    """Whether a call of it is captured in a staged run."""
    return tool.effect.kind != "read"


def is_staged(state: State) -> bool:
    return state.staged or (state.rehearsal and not state.with_tools)


def note_captured(machine: Machine, frame: Frame, node: str, name: str, tool: str, arguments: dict[str, JSON]) -> None:
    """The call as it would have been made, in the order of all that happened; without the arguments of one that may
    hold what the flow's readers do not see.
    """
    hides = discretion.is_discreet(machine.definition, machine.state.flow, tool)
    said = {key: "…" if hides else json.dumps(value, ensure_ascii=False) for key, value in shown(arguments).items()}
    given = ", ".join(f"{key}: {value}" for key, value in said.items())
    machine.note("staged", frame, node, name=name, detail=f"{tool}({given})")


def schema_of(machine: Machine, tool: ToolDeclaration) -> JSON:
    """What the result of a captured call is made up from."""
    return json_schema(tool.returns, machine.definition.types, for_model=True) if tool.returns is not None else None


def made_up(machine: Machine, tool: ToolDeclaration, result: JSON) -> JSON:
    """The result of a captured call, which comes as a model would give it."""
    if tool.returns is None:
        return result
    try:
        return unwrap(result, tool.returns, machine.definition.types)
    except Unwrappable:
        return result
