"""Older forms: what was recorded of each is read for ever, and a chain of steps makes the next of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dsl.definition import unseal as unsealing
from dsl.definition.canonical import canonical
from dsl.definition.form import FORMAT
from dsl.definition.unseal import UnsealError, unseal
from dsl.definition.upgrade import STEPS, Form, Step, upgraded

FORMS = sorted((Path(__file__).parents[1] / "cases" / "definition" / "forms").glob("*.json"), key=lambda one: one.stem)


def recorded(number: int) -> Form:
    data: Form = json.loads(next(path for path in FORMS if path.stem == str(number)).read_text(encoding="utf-8"))
    return data


def test_each_form_has_a_recorded_definition_and_all_but_the_last_a_step() -> None:
    assert [path.stem for path in FORMS] == [str(number) for number in range(1, FORMAT + 1)]
    assert sorted(STEPS) == list(range(1, FORMAT))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_recorded_definition_of_each_form_is_read(path: Path) -> None:
    form = json.loads(path.read_text(encoding="utf-8"))
    assert form["format"] == int(path.stem)
    assert unseal(canonical(form)).flow == form["flow"]


def _renamed(form: Form) -> Form:
    """As if the first form had said `start` for `flow`."""
    rest = {name: value for name, value in form.items() if name != "start"}
    return {**rest, "flow": form["start"]}


def _completed(form: Form) -> Form:
    """As if a form before had no types."""
    return {"types": {}, **form}


def test_steps_follow_each_other_and_leave_what_they_are_given_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = recorded(FORMAT)
    old: dict[str, Any] = {name: value for name, value in now.items() if name != "flow"}
    old |= {"format": FORMAT - 2, "start": now["flow"]}
    before = json.dumps(old)
    steps: Mapping[int, Step] = {FORMAT - 2: _renamed, FORMAT - 1: _completed}
    assert upgraded(old, steps) == now
    assert json.dumps(old) == before
    monkeypatch.setattr(unsealing, "upgraded", lambda form: upgraded(form, steps))
    assert unseal(canonical(old)).flow == now["flow"]


def test_what_no_step_leads_on_from_is_refused_as_before() -> None:
    for number in (0, -1, FORMAT + 1, True, "1", None):
        form = {**recorded(FORMAT), "format": number}
        assert upgraded(form, {}) is form
        with pytest.raises(UnsealError):
            unseal(canonical(form))
