"""Every kind of join, over branches and over a list, with everything that may happen to it: what the machine comes to
is what `reference.py` works out, also when its state travels at each point.
"""

import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode
from interpreter.simulation.simulation import START, Simulation, Switches
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.watched import definition_of
from tests.joins.reference import UNDO_TAKES, Form, Model, Planned, Told

TOOLS = """edition 1
tool save(x: text) -> { id: text } write keyed { compensate drop(x: x) }
tool save.blind(x: text) -> { id: text } write keyed { compensate drop(x: result.id) }
tool drop(x: text) idempotent
tool check(x: text) -> text read { errors Wrong retry 1 times backoff 1s to 1s except Wrong }
"""
BRANCHES, ITEMS = 3, 4
BLIND = frozenset({1, 2})
"""The places of the branches that write blind."""
WAYS = ("success", "failure", "cancel", "exhaustion")
FEW, MORE = 3, 5
"""For each cell."""

FORMS = [
    form
    for over_a_list in (False, True)
    for form in (
        Form("all", over_a_list),
        Form("keep going", over_a_list),
        Form("stop when", over_a_list),
        Form("stop when, keep going", over_a_list),
        Form("first", over_a_list),
        Form("first", over_a_list, 2, several=True),
        Form("first", over_a_list, finish_rest=True),
        Form("first", over_a_list, 2, several=True, finish_rest=True),
        *([Form("all", True, at_once=2), Form("keep going", True, at_once=2)] if over_a_list else []),
        *([Form("first", True, at_once=2), Form("stop when, keep going", True, at_once=2)] if over_a_list else []),
    )
]


def name_of(form: Form) -> str:
    words = [form.kind, "list" if form.over_a_list else "branches", *([str(form.wanted)] if form.several else [])]
    return ", ".join([*words, *["finish rest"] * form.finish_rest, *[f"up to {form.at_once}"] * (form.at_once < 9)])


@cache
def definition(form: Form, limited: bool) -> Definition:
    """How many calls there may be is given: what a text alone cannot keep to does not pass the check."""
    limit = "budget calls at most 100 calls" if limited else ""
    text = f"{TOOLS}flow main(calls: int = 100) -> [text] {limit} {{\n{_fan(form)}\nsleep 1s\nreturn {_value(form)}\n}}"
    found = definition_of(text)
    assert found is not None, text
    return found


def _fan(form: Form) -> str:
    word = "race" if form.kind == "first" else "parallel"
    first = f" first {form.wanted}" if form.several else ""
    options = (" keep going" if "keep going" in form.kind else "") + (" finish rest" if form.finish_rest else "")
    if form.over_a_list:
        stops = " stop when len(succeeded(rs)) >= 2" if form.kind.startswith("stop") else ""
        limit = f" up to {form.at_once}" if form.at_once < 9 else ""
        items = ", ".join(f'"{place}"' for place in range(ITEMS))
        body = (
            'if x in ["1", "2"] { step save.blind(x: x) } else { step save(x: x) }\nstep said = check(x: x) yield said'
        )
        return f"{word} for x in [{items}]{limit} as rs{first}{options}{stops} {{\n{body}\n}}"
    stops = " stop when rs.b1?.ok == true and rs.b2?.ok == true" if form.kind.startswith("stop") else ""
    branches = [
        f'branch b{place} {{ step save{".blind" * (place in BLIND)}(x: "{place}") step c{place} = check(x: "{place}")'
        f" yield c{place} }}"
        for place in range(BRANCHES)
    ]
    return f"{word}{first} as rs{options}{stops} {{\n" + "\n".join(branches) + "\n}"


def _value(form: Form) -> str:
    told = '(if rs.b{0}.ok then "{{{{ rs.b{0}.value }}}}" else rs.b{0}.error.kind)'
    if form.kind == "first":
        one = "{0}" if form.over_a_list else "{0}.value"
        return f"[{one.format('r')} for r in rs]" if form.several else f"[{one.format('rs')}]"
    if form.kind == "all":
        return "rs" if form.over_a_list else "[rs.b0, rs.b1, rs.b2]"
    if form.over_a_list:
        return '[if r.ok then "{{ r.value }}" else r.error.kind for r in rs]'
    return "[" + ", ".join(told.format(place) for place in range(BRANCHES)) + "]"


def planned(chance: random.Random, form: Form, way: str) -> tuple[list[Planned], int | None, float | None]:
    """Branches, a budget, and when the run is cancelled. Times are such that no two things happen at one moment."""
    count = ITEMS if form.over_a_list else BRANCHES
    fails = 0.0 if way == "success" else 0.55 if way == "failure" else 0.3
    plan = [
        Planned(chance.uniform(0.2, 2), chance.uniform(0.2, 2), chance.random() >= fails, place in BLIND)
        for place in range(count)
    ]
    budget = chance.randint(1, 2 * count - 1) if way == "exhaustion" else None
    return plan, budget, chance.uniform(0.1, 5) if way == "cancel" else None


def ran(form: Form, plan: list[Planned], budget: int | None, cancel_at: float | None, switches: Switches) -> Told:
    def save(command: Any) -> Returns:
        x = command.arguments["x"]
        return Returns({"id": x}, seconds=plan[int(x)].write)

    def check(command: Any) -> Returns | Fails:
        place = int(command.arguments["x"])
        seconds = plan[place].check
        return Returns(f"v{place}", seconds=seconds) if plan[place].well else Fails("Wrong", "no", seconds=seconds)

    tools = {"save": save, "save.blind": save, "check": check, "drop": lambda _: Returns(None, seconds=UNDO_TAKES)}
    world = World(tools=tools)
    simulation = Simulation(definition(form, budget is not None), world, switches)
    run = simulation.run({} if budget is None else {"calls": budget})
    if cancel_at is not None:
        simulation.at(START + cancel_at, run.cancel)
    simulation.go()
    finish = run.finish
    assert finish is not None
    assert not run.state.frames
    told = Told(finish.outcome, finish.value or [])
    if finish.outcome == "failed":
        failure = decode(finish.failure)
        assert type(failure) is Failure
        told.outcome = failure.kind
    for entry in run.state.ledger.values():
        place = int(entry.path.split("/rs", 1)[1].lstrip("/b[")[0])
        (told.stands if entry.state == "done" else told.uncertain if entry.state == "uncertain" else set()).add(place)
    told.calls = sum(call.name != "drop" for call in world.calls)
    return told


@pytest.mark.parametrize("plans", [FEW, pytest.param(MORE, marks=pytest.mark.slow)])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_it_comes_to_what_the_reference_says(form: Form, way: str, plans: int) -> None:
    chance = random.Random(f"{name_of(form)} {way}")
    outcomes: Counter[str] = Counter()
    for number in range(plans):
        plan, budget, cancel_at = planned(chance, form, way)
        expected = Model(form, plan, budget, cancel_at).run()
        outcomes[expected.outcome] += 1
        travelling = (Switches(through_json=True), Switches(continue_often=True))
        for switches in (Switches(), travelling[number % 2]):
            assert ran(form, plan, budget, cancel_at, switches) == expected, (plan, budget, cancel_at)
    assert way != "success" or set(outcomes) == {"completed"}
    assert way != "cancel" or {"cancelled", "OutcomeUnknown"} & set(outcomes)
