"""What is left of a run that has ended, what people settle of it, and its repair: in virtual time, through JSON."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from interpreter.boundary.failures import OUTCOME_UNKNOWN, UNDO_FAILED
from interpreter.boundary.payloads import RunOptions
from interpreter.boundary.repair import Repair, Resolution
from interpreter.core import repairs
from interpreter.core.commands import CallTool
from interpreter.core.reports import lost
from interpreter.core.snapshot import encode
from interpreter.providers.rehearsal import made_up
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
TEXT = """edition 1
tool keep(x: text) -> { id: text } write keyed { compensate drop(id: result.id, x: x) }
tool drop(id: text, x: text) idempotent { retry 0 times }
tool pay(amount: decimal) -> { ref: text } write {
  compensate repay(ref: result.ref, amount: amount) verify none "nobody can look"
}
tool repay(ref: text, amount: decimal) write { compensate none "it is one itself" verify none "nobody can look" }
tool hire(n: int) -> { id: text } write { compensate none "it stays" verify none "nobody can look" }
tool book(n: int) -> { id: text } write keyed { compensate free(id: result.id) }
tool free(id: text) write keyed for 1h { compensate none "it is one itself" }
tool look() -> text read { errors Gone }
tool put(x: text) write keyed { compensate take(x: x) }
tool take(x: text) idempotent
BODY
"""
KEPT, NOTHING = Returns({"id": "k"}, 0.0), Returns(None, 0.0)
BROKEN = Fails("Broken", "it broke", "answered", 0.0)
LOST = Fails("Lost", "nobody heard of it", "timed_out", 1.0)


class Played:
    """Runs one after the other, in one world."""

    def __init__(self, body: str, plans: dict[str, list[Planned]], switches: Switches) -> None:
        definition = definition_of(TEXT.replace("BODY", f"flow main() {{ {body} }}" if "flow" not in body else body))
        assert definition is not None, "the check refuses it"
        usual: dict[str, list[Planned]] = {"keep": [KEPT], "drop": [NOTHING], "look": [Fails("Gone", seconds=0.0)]}
        self.plans = {name: list(planned) for name, planned in (usual | plans).items()}
        self.world = World(dict.fromkeys(self.plans, self._next), {})
        self.simulation = Simulation(definition, self.world, switches)
        self.definition = definition
        self.first = self.simulation.run({})
        self.simulation.go()

    def _next(self, command: CallTool) -> Planned:
        planned = self.plans[command.tool]
        return planned.pop(0) if len(planned) > 1 else planned[0]

    def repair(self, *said: Resolution, of: SimulatedRun | None = None, undoes: bool = True) -> SimulatedRun:
        ledger = left_by(of or self.first)
        run = self.simulation.run(None, key_base="repair", repair=Repair("run", "", ledger, list(said), undoes))
        self.simulation.go()
        return run

    def standing(self, of: SimulatedRun | None = None, later: float = 0.0) -> dict[str, str]:
        now = self.simulation.now + later
        entries = repairs.left(left_by(of or self.first))
        return {entry.path: repairs.standing(self.definition, entry, now) for entry in entries}

    def calls(self, *names: str) -> list[tuple[str, Any, str]]:
        return [(call.name, call.arguments, call.key) for call in self.world.calls if call.name in names]


def left_by(run: SimulatedRun) -> list[Any]:
    assert run.finish is not None, f"the run stopped: {run.state.pending}"
    return run.finish.report.ledger or []


def outcome(run: SimulatedRun) -> tuple[str, str]:
    assert run.finish is not None, f"the run stopped: {run.state.pending}"
    return run.finish.outcome, run.state.failure.kind if run.state.failure is not None else ""


@SWITCHES
def test_what_could_not_be_undone_is_undone_as_it_was_stored(switches: Switches) -> None:
    body = 'step one = keep(x: "1") step two = keep(x: "2") step gone = look()'
    played = Played(body, {"drop": [BROKEN, BROKEN, BROKEN, NOTHING]}, switches)
    assert played.standing() == {"main/one": "due", "main/two": "due"}
    first = played.repair()
    assert outcome(first) == ("failed", UNDO_FAILED)
    assert played.standing(first) == {"main/one": "due"} or played.standing(first) == {"main/two": "due"}
    assert outcome(played.repair(of=first)) == ("completed", "")
    undos = played.calls("drop")
    assert {key for _, _, key in undos} == {"run/main/one/undo", "run/main/two/undo"}
    assert all(arguments["id"] == "k" for _, arguments, _ in undos)
    assert [arguments["x"] for _, arguments, _ in undos[:2]] == ["2", "1"]


@SWITCHES
@pytest.mark.parametrize("stands", [True, False])
def test_what_nobody_knew_is_due_or_closed_as_somebody_says(switches: Switches, stands: bool) -> None:
    played = Played("step p = pay(amount: 9.90) step gone = look()", {"pay": [LOST], "repay": [NOTHING]}, switches)
    assert outcome(played.first) == ("failed", OUTCOME_UNKNOWN)
    assert played.standing() == {"main/p": "asked"}
    assert outcome(played.repair()) == ("failed", OUTCOME_UNKNOWN)  # nobody has said anything
    said = Resolution("main/p", stands, "ann", "", [{"ref": "r-1"}] if stands else [])
    told = played.repair(said, undoes=False)
    assert outcome(told) == ("completed", "")
    assert played.calls("repay") == []
    assert played.standing(told) == ({"main/p": "due"} if stands else {})
    assert outcome(played.repair(of=told)) == ("completed", "")
    undo = ("repay", {"ref": "r-1", "amount": "9.90"}, "run/main/p/undo")
    assert played.calls("repay") == ([undo] if stands else [])


@SWITCHES
def test_an_undo_that_nobody_heard_of_is_not_called_twice(switches: Switches) -> None:
    played = Played(
        "step p = pay(amount: 1) step gone = look()",
        {"pay": [Returns({"ref": "r"}, 0.0)], "repay": [LOST, NOTHING]},
        switches,
    )
    assert played.standing() == {"main/p": "asked"}
    assert outcome(played.repair()) == ("failed", UNDO_FAILED)
    assert len(played.calls("repay")) == 1
    told = played.repair(Resolution("main/p", True, "ann"), undoes=False)
    assert played.standing(told) == {"main/p": "due"}
    assert outcome(played.repair(of=told)) == ("completed", "")
    assert len(played.calls("repay")) == 2


def test_an_undo_that_honours_its_key_is_called_again_while_it_knows_it() -> None:
    played = Played("step b = book(n: 1) step gone = look()", {"book": [KEPT], "free": [LOST]}, Switches())
    assert played.standing() == {"main/b": "due"}
    assert played.standing(later=3_700.0) == {"main/b": "asked"}
    assert outcome(played.repair()) == ("failed", UNDO_FAILED)
    assert {key for _, _, key in played.calls("free")} == {"run/main/b/undo"}


def test_the_key_of_an_undo_counts_from_when_it_was_called_first() -> None:
    played = Played("step b = book(n: 1) step gone = look()", {"book": [KEPT], "free": [LOST]}, Switches())
    (entry,) = repairs.left(left_by(played.first))
    commands: list[CallTool] = []

    def free(command: CallTool) -> Planned:
        commands.append(command)
        return LOST

    simulation = Simulation(played.definition, World({"free": free}, {}), Switches())
    begun = simulation.now - 3_000.0
    ledger = [encode(replace(entry, tried_at=begun))]
    run = simulation.run(None, key_base="repair", repair=Repair("run", "", ledger, [], True))
    simulation.go()
    assert commands[0].start_within is not None
    assert 0 < commands[0].start_within <= 600_000, "ten minutes of its hour are left"
    assert [each.tried_at for each in repairs.left(left_by(run))] == [begun]


def test_what_cannot_be_called_is_undone_by_hand() -> None:
    played = Played('step k = keep(x: "1") step gone = look()', {"drop": [BROKEN]}, Switches())
    (entry,) = repairs.left(left_by(played.first))
    entry = replace(entry, undo_arguments=None, reason="the undo cannot be worded")
    assert repairs.standing(played.definition, entry, 0.0) == "by_hand"
    with pytest.raises(repairs.Unresolvable, match=r"cannot be called \(the undo cannot be worded\)"):
        repairs.resolved(played.definition, [entry], Resolution(entry.path, True, "ann"), 0.0)
    assert repairs.resolved(played.definition, [entry], Resolution(entry.path, False, "ann"), 0.0) == []


def test_by_what_it_is_undone_and_why_it_is_left() -> None:
    played = Played("step p = pay(amount: 1) step gone = look()", {"pay": [LOST]}, Switches())
    (asked,) = repairs.left(left_by(played.first))
    assert repairs.undone_by(asked) == "repay"
    unknown = replace(asked, promise=None, owes=True)
    with pytest.raises(repairs.Unresolvable, match="was never known"):
        repairs.resolved(played.definition, [unknown], Resolution(asked.path, True, "ann"), 0.0)
    kept = replace(asked, counts=False, state="done", promise=None)
    assert repairs.left([encode(kept)]) == [], "nothing of note"
    assert repairs.left([encode(replace(kept, undo_tool="drop"))]) != [], "it is due"
    assert repairs.undone_by(replace(asked, undo_tool="drop")) == "drop"
    assert repairs.undone_by(replace(asked, promise=None)) == ""
    assert repairs.reason_of(replace(asked, reason="nobody said")) == "nobody said"
    assert repairs.reason_of(replace(asked, reason="")) == ""
    assert repairs.reason_of(replace(asked, reason="", state="done")) == "it was never called"
    assert repairs.reason_of(replace(asked, reason="", tool="finally")) == "it was never called"


def test_what_stays_is_closed_either_way() -> None:
    for stands in (True, False):
        played = Played("step h = hire(n: 1)", {"hire": [LOST]}, Switches())
        assert played.standing() == {"main/h": "asked"}
        told = played.repair(Resolution("main/h", stands, "ann"), undoes=False)
        assert (outcome(told), played.standing(told)) == (("completed", ""), {})


def test_the_block_of_a_compensation_goes_on_where_it_stopped() -> None:
    calls = " ".join(f'step drop(id: "{n}", x: "a")' for n in (1, 2, 3))
    body = f"compensate {{ {calls} }} step gone = look()"
    played = Played(body, {"drop": [NOTHING, BROKEN, NOTHING]}, Switches())
    assert outcome(played.first)[0] == "failed"
    assert outcome(played.repair()) == ("completed", "")
    assert [arguments["id"] for _, arguments, _ in played.calls("drop")] == ["1", "2", "2", "3"]


def test_what_a_called_flow_left_is_repaired_by_who_called_it() -> None:
    below = 'flow below() { step one = keep(x: "1") } flow main() { step under = below() step gone = look() }'
    played = Played(below, {"drop": [BROKEN, NOTHING]}, Switches())
    assert played.standing() == {"main/under/below/one": "due"}
    assert outcome(played.repair()) == ("completed", "")
    assert {key for _, _, key in played.calls("drop")} == {"run/main/under/below/one/undo"}


def cut(played: Played, until: Callable[[SimulatedRun], bool]) -> list[Any]:
    """What a run leaves that was terminated then."""
    run = played.simulation.run({}, key_base="cut")
    played.simulation.go(lambda: until(run))
    return lost(run.state).ledger or []


def test_what_a_terminated_run_had_under_way_is_known_to_nobody() -> None:
    plans: dict[str, list[Planned]] = {"pay": [Returns({"ref": "r"}, 60.0)]}
    played = Played('step k = keep(x: "1") step p = pay(amount: 1)', plans, Switches())
    ledger = cut(played, lambda run: len(run.state.ledger) == 2)
    standing = {each.path: repairs.standing(played.definition, each, 0.0) for each in repairs.left(ledger)}
    assert standing == {"main/k": "due", "main/p": "asked"}


@SWITCHES
def test_what_may_yet_take_effect_is_undone_when_it_is_over_and_not_as_if_it_were_known(switches: Switches) -> None:
    """The undo says what it is about, so that a worker that still runs the call does not undo it yet."""
    played = Played('step p = put(x: "1") step gone = look()', {"put": [LOST], "take": [NOTHING]}, switches)
    ledger = cut(played, lambda run: any(entry.undo_arguments is not None for entry in run.state.ledger.values()))
    (entry,) = repairs.left(ledger)
    commands: list[CallTool] = []

    def take(command: CallTool) -> Planned:
        commands.append(command)
        return NOTHING

    world = World({"take": take}, {})
    simulation = Simulation(played.definition, world, switches)
    assert entry.over_at > simulation.now
    assert repairs.standing(played.definition, entry, simulation.now) == "due"
    run = simulation.run(None, key_base="repair", repair=Repair("cut", "", ledger, [], True))
    simulation.go()
    assert outcome(run) == ("completed", "")
    (undo,) = commands
    assert (undo.tool, undo.verifies, undo.key) == ("take", "cut/main/p", "cut/main/p/undo")
    assert world.calls[0].at >= entry.over_at


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Resolution("main/q", True, "ann"), "nothing is left of a step `main/q`"),
        (Resolution("main/p", True, "ann"), "needs what `pay` answered"),
        (Resolution("main/p", True, "ann", "", [{"reff": 1}]), "ref: is missing"),
        (Resolution("main/p", False, "ann", "", [{"ref": "r"}]), "what did not happen has no result"),
        (Resolution("main/k", True, "ann"), "it is known that `main/k` happened"),
    ],
)
def test_what_settles_nothing_is_refused(said: Resolution, reason: str) -> None:
    played = Played('step k = keep(x: "1") step p = pay(amount: 1)', {"pay": [LOST], "drop": [BROKEN]}, Switches())
    assert played.standing() == {"main/k": "due", "main/p": "asked"}
    with pytest.raises(repairs.Unresolvable, match=reason):
        repairs.resolved(played.definition, repairs.left(left_by(played.first)), said, 0.0)
    told = played.repair(said, undoes=False)
    assert played.standing(told) == played.standing()


def test_an_undo_that_was_undone_by_hand_is_closed() -> None:
    played = Played('step k = keep(x: "1") step gone = look()', {"drop": [BROKEN]}, Switches())
    told = played.repair(Resolution("main/k", False, "ann"), undoes=False)
    assert played.standing(told) == {}


def test_a_doubt_that_its_author_took_over_is_not_left() -> None:
    body = f"try {{ step p = pay(amount: 1) }} on error {OUTCOME_UNKNOWN} {{ }} step gone = look()"
    played = Played(body, {"pay": [LOST]}, Switches())
    assert outcome(played.first)[0] == "failed"
    assert played.standing() == {}


def test_a_repair_is_not_cancelled_and_takes_no_answer() -> None:
    played = Played('step k = keep(x: "1") step gone = look()', {"drop": [BROKEN, Returns(None, 5.0)]}, Switches())
    ledger = left_by(played.first)
    run = played.simulation.run(None, key_base="repair", repair=Repair("run", "", ledger, [], True))
    played.simulation.at(played.simulation.now + 1, run.cancel)
    played.simulation.go()
    assert outcome(run) == ("completed", "")


def test_what_a_staged_run_has_captured_is_not_left() -> None:
    """It is terminated while it waits."""
    body = 'flow main() { step k = keep(x: "1") step p = pay(amount: 1) sleep 1m }'
    definition = definition_of(TEXT.replace("BODY", body))
    assert definition is not None, "the check refuses it"
    simulation = Simulation(definition, World(made_up=made_up))
    staged, until = simulation.run({}, options=RunOptions(staged=True)), simulation.now + 30
    simulation.go(lambda: simulation.now >= until)
    ledger = lost(staged.state).ledger or []
    assert [(entry["tool"], entry["staged"]) for entry in ledger] == [("keep", True), ("pay", True)]
    assert repairs.left(list(ledger)) == []


def test_what_is_left_survives_its_way_through_a_history() -> None:
    played = Played("step p = pay(amount: 1)", {"pay": [LOST]}, Switches())
    entries = repairs.left(left_by(played.first))
    again = repairs.left([encode(replace(entry)) for entry in entries])
    assert again == entries
    assert again[0].promise is not None
    assert set(again[0].promise.names) == {"amount"}
