"""A run that waits goes on with another text of its flow, or says why it cannot: in virtual time, through JSON."""

from typing import Any

import pytest

from interpreter.boundary.payloads import Answer
from interpreter.boundary.send import Send
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.watched import definition_of

TEXT = """edition 1
type Note { id: text }
type Other { at: text }
tool keep(x: text) -> Note write keyed { errors Gone compensate drop(id: result.id) }
tool drop(id: text) idempotent
tool look(x: text) -> Note read
agent judge(x: text) -> Note { model "gpt-4o" prompt "{{ x }}" }
flow below(x: text) -> text { await event go: Note timeout 1d else { return x } return x }
flow main(x: text) -> text budget 9d { BODY }
"""
CONTINUE = Switches(continue_often=True)
WAIT = 'await approval ok "Go on with {{ x }}?" { from "leads" timeout 1d then reject }'
KEPT = "step kept = keep(x: x)"


def started(text: str, switches: Switches = CONTINUE) -> SimulatedRun:
    definition = definition_of(text)
    assert definition is not None, "the check refuses it"
    note: Any = Returns({"id": "k"}, 0.0)
    plans: dict[str, Any] = {"keep": _kept, "drop": lambda call: Returns(None, 0.0), "look": lambda call: note}
    simulation = Simulation(definition, World(plans, {}), switches)
    run = simulation.run({"x": "a"})
    simulation.go(lambda: _is_parked(run))
    return run


def _is_parked(run: SimulatedRun) -> bool:
    """It asks, or what it has called waits for something, and nothing else is awaited of it."""
    calls = any(type(each.command).__name__ == "CallTool" for each in run.state.pending.values())
    return not calls and (bool(run.state.questions) or any(each.state.waits for each in run.children.values()))


def _kept(call: Any) -> Any:
    gone = call.arguments["x"] == "gone"
    return Fails("Gone", seconds=0.0) if gone else Returns({"id": call.arguments["x"]}, 0.0)


def text(body: str, *changes: tuple[str, str]) -> str:
    made = TEXT.replace("BODY", body)
    for old, new in changes:
        assert old in made
        made = made.replace(old, new)
    return made


def moved(run: SimulatedRun, to: str) -> str | None:
    definition = definition_of(to)
    assert definition is not None, "the check refuses it"
    return run.move(definition, "ada")


def ended(run: SimulatedRun) -> Any:
    run.simulation.go()
    assert run.finish is not None, f"the run stopped: {run.state.pending}"
    return run.finish.value if run.finish.outcome == "completed" else run.finish.outcome


def approve(run: SimulatedRun) -> None:
    (question,) = run.state.questions.values()
    run.answer(Answer("1", question.id, "approve", "lena", group="leads"))


AHEAD = [
    pytest.param('return "old"', 'return "new {{ kept.id }}"', "new a", id="what it gives"),
    pytest.param('return "old"', "step more = look(x: kept.id) return more.id", "k", id="a step more"),
    pytest.param('return "old"', 'if x == "a" { fail "no" } return "old"', "failed", id="it fails, and is undone"),
    pytest.param('step more = look(x: x) return "old"', 'return "less"', "less", id="a step less"),
    pytest.param('return "old"', "step under = below(x) return under", "waits", id="a flow more"),
]


@pytest.mark.parametrize(("before", "after", "value"), AHEAD)
def test_what_lies_ahead_may_be_another(before: str, after: str, value: str) -> None:
    run = started(text(f"{KEPT} {WAIT} {before}"))
    assert moved(run, text(f"{KEPT} {WAIT} {after}")) is None
    approve(run)
    if value == "waits":
        run.simulation.go(lambda: bool(run.children))
        assert next(iter(run.children.values())).state.flow == "below"
    else:
        assert ended(run) == value
    assert [(each.by, each.now) for each in run.state.moves] == [("ada", run.definition.hash)]
    assert run.state.hash == run.definition.hash


PLACES = [
    pytest.param("loop again budget 3 iterations { W until ok.approved E }", "loop", id="in a round"),
    pytest.param('if x == "a" { W E } else { }', "if", id="in an arm"),
    pytest.param('if x == "a" { W } else { E }', "else", id="in the other arm"),
    pytest.param("try { W E step good = keep(x: x) } on error Gone { }", "try", id="in a try"),
    pytest.param('try { W step bad = keep(x: "gone") } on error Gone { E }', "handler", id="in a handler ahead"),
    pytest.param("budget 2d { W E }", "budget", id="in a budget"),
    pytest.param('match x { "a" => { W E } else => { } }', "match", id="in a case"),
]


@pytest.mark.parametrize(("body", "name"), PLACES)
def test_wherever_it_stands(body: str, name: str) -> None:
    body = body.replace("W", WAIT)
    tail = 'return "end"'
    before, after = (text(f"{body.replace('E', extra)} {tail}") for extra in ("", "step seen = look(x: x)"))
    run = started(before)
    assert moved(run, after) is None, name
    approve(run)
    assert ended(run) == "end"
    looked = [call for call in run.simulation.world.calls if call.name == "look"]
    assert len(looked) == (0 if name == "else" or name == "loop" else 1)


BEHIND = [
    pytest.param(f"{KEPT} {WAIT}", f'step kept = keep(x: "b") {WAIT}', (), "has passed `main/kept`", id="a step"),
    pytest.param(f"{KEPT} {WAIT}", f"{WAIT}", (), "has passed `main/kept`", id="a step less"),
    pytest.param(f"{KEPT} {WAIT}", f"let y = 1 {KEPT} {WAIT}", (), "has passed `main/kept`", id="a value before it"),
    pytest.param(WAIT, WAIT.replace("1d", "2d"), (), "stands at `main/ok`", id="the question"),
    pytest.param(WAIT, WAIT.replace("leads", "boss"), (), "stands at `main/ok`", id="who is asked"),
    pytest.param(WAIT, WAIT, (("budget 9d", "budget 8d"),), "the head of `main` is another", id="the budget"),
    pytest.param(WAIT, WAIT, (("main(x: text)", "main(x: text, y: text?)"),), "the head of `main`", id="a parameter"),
    pytest.param(
        f"{KEPT} {WAIT}",
        f"{KEPT} {WAIT}",
        (("type Note { id: text }", "type Note { id: text, n: int? }"),),
        "`Note`",
        id="a type",
    ),
    pytest.param(
        f"{KEPT} {WAIT}",
        f"{KEPT} {WAIT}",
        (("drop(id: text) idempotent", "drop(id: text) idempotent { timeout 9s }"),),
        "may have to be undone, needs `drop`",
        id="how it is undone",
    ),
    pytest.param(
        "step under = below(x)",
        "step under = below(x)",
        (("timeout 1d", "timeout 2d"),),
        "`main/under`, where it stands, needs `below`, which is another now",
        id="a called flow",
    ),
    pytest.param(
        "step seen = look(x: x) W",
        "step seen = look(x: x) W",
        (("tool look(x: text) -> Note read", "tool look(x: text) -> { id: text, more: text? } read"),),
        "`look`, which it has called, answers with another type now",
        id="an answer",
    ),
    pytest.param(
        f'try {{ step a = keep(x: "gone") }} on error Gone {{ {WAIT} }}',
        f'try {{ step b = keep(x: "gone") }} on error Gone {{ {WAIT} }}',
        (),
        "has passed `main/try#1/body`",
        id="a body that was left",
    ),
    pytest.param(
        f"parallel {{ branch a {{ {WAIT} }} branch b {{ {KEPT} }} }}",
        f"parallel {{ branch a {{ {WAIT} }} branch b {{ {KEPT} let n = 1 }} }}",
        (),
        "stands at `main/parallel#1`",
        id="what runs side by side",
    ),
]


@pytest.mark.parametrize(("before", "after", "changes", "why"), BEHIND)
def test_what_lies_behind_may_not(before: str, after: str, changes: tuple[tuple[str, str], ...], why: str) -> None:
    old, new = (f'{body.replace("W", WAIT)} return "end"' for body in (before, after))
    run = started(text(old))
    state = run.state
    reason = moved(run, text(new, *changes))
    assert reason is not None
    assert why in reason
    assert run.state is state
    assert not state.moves


def test_what_it_has_called_may_be_another_inside() -> None:
    run = started(text(f"step seen = look(x: x) {WAIT} return seen.id"))
    changed = ("tool look(x: text) -> Note read", "tool look(x: text) -> Note read { timeout 3s }")
    assert (
        moved(run, text(f"step seen = look(x: x) {WAIT} step more = look(x: seen.id) return more.id", changed)) is None
    )
    approve(run)
    assert ended(run) == "k"


def test_events_that_are_kept_have_the_type_that_is_awaited() -> None:
    awaited = 'await event mail: Note timeout 1d else { return "late" } return mail.id'
    run = started(text(f"{WAIT} {awaited}"))
    run.send(Send("1", "mail", {"id": "m"}, "bob"))
    other = text(f"{WAIT} {awaited}".replace("Note", "Other").replace("mail.id", "mail.at"))
    assert moved(run, other) == "the event `mail`, of which some are kept, has another type now"
    assert moved(run, text(f"{WAIT} {awaited} + x")) is None
    approve(run)
    assert ended(run) == "ma"


def test_a_run_that_is_at_work_or_ends_is_left_alone() -> None:
    body = f"{KEPT} {WAIT} step more = keep(x: x) return more.id"
    run = started(text(body))
    other = text(body.replace("return more.id", 'return "b"'))
    approve(run)
    assert moved(run, other) == "it is at work, at `main/ok`: it is moved where it waits"
    ended(run)
    again = started(text(body))
    again.cancel()
    again.simulation.go(lambda: again.state.status != "running")
    assert "it is ending" in str(moved(again, other))
