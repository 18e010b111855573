"""A flow over a value that is kept elsewhere, moved on by hand, one event at a time."""

from typing import Any

from dsl.expressions.values import Reference
from interpreter.core.advance import advance
from interpreter.core.commands import Command, Evaluate
from interpreter.core.events import Started, ToolReturned
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from tests.heart.watched import definition_of

HASH = "a" * 64
LARGE = Reference(HASH, 100_000)
FLOW = """\
edition 1

tool web.read(x: text) -> text read
tool web.keep(x: text) -> {{ id: text }} write keyed {{ compensate web.drop(x: upper(result.id)) }}
tool web.drop(x: text) idempotent
agent ask(x: text) -> text {{ model "m" prompt "{{{{ x }}}}" }}
flow child(x: text) -> text {{ return x }}

flow main(x: text) {{
  step page = web.read(x: x)
  {statement}
}}
"""


class Stepped:
    """It has begun, and is sent through JSON after each event."""

    def __init__(self, statement: str) -> None:
        definition = definition_of(FLOW.format(statement=statement))
        assert definition is not None
        self.definition = definition
        self.state = State("main", "hash", "run")
        self.now = 0.0
        self.take(Started(0.0, {"x": "a"}))

    def take(self, event: Any) -> list[Command]:
        self.now = event.at
        commands = advance(self.definition, self.state, event)
        self.state = restore(save(self.state))
        return commands

    def until_fetching(self) -> Evaluate:
        (fetch,) = self.take(ToolReturned(1.0, "main/page", LARGE))
        assert type(fetch) is Evaluate
        return fetch
