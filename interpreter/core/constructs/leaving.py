"""Statements that leave what is around them: `return yield until break continue fail`. The construct that is meant
stops their exit.
"""

from typing import cast

from dsl.ast.statements import Break, Continue, Fail, Return, Until, Yield
from dsl.expressions.values import Value
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.texts import text_of
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE, Exit, Failure, failed
from interpreter.core.state import Frame

DEFAULT_KIND = "Failed"
"""The kind of `fail "text"`."""


class ReturnConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Return, machine.node(frame))
        value = machine.evaluate(frame, "value", node.value) if node.value is not None else None
        machine.end(frame, Exit("return", value))


class YieldConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Yield, machine.node(frame))
        machine.end(frame, Exit("yield", machine.evaluate(frame, "value", node.value)))


class UntilConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Until, machine.node(frame))
        machine.end(frame, Exit("break") if machine.evaluate(frame, "condition", node.condition) else DONE)


class BreakConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        machine.end(frame, Exit("break", label=cast(Break, machine.node(frame)).loop))


class ContinueConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        machine.end(frame, Exit("continue", label=cast(Continue, machine.node(frame)).loop))


class FailConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        value = machine.evaluate(frame, "value", cast(Fail, machine.node(frame)).value)
        record: dict[str, Value] = value if type(value) is dict else {"message": value}
        kind = text_of(machine, frame, "kind", record.get("kind", DEFAULT_KIND))
        message = text_of(machine, frame, "message", record.get("message", ""))
        machine.end(frame, failed(Failure(kind, message, frame.path, record.get("details"), said=True)))
