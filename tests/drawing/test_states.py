"""A run's picture says of a statement what became of it, and nothing that is not so."""

import re
from collections import Counter
from typing import Any

import pytest

from dsl.definition.definition import Definition
from dsl.drawing.coloured import Stood, coloured
from dsl.drawing.draw import draw
from dsl.drawing.formats import FORMATS
from dsl.drawing.picture import Picture
from interpreter.boundary.view import Note, RunView, StepView
from interpreter.cli.states import states_of
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.core.view import view
from interpreter.simulation.simulation import SimulatedRun
from tests.conftest import Golden
from tests.drawing.pictured import drawn, pictured
from tests.heart.watched import Watched, flows
from tests.house.checkout import ROOT


def picture_of(definition: Definition, run: SimulatedRun) -> Picture:
    seen = view(definition, run.state)
    stood = Stood(states_of(seen), completed=seen.status == "completed")
    return coloured(draw(definition), "run-1", {seen.flow: [stood]})


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> dict[int, set[str]]:
    """By the identity of a run's state, the paths that were entered there. All states are kept: no other has one's
    identity after it.
    """
    found: dict[int, set[str]] = {}
    kept: list[Any] = []

    def noting(enter: Any) -> Any:
        def noted(machine: Any, frame: Any) -> None:
            if id(machine.state) not in found:
                kept.append(machine.state)
            found.setdefault(id(machine.state), set()).add(frame.path)
            enter(machine, frame)

        return noted

    for construct in CONSTRUCTS.values():
        monkeypatch.setattr(construct, "enter", noting(construct.enter), raising=False)
    return found


def test_what_is_said_to_be_done_was_entered_and_what_was_not_reached_was_not(entered: dict[int, set[str]]) -> None:
    """On random flows that fail, time out, are cancelled and undone, in the middle and at the end."""
    said: Counter[str | None] = Counter()
    for seed, definition in flows(13):
        for picture in pictures(definition, entered, seed):
            said.update(node.state for node in picture.nodes)
    assert min(said[each] for each in ("done", "running", "waiting", "undone", "not reached")) > 5, said


def pictures(definition: Definition, entered: dict[int, set[str]], seed: int) -> list[Picture]:
    """At the end of a run; every fifth also after each of its steps."""
    seen: list[Picture] = []
    watched = Watched.some(definition, f"{seed}.0")
    if seed % 5 == 0:
        watched.also = lambda _, run: seen.append(check(run, definition, entered, seed))
    seen.append(check(watched.run(), definition, entered, seed))
    return seen


def check(run: SimulatedRun, definition: Definition, entered: dict[int, set[str]], seed: int) -> Picture:
    paths = {_address(path) for path in entered.get(id(run.state), set())}
    picture = picture_of(definition, run) if run.state.flow == definition.flow else draw(definition)
    if picture.run is not None:
        for node in picture.nodes:
            reached = any(each in paths for each in node.statements)
            if not node.statements:
                continue
            if node.statements[0].startswith("main/"):
                assert reached or node.state in ("not reached", None), (seed, node)
                begun = reached and (node.kind not in ("tool", "agent", "flow") or run.state.status == "completed")
                assert not begun or node.state != "not reached", (seed, node)
            else:
                assert node.state is None
    return picture


def _address(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def test_states_are_seen_in_each_format() -> None:
    seed, definition = flows(1)[0]
    picture = picture_of(definition, Watched.some(definition, f"{seed}.0").run())
    assert "classDef done" in FORMATS["mermaid"](picture)
    drawing = FORMATS["svg"](picture)
    assert 'class="node done"><title>' in drawing
    assert ">✓ main</text>" in drawing
    assert ">run run-1: ✓ done" in drawing
    assert "✓" in FORMATS["text"](picture)
    assert '"state": "done"' in FORMATS["json"](picture)
    assert '"#ddf3e1"' in FORMATS["dot"](picture)


def test_the_documentation_shows_a_run_that_waits(golden: Golden) -> None:
    around = dict.fromkeys(("verdict", "parallel#2/customer", "parallel#2/case", "receipt"), "done")
    states = {f"support/{at}": (state,) for at, state in {**around, "refund": "waiting"}.items()}
    stood = Stood(states)  # type: ignore[arg-type]
    picture = coloured(pictured(ROOT / "examples" / "support.flow"), "support-3f9c2a10", {"support": [stood]})
    golden(ROOT / "docs" / "graph" / "run.svg", FORMATS["svg"](picture))


SILENT = {"iteration", "seen", "reminded", "escalated", "adapted", "exhausted", "overspent", "continued", "finished"}
SILENT |= {"turn", "told", "voted", "gathered", "staged", "moved", "stayed"}
"""What a note may be about without a statement standing otherwise for it than before."""


def test_every_kind_of_note_says_how_a_statement_stands_or_is_known_not_to() -> None:
    told = re.findall(r"`([a-z_\s]+)`", (Note.__doc__ or "").split("`kind`")[1])
    kinds = {word for group in told for word in group.split()}
    assert {"started", "undone"} <= kinds
    assert kinds >= SILENT - {"iteration", "gathered"}
    for kind in kinds - SILENT:
        seen = RunView("f", "", "running", 0.0, None, False, notes=[Note(1, 1.0, kind, "f/a[2]/b", "b", "tool")])
        assert "f/a[]/b" in states_of(seen), kind


def test_what_the_notes_of_a_long_run_do_not_tell_its_frames_do() -> None:
    steps = [StepView("f/a[2]/b", "b", "tool", "retrying", 1.0), StepView("f/c", "c", "sleep", "running", 1.0)]
    found = states_of(RunView("f", "", "running", 0.0, None, False, steps=steps))
    assert found == {"f": ("running",), "f/a[]/b": ("running",), "f/c": ("waiting",)}


BELOW = """edition 1
tool t.write(x: text) -> { id: text } write keyed { compensate t.undo(id: result.id) }
tool t.undo(id: text) idempotent
tool t.pay(x: text) irreversible keyed final
tool t.unused(x: text) read
agent inner(x: text) -> text { model "m" prompt "{{ x }}" use t.write budget 2 turns }
agent helper(x: text) -> text {
  model "m"
  prompt "{{ x }}"
  use leaf, inner, t.unused
  use t.pay after approval from "leads" timeout 1h then reject
  budget 3 turns
}
flow leaf(x: text) -> text {
  step first = t.write(x: x)
  if x == "more" { step second = t.write(x: x) }
  return first.id
}
flow never(x: text) { step w = t.write(x: x) }
flow main(x: text) {
  step a = leaf(x: x)
  for i in ["1", "2"] { step b = leaf(x: i) }
  if x == "no" { step c = never(x: x) }
  step reply = helper(x)
}
"""


def _states_below(stood: dict[str, list[Stood]]) -> dict[str, str | None]:
    picture = coloured(drawn(BELOW), "run-1", stood)
    return {node.id: node.state for node in picture.nodes}


def test_flows_that_a_run_has_started_are_coloured_by_all_of_their_runs() -> None:
    one = Stood({"leaf/first": ("done",)}, completed=True)
    other = Stood({"leaf/first": ("done",), "leaf/if#2/then/second": ("waiting",)})
    top = Stood({"main/a": ("done",), "main/for#2[]/b": ("running", "done"), "main": ("running",)})
    found = _states_below({"main": [top], "leaf": [one, other], "never": []})
    assert (found["leaf~start"], found["leaf/first"], found["leaf/if#2/then/second"]) == ("done", "done", "waiting")
    assert found["leaf/return#3"] is None or found["leaf/return#3"] == "done"
    assert (found["never~start"], found["never/w"], found["main/reply"]) == ("not reached",) * 3
    assert (found["agent helper"], found["agent helper/1"], found["agent inner"]) == ("not reached",) * 3
    unknown = _states_below({"main": [top]})
    assert (unknown["leaf/first"], unknown["never/w"], unknown["agent helper/1"]) == (None, None, None)
    assert unknown["main/a"] == "done"


def test_what_a_run_undoes_of_those_below_it_is_undone_there() -> None:
    top = Stood({"main/a": ("done",), "main/a/leaf/first": ("undone",), "main/reply": ("failed",)})
    found = _states_below({"main": [top], "leaf": [Stood({"leaf/first": ("done",)}, completed=True)], "never": []})
    assert (found["leaf/first"], found["leaf/first~undo"]) == ("undone", "undone")
    assert (found["leaf/if#2/then/second"], found["never/w~undo"]) == ("not reached", "not reached")


def test_what_agents_have_called_is_coloured_where_they_may_use_it() -> None:
    told: dict[str, tuple[str, ...]] = {
        "main/reply": ("running",),
        "main/reply/turn#1/leaf#1": ("done",),
        "main/reply/turn#1/leaf#1/leaf/first": ("undone",),
        "main/reply/turn#1/inner#2": ("done",),
        "main/reply/turn#1/inner#2/turn#1/t.write#1": ("failed",),
        "main/reply/turn#2/inner#1/turn#2/t.write#1": ("done",),
        "main/reply/turn#2/t.pay#2/approval": ("waiting",),
        "main/reply/turn#2/nosuch#2": ("failed",),
    }
    top = Stood(told)  # type: ignore[arg-type]
    found = _states_below({"main": [top], "leaf": [Stood({"leaf/first": ("done",)})], "never": []})
    used = ["leaf", "inner", "t.unused", "t.pay"]
    states = {name: found[f"agent helper/{number}"] for number, name in enumerate(used, 1)}
    assert states == {"leaf": "done", "inner": "done", "t.unused": "not reached", "t.pay": "waiting"}
    assert (found["agent helper"], found["agent inner"], found["agent inner/1"]) == ("running", "done", "failed")
    assert found["leaf/first"] == "undone"
    passed = Stood({**told, "main/reply/turn#2/t.pay#2/approval": ("done",)})  # type: ignore[dict-item]
    found = _states_below({"main": [passed], "leaf": [], "never": []})
    assert found["agent helper/4"] == "not reached"


def test_what_a_run_tells_no_more_was_perhaps_reached() -> None:
    states: dict[str, tuple[str, ...]] = {"main/reply": ("done",), "main": ("done",)}
    for cut in (False, True):
        top = Stood(states, completed=True, cut=cut)  # type: ignore[arg-type]
        found = _states_below({"main": [top], "leaf": [], "never": []})
        assert found["main/if#3/then/c"] == (None if cut else "not reached")
        assert found["main/reply"] == "done"
