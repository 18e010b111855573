"""Where a run stands, for those who look at Temporal: told when it has changed, and within what the server takes."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.common import SearchAttributeKey, SearchAttributePair

from interpreter.boundary.names import (
    DEADLINE_ATTRIBUTE,
    FLOW_ATTRIBUTE,
    GROUPS_ATTRIBUTE,
    MEMO_FLOW,
    MEMO_LACKING,
    MEMO_MADE_UP,
    REHEARSAL_WORD,
    STAGED_WORD,
    USD_ATTRIBUTE,
)
from interpreter.core.state import Amount, Missing
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Returns, World
from interpreter.workflow import showing
from interpreter.workflow.showing import Showing
from tests.heart.watched import definition_of
from tests.workflow.played import Played

FLOW = """edition 1
tool look(x: text) -> text read {{ retry 2 times backoff 1s to 1s }}
flow main() {{
  parallel {{
    branch a {{ step look(x: "a") }}
    branch b {{ await approval pay "Pay?" {{ from {whom} timeout 1h then reject }} }}
  }}
}}
"""


def run(whom: str = '"ann", person "olga"', **plan: Any) -> SimulatedRun:
    definition = definition_of(FLOW.format(whom=whom))
    assert definition is not None
    looked = plan.get("look", Returns("a", 5.0))
    return Simulation(definition, World({"look": lambda command: looked})).run({})


@pytest.fixture
def indexed(played: Played) -> Played:
    flow = SearchAttributePair(SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE), "main")
    played.info_.typed_search_attributes = [flow]
    return played


def test_the_details_say_what_runs_and_what_waits_for_whom(played: Played) -> None:
    one, shown = run(), Showing(private=False, listed=True)
    shown.show(one.state, None)
    shown.show(one.state, None)
    assert played.details == ["**main** is running\n- a/look: running\n- waits for ann, person olga: Pay?"]
    assert (played.attributes, played.memos) == ([], [])


def test_the_details_say_which_attempt_it_is_and_the_memo_that_it_is_made_up(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played, "patched", lambda id_: True, raising=False)
    one = run(look=Fails("Undeclared", "no", "answered", 2.0))
    one.simulation.go(lambda: one.simulation.now >= START + 3.0)
    one.state.rehearsal = True
    Showing(private=False, listed=True).show(one.state, None)
    assert played.details[0].startswith("**main** is running (rehearsal)\n- a/look: running, attempt 2\n")
    assert played.memos == [{MEMO_MADE_UP: [REHEARSAL_WORD, STAGED_WORD]}]


def test_a_made_up_child_is_told_of_by_the_run_above_it(played: Played) -> None:
    one = run()
    one.state.rehearsal = True
    Showing(private=False, listed=False).show(one.state, None)
    assert played.memos == []


def test_a_history_in_which_nothing_lacks_a_worker_has_no_mark_of_that(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks: list[str] = []
    monkeypatch.setattr(played, "patched", lambda id_: marks.append(id_) or True, raising=False)
    Showing(private=False, listed=True).show(run().state, None)
    assert marks == []


def test_the_details_have_so_many_steps_and_no_more(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "MOST_SHOWN", 0)
    Showing(private=False, listed=True).show(run().state, None)
    assert played.details == ["**main** is running"]


def test_a_wait_is_found_by_its_groups_and_its_deadline_until_it_is_over(indexed: Played) -> None:
    one, shown = run(), Showing(private=False, listed=True)
    for _ in range(2):
        shown.show(one.state, None)
    due = datetime.fromtimestamp(START + 3600, UTC)
    assert indexed.attributes == [{GROUPS_ATTRIBUTE: ["ann", "person olga"], DEADLINE_ATTRIBUTE: due}]
    one.state.questions.clear()
    shown.show(one.state, None)
    assert indexed.attributes[1:] == [{GROUPS_ATTRIBUTE: [], DEADLINE_ATTRIBUTE: None}]


@pytest.mark.parametrize("memo", [{}, {MEMO_FLOW: "main"}], ids=["registered", "not registered"])
def test_a_child_is_found_by_its_flow_from_when_it_first_waits(played: Played, memo: dict[str, str]) -> None:
    played.info_.parent = SimpleNamespace(workflow_id="above")
    played.memo_ = memo
    Showing(private=False, listed=False).show(run().state, None)
    due = datetime.fromtimestamp(START + 3600, UTC)
    found = {FLOW_ATTRIBUTE: "main", GROUPS_ATTRIBUTE: ["ann", "person olga"], DEADLINE_ATTRIBUTE: due}
    assert played.attributes == ([] if memo else [found])


def test_of_two_waits_the_deadline_is_that_of_the_first(indexed: Played) -> None:
    one = run()
    (question,) = one.state.questions.values()
    one.state.questions["other"] = type(question)(**{name: getattr(question, name) for name in question.__slots__})
    one.state.questions["other"].deadline = START + 60
    Showing(private=False, listed=True).show(one.state, None)
    assert indexed.attributes[0][DEADLINE_ATTRIBUTE] == datetime.fromtimestamp(START + 60, UTC)


def test_persons_are_not_named_where_data_is_private(indexed: Played) -> None:
    Showing(private=True, listed=True).show(run().state, None)
    assert indexed.attributes[0][GROUPS_ATTRIBUTE] == ["ann"]


def test_a_group_that_data_chooses_stands_as_any_other(indexed: Played) -> None:
    """Once, also where it is asked besides."""
    whom = (
        'all of group (if run.requester == null then "legal" else "board"), "ann", group Team("{{{{ 1 }}}}", or: "ann")'
    )
    flow = FLOW.replace("flow main", 'type Team = "ann" | "bob"\nflow main').replace("{whom}", whom)
    definition = definition_of(flow.format())
    assert definition is not None
    one = Simulation(definition, World({"look": lambda command: Returns("a", 5.0)})).run({})
    Showing(private=True, listed=True).show(one.state, None)
    assert indexed.attributes[0][GROUPS_ATTRIBUTE] == ["legal", "ann"]


def test_names_beyond_what_the_server_takes_are_left_out(indexed: Played) -> None:
    names = [f"group {number:03}" for number in range(300)]
    whom = ", ".join(f'"{name}"' for name in names)
    Showing(private=False, listed=True).show(run(whom).state, None)
    found = indexed.attributes[0][GROUPS_ATTRIBUTE]
    assert found == names[: len(found)]
    assert showing.LARGEST_LIST - 15 < len(json.dumps(found, separators=(",", ":"))) <= showing.LARGEST_LIST


def test_what_a_run_has_spent_is_told_at_its_end(indexed: Played) -> None:
    one, shown = run(), Showing(private=False, listed=True)
    one.simulation.go()
    assert one.finish is not None
    shown.show(one.state, None)
    assert indexed.attributes == [], "it has spent nothing"
    for purse in one.state.purses.values():
        purse.spent = Amount(Decimal("0.5"))
    shown.show(one.state, None)
    shown.show(one.state, None)
    assert [each[USD_ATTRIBUTE] for each in indexed.attributes] == [0.5]


def test_what_a_run_waits_for_stands_in_its_memo_while_it_does(played: Played) -> None:
    one, shown = run(), Showing(private=False, listed=True)
    one.state.lacking["main/a/call"] = Missing("d", "waits for an object")
    shown.show(one.state, "waits for the store")
    shown.show(one.state, "waits for the store")
    assert played.memos == [{MEMO_LACKING: {"main/a": "waits for an object", "main": "waits for the store"}}]
    one.state.lacking.clear()
    shown.show(one.state, None)
    assert played.memos[1:] == [{MEMO_LACKING: None}]


def test_a_run_that_has_continued_knows_what_stands_in_its_memo(played: Played) -> None:
    played.memo_ = {MEMO_LACKING: {"main": "waits for the store"}}
    Showing(private=False, listed=True).show(run().state, None)
    assert played.memos == [{MEMO_LACKING: None}]
