"""Calls that are captured instead of carried out: which, what becomes of them, and what is real all the same."""

from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.payloads import RunOptions
from interpreter.core.commands import CallTool, Finish
from interpreter.core.events import Event
from interpreter.providers.rehearsal import made_up
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Returns, World
from tests.heart.watched import definition_of

TOOLS = """edition 1
tool stock.find(item: text) -> text read
tool stock.hold(item: text) -> { id: text, until: time, price: decimal, size: "small" | "large" } write {
  verify none "nobody can look it up"
  compensate stock.free(id: result.id)
}
tool stock.free(id: text) idempotent
tool mail.send(to: text) write { compensate none "sent is sent" }
agent clerk(q: text) -> { answer: text } { model "m" prompt "{{ q }}" }
"""
WHOLE = (
    TOOLS
    + """
flow main(end: text) -> text {
  step found = stock.find(item: "tea")
  step held = stock.hold(item: found)
  step mail.send(to: held.id)
  if end == "fail" { fail "no" }
  return held.size
}
"""
)
AFTER_AN_AGENT = (
    TOOLS
    + """
flow below(q: text) -> text {
  step said = clerk(q: q)
  if said.answer == "fail" { fail "no" }
  return said.answer
}
flow main(q: text) {
  step first = stock.hold(item: "before")
  try { step below(q: q) } on error e { step mail.send(to: e.kind) }
  step second = stock.hold(item: "after")
  fail "no"
}
"""
)


def world(answer: str = "yes", *, made: bool = False) -> World:
    """`made`: what agents answer is made up, as by a worker that rehearses."""
    held = {"id": "h", "until": "2027-01-15T08:00:00Z", "price": "1.5", "size": "small"}
    results: dict[str, Any] = {"stock.find": "tea", "stock.hold": held, "stock.free": None, "mail.send": None}
    tools = {name: lambda command, value=value: Returns(value) for name, value in results.items()}
    return World(tools, {"clerk": lambda request: Returns({"answer": answer}, rehearsal=made)}, made_up=made_up)


def definition(text: str) -> Definition:
    found = definition_of(text)
    assert found is not None, "the check refuses it"
    return found


def run(text: str, outside: World, given: Any, options: RunOptions | None = None) -> SimulatedRun:
    simulation = Simulation(definition(text), outside, Switches(through_json=True))
    started = simulation.run(given, options=options)
    simulation.go()
    return started


def called(outside: World) -> list[str]:
    return [call.name for call in outside.calls]


def staged(run: SimulatedRun) -> list[str]:
    return [note.detail for note in run.state.notes if note.kind == "staged"]


def finish(run: SimulatedRun) -> Finish:
    assert run.finish is not None
    return run.finish


def test_what_reads_is_called_and_what_would_write_is_told_in_its_order() -> None:
    outside = world()
    done = run(WHOLE, outside, {"end": "well"}, RunOptions(staged=True))
    assert called(outside) == ["stock.find"]
    first, second = staged(done)
    assert first == 'stock.hold(item: "tea")'
    assert second.startswith('mail.send(to: "rehearsed id')
    assert finish(done).outcome == "completed"
    assert finish(done).value in ("small", "large")
    result = finish(done).report.result
    assert result is not None
    assert (result.staged, result.rehearsal) == (True, False)


def test_what_was_captured_is_undone_without_a_call_too() -> None:
    outside = world()
    done = run(WHOLE, outside, {"end": "fail"}, RunOptions(staged=True))
    assert called(outside) == ["stock.find"]
    assert [text.split("(")[0] for text in staged(done)] == ["stock.hold", "mail.send", "stock.free"]
    assert [(entry.state, entry.staged) for entry in done.state.ledger.values()] == [("undone", True)]


def test_without_being_asked_everything_is_carried_out() -> None:
    outside = world()
    done = run(WHOLE, outside, {"end": "well"})
    assert called(outside) == ["stock.find", "stock.hold", "mail.send"]
    assert staged(done) == []


@pytest.mark.parametrize("answer", ["yes", "fail"], ids=["a child that completes", "a child that fails"])
def test_what_follows_from_an_answer_that_was_made_up_is_captured_and_what_came_before_is_undone(answer: str) -> None:
    outside = world(answer, made=True)
    done = run(AFTER_AN_AGENT, outside, {"q": "why"})
    assert called(outside) == ["stock.hold", "clerk", "stock.free"]
    assert [text.split("(")[0] for text in staged(done)][-2:] == ["stock.hold", "stock.free"]
    assert finish(done).report.rehearsal


def test_a_rehearsal_that_was_told_to_writes() -> None:
    outside = world(made=True)
    done = run(AFTER_AN_AGENT, outside, {"q": "why"}, RunOptions(with_tools=True))
    assert called(outside).count("stock.hold") == 2
    assert staged(done) == []


def test_a_captured_call_is_a_command_that_says_so_and_has_what_its_result_looks_like() -> None:
    seen: list[CallTool] = []

    def watch(run: SimulatedRun, event: Event, commands: list[Any]) -> None:
        seen.extend(command for command in commands if type(command) is CallTool and command.staged)

    simulation = Simulation(definition(WHOLE), world(), watch=watch)
    simulation.run({"end": "well"}, options=RunOptions(staged=True))
    simulation.go()
    assert [command.tool for command in seen] == ["stock.hold", "mail.send"]
    assert set(seen[0].schema["properties"]) == {"id", "until", "price", "size"}
    assert seen[1].schema is None
