"""A run's picture says of a statement what became of it, and nothing that is not so."""

import re
from collections import Counter
from typing import Any

import pytest

from dsl.definition.definition import Definition
from dsl.drawing.coloured import coloured
from dsl.drawing.draw import draw
from dsl.drawing.formats import FORMATS
from dsl.drawing.picture import Picture
from interpreter.boundary.view import Note, RunView, StepView
from interpreter.cli.states import states_of
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.core.view import view
from interpreter.simulation.simulation import SimulatedRun
from tests.conftest import Golden
from tests.drawing.pictured import pictured
from tests.heart.watched import Watched, flows
from tests.house.checkout import ROOT


def picture_of(definition: Definition, run: SimulatedRun) -> Picture:
    seen = view(definition, run.state)
    return coloured(draw(definition), "run-1", states_of(seen), completed=seen.status == "completed")


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
    picture = coloured(pictured(ROOT / "examples" / "support.flow"), "support-3f9c2a10", states)  # type: ignore[arg-type]
    golden(ROOT / "docs" / "graph" / "run.svg", FORMATS["svg"](picture))


SILENT = {"iteration", "seen", "reminded", "escalated", "adapted", "exhausted", "overspent", "continued", "finished"}
SILENT |= {"turn", "told", "voted", "gathered", "staged"}
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
