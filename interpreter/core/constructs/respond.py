"""`respond`: what the sender of an event is answered who waits for that."""

import json
from typing import cast

from dsl.ast.statements import Respond
from dsl.ast.types import Type
from dsl.expressions.values import references
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import INVALID_OUTPUT
from interpreter.core import event_replies
from interpreter.core.constructs.calls import describe
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE, Failure, FlowFailed
from interpreter.core.state import Frame


class RespondConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Respond, machine.node(frame))
        value = machine.evaluate(frame, "value", node.value)
        checked = validate(value, _type(machine, node.name), machine.definition.types)
        if checked.problems:
            raise _misfit(frame, f"the reply to `{node.name}` does not fit: {describe(checked.problems)}")
        if references(checked.value):
            raise _misfit(frame, f"the reply to `{node.name}` holds a large value, which lies in the store")
        size = len(json.dumps(to_wire(checked.value), ensure_ascii=False).encode())
        if size > event_replies.LARGEST_REPLY:
            most = event_replies.LARGEST_REPLY
            raise _misfit(
                frame, f"the reply to `{node.name}` has {size:,} bytes of JSON; at most {most:,} can be given"
            )
        event_replies.give(machine, event_replies.event_id(machine, frame, node.name), checked.value, size)
        machine.end(frame, DONE)


def _type(machine: Machine, name: str) -> Type:
    """No two events of a flow have one name in it."""
    awaited = (each for places in machine.definition.events(machine.state.flow).values() for each in places)
    reply = next(each.reply for each in awaited if each.name == name and each.reply is not None)
    assert reply is not None
    return reply


def _misfit(frame: Frame, message: str) -> FlowFailed:
    return FlowFailed(Failure(INVALID_OUTPUT, message, frame.path))
