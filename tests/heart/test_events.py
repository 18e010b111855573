"""Events from outside: when one is late, which wait gets it, what is known again, and how much is kept."""

from typing import Any

import pytest

from dsl.definition.definition import Definition
from dsl.expressions.values import Reference
from interpreter.boundary.payloads import Answer
from interpreter.boundary.send import Send
from interpreter.core import arrivals
from interpreter.core.events import Received
from interpreter.simulation.simulation import START, SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

HASH = "a" * 64
TWO = """edition 1
flow main() -> [text] budget 5d {
  var seen: [text] at most 9 = []
  await event first as one: text timeout 1h else { set seen = last(seen + ["none"], 9) }
  await event first as two: text timeout 1h else { return last(seen + ["none"], 9) }
  return last(seen + [two], 9)
}
"""


def begun(text: str, switches: Switches = Switches()) -> tuple[Simulation, SimulatedRun]:  # noqa: B008 - frozen
    flow = definition_of(text)
    assert isinstance(flow, Definition)
    simulation = Simulation(flow, World({}), switches)
    return simulation, simulation.run({})


def value(simulation: Simulation, run: SimulatedRun) -> Any:
    simulation.go()
    assert run.finish is not None
    return run.finish.value


def test_what_comes_after_the_deadline_of_a_wait_is_for_a_later_one_also_when_it_is_handled_first() -> None:
    """No worker was there, so the event is handed over before the timer."""
    simulation, run = begun(TWO)
    simulation.now = START + 3600
    run.send(Send("1", "first", "late", "ann"))
    assert run.replies[0].accepted
    assert value(simulation, run) == ["none", "late"]


def test_what_comes_before_it_is_in_time() -> None:
    simulation, run = begun(TWO)
    simulation.now = START + 3599.9
    run.send(Send("1", "first", "here", "ann"))
    assert run.state.arrivals == []
    run.send(Send("2", "first", "too", "ann"))
    assert value(simulation, run) == ["too"]


def test_the_time_of_a_budget_around_ends_a_wait_whatever_is_heard_of_first() -> None:
    around = TWO.replace("budget 5d", "budget 1h").replace(
        "  await event first as one", "  sleep 40m await event first as one"
    )
    simulation, run = begun(around)
    simulation.go(until=lambda: bool(run.state.waits))
    simulation.now = START + 3700
    run.send(Send("1", "first", "late", "ann"))
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "failed"


def test_a_run_that_is_ending_takes_nothing() -> None:
    simulation, run = begun(TWO)
    run.cancel()
    simulation.go()
    assert run.state.status == "cancelled"
    refused = arrivals.why_not(run.definition, run.state, Send("1", "first", "x", "ann"))
    assert refused is not None
    assert refused.message == "the run takes no events any more: it is cancelled"


MANY = """edition 1
flow main() -> int budget 5d {
  await event go: text timeout 1d else { return 0 }
  var count = 0
  loop each budget 2k iterations {
    await event word: text at most 5k waiting timeout 1h else { break each }
    set count = count + 1
  }
  return count
}
"""


def test_over_all_names_a_run_keeps_so_many_and_so_much() -> None:
    _, run = begun(MANY.replace("5k waiting", "5000 waiting"))
    for number in range(arrivals.MOST_KEPT + 1):
        run.send(Send(str(number), "word", "x", "ann", f"key-{number}"))
    assert [reply.outcome for reply in run.replies[-2:]] == ["sent", "full"]
    assert len(run.state.arrivals) == arrivals.MOST_KEPT
    run.send(Send("go", "go", "now", "ann"))
    assert run.replies[-1].outcome == "full", "the room is for all names"


def test_a_large_event_is_refused_and_large_ones_fill_the_room() -> None:
    _, run = begun(MANY.replace("5k waiting", "5000 waiting"))
    run.send(Send("0", "word", "x" * arrivals.LARGEST_EVENT, "ann"))
    assert not run.replies[-1].accepted
    assert "at most 65,536 bytes" in run.replies[-1].message
    for number in range(9):
        run.send(Send(f"n{number}", "word", "x" * 60_000, "ann"))
    assert [reply.outcome for reply in run.replies].count("sent") == arrivals.MOST_BYTES_KEPT // 60_002
    assert run.replies[-1].outcome == "full"


def test_the_latest_ids_are_known_again_and_those_of_what_is_kept_always() -> None:
    simulation, run = begun(MANY.replace("5k waiting", "5000 waiting"), Switches(continue_often=True))
    run.send(Send("kept", "go", "now", "ann"))
    simulation.go(until=lambda: not run.state.arrivals)
    for number in range(arrivals.MOST_REMEMBERED + 5):
        run.send(Send(f"n{number}", "word", "x", "ann"))
    assert run.state.arrivals == []
    assert len(run.state.arrivals_seen) <= arrivals.MOST_REMEMBERED + 1
    before = run.state.arrived
    run.send(Send(f"n{arrivals.MOST_REMEMBERED}", "word", "x", "ann"))
    assert run.replies[-1].message == "this was sent before"
    assert run.state.arrived == before
    assert value(simulation, run) == arrivals.MOST_REMEMBERED + 5


def test_an_event_that_nobody_waits_a_reply_for_is_told_when_it_is_refused() -> None:
    """It came as a signal: there is no sender to tell."""
    _, run = begun(TWO)
    run.take(Received(START, Send("1", "other", "x", "ann"), ""))
    told = [(note.kind, note.name, note.detail) for note in run.state.notes if note.kind == "refused"]
    assert told == [("refused", "other", "`main` waits for no event `other`; it waits for `first`")]


LOOKS = """edition 1
tool lists.read() -> { words: [text] at most 9 } read
flow main() -> { a: text, b: text } budget 5d {
  step list = lists.read()
  parallel as both {
    branch a {
      await event word: text where word in list.words timeout 1h else { yield "none" }
      yield word
    }
    branch b {
      await event word as other: text timeout 1h else { yield "none" }
      yield other
    }
  }
  return { a: both.a, b: both.b }
}
"""


@pytest.mark.parametrize("words", [["x"], ["y"], []])
def test_the_older_wait_looks_first_also_where_its_condition_is_worked_out_elsewhere(words: list[str]) -> None:
    flow = definition_of(LOOKS)
    assert isinstance(flow, Definition)
    lists = Returns(Reference(HASH, 100_000))
    simulation = Simulation(flow, World({"lists.read": lambda command: lists}, objects={HASH: {"words": words}}))
    run = simulation.run({})
    simulation.go(until=lambda: len(run.state.waits) == 2)
    run.send(Send("1", "word", "x", "ann"))
    run.send(Send("2", "word", "y", "ann"))
    taken = {"a": next((each for each in ("x", "y") if each in words), "none")}
    taken["b"] = "y" if taken["a"] == "x" else "x"
    assert value(simulation, run) == taken


FIRST = """edition 1
tool seats.hold(n: int) -> int write keyed { errors Full compensate seats.free(n: result) }
tool seats.free(n: int) idempotent
flow main() -> [text] budget 5d {
  var seen: [text] at most 9 = []
  await first {
    event word: text { set seen = last(seen + [word], 9) }
    approval ok "Go?" { from "leads" timeout 1d then reject } { set seen = last(seen + ["{{ ok.approved }}"], 9) }
    step hold = seats.hold(n: 1) { set seen = last(seen + ["held {{ hold }}"], 9) }
    after 1h { set seen = last(seen + ["time"], 9) }
  }
  await event word as later: text timeout 1h else { return last(seen + ["none"], 9) }
  return last(seen + [later], 9)
}
"""


def choosing(hold: Planned) -> tuple[Simulation, SimulatedRun]:
    flow = definition_of(FIRST)
    assert isinstance(flow, Definition)
    tools = {"seats.hold": lambda command: hold, "seats.free": lambda command: Returns(None, 60)}
    simulation = Simulation(flow, World(tools))
    return simulation, simulation.run({})


def test_an_answer_that_comes_after_the_time_is_late_also_when_it_is_handled_first() -> None:
    simulation, run = choosing(Fails("Full"))
    simulation.go(until=lambda: bool(run.state.questions))
    simulation.now = START + 3600
    run.answer(Answer("1", next(iter(run.state.questions)), "approve", "ann", None, "leads"))
    run.send(Send("2", "word", "late", "ann"))
    assert [reply.message for reply in run.replies] == [
        "this comes too late: the time to answer is over",
        "the run has `word`",
    ]
    assert value(simulation, run) == ["time", "late"]


def test_what_comes_when_something_else_was_first_is_kept_also_while_losers_are_undone() -> None:
    simulation, run = choosing(Returns(1, 5))
    simulation.go(until=lambda: bool(run.state.questions))
    run.answer(Answer("1", next(iter(run.state.questions)), "approve", "ann", None, "leads"))
    simulation.go(until=lambda: any(note.kind == "approved" for note in run.state.notes))
    run.send(Send("2", "word", "kept", "ann"))
    assert [arrival.id for arrival in run.state.arrivals] == ["2"]
    assert value(simulation, run) == ["true", "kept"]
    assert [entry.state for entry in run.state.ledger.values()] == ["undone"]


def test_the_way_is_gone_when_the_losers_are_undone() -> None:
    simulation, run = choosing(Returns(1, 5))
    simulation.go(until=lambda: len(simulation.world.calls) == 1)
    run.send(Send("1", "word", "first", "ann"))
    simulation.go(until=lambda: bool(run.state.waits))
    assert simulation.now >= START + 60, "it was undone before"
    run.send(Send("2", "word", "next", "ann"))
    assert value(simulation, run) == ["first", "next"]


@pytest.mark.parametrize("length", [100, 101])
def test_who_sends_has_a_name_of_so_many_characters_and_no_more(length: int) -> None:
    _, run = begun(TWO)
    refused = arrivals.why_not(run.definition, run.state, Send("1", "first", "x", "a" * length))
    assert (refused is None) is (length == arrivals.LONGEST_NAME)
