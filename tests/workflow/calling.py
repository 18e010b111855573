"""Calls of a run on a Temporal that is played, and how they ended."""

from collections.abc import Callable
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from interpreter.workflow.calls import Call, Calls
from interpreter.workflow.carriers import Carriers
from interpreter.workflow.limits import Room
from interpreter.workflow.moments import Moments
from tests.definition.reading import definition
from tests.workflow.ends import a_call
from tests.workflow.played import Played

TEXT = """edition 1
tool card.charge(x: int) -> int read
tool other(x: int) read
flow main() { step card.charge(x: 1) step other(x: 1) }
"""
HASH = "a" * 64
ONE = a_call()
RESULT = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"5"))


class World:
    def __init__(self, played: Played) -> None:
        self.played = played
        self.room = Room(Moments())
        self.ended: list[tuple[Call, Any, BaseException | None]] = []
        self.arrived: list[Callable[[], Any]] = []
        self.carriers = Carriers({}, self.arrived.append, carries=True)
        self.calls = Calls(definition(TEXT), lambda *ended: self.ended.append(ended), self.room, self.carriers)
