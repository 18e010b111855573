"""Faults of the kinds that the machine once had, put back one by one: each is found, with a short trace."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from interpreter.boundary.payloads import ChildReport
from interpreter.core import certainty, joins, ledger, reports, reservations, snapshot, telling
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.constructs import turn
from interpreter.core.constructs.block import BlockConstruct
from interpreter.core.constructs.fan import FanConstruct
from interpreter.core.constructs.tool_call import ToolCallConstruct
from interpreter.core.constructs.tool_step import ToolStepConstruct
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit, done
from interpreter.core.state import Frame, State
from interpreter.core.tool_call_memory import ToolCallMemory
from tests.explore.search import Exploration, Found
from tests.heart.watched import definition_of

TOOLS = """edition 1
tool find(key: text) -> { id: text }? read
tool post(x: text) -> { id: text } write { errors No verify find(key: key) compensate undo(x: x) }
tool plain(x: text) -> { id: text } write { errors No verify none "nobody knows" compensate undo(x: result.id) }
tool keyed(x: text) -> { id: text } write keyed { compensate undo(x: result.id) }
tool undo(x: text) idempotent
agent ask(x: text) -> text { model "m" prompt "{{ x }}" answer at most 50 tokens }
"""
SAGA = TOOLS + 'flow main(x: text) { step plain(x: x) step post(x: x) fail "no" }'
SETTLED = TOOLS + "flow main(x: text) { step post(x: x) }"
RETRIED = TOOLS + "flow main(x: text) { step plain(x: x) { retry 2 times backoff 1s to 1s } }"
GOES_ON = (
    TOOLS
    + """flow main(x: text) {
  parallel as all keep going { step plain(x: x) step find(key: x) }
}"""
)
RACE = (
    TOOLS
    + """flow main(x: text) {
  race { branch one { step post(x: x) step find(key: x) } branch two { step keyed(x: x) step find(key: x) } }
}"""
)
CHILD = TOOLS + 'flow below(x: text) { step plain(x: x) }\nflow main(x: text) { step below(x: x) fail "no" }'
ASKED = TOOLS + "flow main(x: text) budget 4k tokens { step ask(x: x) }"
WRITES = TOOLS + "flow main(x: text) { step keyed(x: x) { retry 2 times backoff 1s to 1s } }"
AGENT = (
    TOOLS
    + """agent act(q: text) -> text {
  model "m"
  prompt "{{ q }}"
  use plain, post
  answer at most 50 tokens
  budget 3 turns
}
flow main(x: text) { step said = act(q: x) step plain(x: said) }"""
)

GATED = (
    TOOLS
    + """agent act(q: text) -> text {
  model "m"
  prompt "{{ q }}"
  use plain
  use keyed after approval from "leads" timeout 5s then reject
  one at a time
  answer at most 50 tokens
  budget 2 turns
}
flow main(x: text) { step said = act(q: x) step plain(x: said) }"""
)

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    text: str
    says: str
    plant: Plant


def unknown_is_taken_for_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(certainty, "nothing_happened", lambda tool, failure: True)


def doubts_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "doubts", lambda state, scope, since=0: [])


def a_null_is_believed_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ToolStepConstruct, "_is_believed", lambda self, memory: True)


def what_a_child_leaves_behind_is_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "adopt", lambda state, entries, path, started: None)


def a_child_that_is_cancelled_reports_no_ledger(patch: pytest.MonkeyPatch) -> None:
    honest = reports.cancelled

    def cancelled(state: State) -> ChildReport:
        return replace(honest(state), ledger=[])

    patch.setattr(reports, "cancelled", cancelled)
    patch.setattr(reports, "failed", lambda state, failure: replace(_failed(state, failure), ledger=[]))


_failed = reports.failed


def the_end_of_a_child_is_not_told(patch: pytest.MonkeyPatch) -> None:
    end = Machine.end

    def forgetful(self: Machine, frame: Frame, exit_: Exit) -> None:
        end(self, frame, exit_)
        if exit_.kind == "cancelled" and self.queue and self.queue[-1].method == "child":
            self.queue.pop()

    patch.setattr(Machine, "end", forgetful)


def a_block_goes_on_though_it_was_asked_to_end(patch: pytest.MonkeyPatch) -> None:
    honest = BlockConstruct.child

    def child(self: BlockConstruct, machine: Machine, frame: Frame, path: str, exit_: Exit) -> None:
        frame.cancelling = False
        honest(self, machine, frame, path, DONE if exit_.kind == "cancelled" else exit_)

    patch.setattr(BlockConstruct, "child", child)


def an_undo_does_not_wait_for_the_attempt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(certainty, "is_over", lambda failure: True)


def a_snapshot_loses_a_doubt(patch: pytest.MonkeyPatch) -> None:
    kept = tuple(row for row in snapshot._fields(ToolCallMemory) if row[0] != "doubt")
    patch.setitem(snapshot._FIELDS, ToolCallMemory, kept)


def the_earliest_entry_is_not_undone(patch: pytest.MonkeyPatch) -> None:
    to_undo = ledger.to_undo
    patch.setattr(ledger, "to_undo", lambda *scope: to_undo(*scope)[:-1])


def a_reservation_is_not_given_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reservations, "settle", lambda machine, frame, spent, **_: None)


def the_entry_is_opened_when_the_answer_is_there(patch: pytest.MonkeyPatch) -> None:
    opens = ledger.open_entry

    def later(state: State, path: str, *rest: Any, **more: Any) -> Any:
        entry = opens(state, path, *rest, **more)
        del state.ledger[path]
        return entry

    patch.setattr(ledger, "open_entry", later)


def a_cancelled_wait_forgets_the_doubt(patch: pytest.MonkeyPatch) -> None:
    def cancel(self: ToolCallConstruct, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if memory.phase == "waiting":
            machine.withdraw(memory.command)
            machine.end(frame, Exit("cancelled"))
        else:
            machine.interrupt(memory.command)

    patch.setattr(ToolCallConstruct, "cancel", cancel)


def what_is_told_is_not_heard(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telling, "hears", lambda definition, state, frame: False)


def a_snapshot_loses_what_was_told(patch: pytest.MonkeyPatch) -> None:
    kept = tuple(row for row in snapshot._fields(AgentStepMemory) if row[0] != "told")
    patch.setitem(snapshot._FIELDS, AgentStepMemory, kept)


def what_a_turn_did_in_vain_is_not_undone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(joins, "nobody_may_go_on", lambda failure, path: False)
    patch.setattr(ledger, "doubts", lambda state, scope, since=0: [])


def a_turn_does_not_count_what_is_at_work(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "_is_at_work", lambda call: False)


def an_edit_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    honest = turn.TurnConstruct._asked

    def asked(self: Any, machine: Machine, frame: Frame, place: int, exit_: Exit) -> None:
        own = self.memory(frame).calls[place].arguments
        if type(exit_.value) is dict and exit_.value.get("answer") is not None:
            exit_ = replace(exit_, value=exit_.value | {"answer": own})
        honest(self, machine, frame, place, exit_)

    patch.setattr(turn.TurnConstruct, "_asked", asked)


def a_rejection_opens_the_gate(patch: pytest.MonkeyPatch) -> None:
    honest = turn.TurnConstruct._asked

    def asked(self: Any, machine: Machine, frame: Frame, place: int, exit_: Exit) -> None:
        own = self.memory(frame).calls[place].arguments
        if type(exit_.value) is dict:
            exit_ = replace(exit_, value=exit_.value | {"outcome": "approved", "answer": own})
        honest(self, machine, frame, place, exit_)

    patch.setattr(turn.TurnConstruct, "_asked", asked)


def a_gate_is_passed_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn.TurnConstruct, "_begin", turn.TurnConstruct._call)


def who_has_lost_is_not_undone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FanConstruct, "_undo_losers", lambda self, machine, frame: False)


def a_model_does_not_hear_of_its_last_call(patch: pytest.MonkeyPatch) -> None:
    def done_(value: Any) -> Exit:
        return done(value | {"messages": value["messages"][:-1]})

    patch.setattr(turn, "done", done_)


FAULTS = [
    Fault(RETRIED, "no ledger knows of it", unknown_is_taken_for_nothing),
    Fault(GOES_ON, "nobody knows of", doubts_are_forgotten),
    Fault(SETTLED, "may still take effect", a_null_is_believed_at_once),
    Fault(CHILD, "no ledger knows of it", what_a_child_leaves_behind_is_dropped),
    Fault(CHILD, "the report does not tell of", a_child_that_is_cancelled_reports_no_ledger),
    Fault(SAGA, "which has ended", the_end_of_a_child_is_not_told),
    Fault(SAGA, "starts after a cancel", a_block_goes_on_though_it_was_asked_to_end),
    Fault(SETTLED, "may still take effect", an_undo_does_not_wait_for_the_attempt),
    Fault(WRITES, "another after JSON", a_snapshot_loses_a_doubt),
    Fault(SAGA, "is done", the_earliest_entry_is_not_undone),
    Fault(ASKED, "a reservation is left", a_reservation_is_not_given_back),
    Fault(SAGA, "no ledger knows of it", the_entry_is_opened_when_the_answer_is_there),
    Fault(WRITES, "no ledger knows of it", a_cancelled_wait_forgets_the_doubt),
    Fault(AGENT, "has not heard what it was told", what_is_told_is_not_heard),
    Fault(AGENT, "another after JSON", a_snapshot_loses_what_was_told),
    Fault(AGENT, "nobody knows of", what_a_turn_did_in_vain_is_not_undone),
    Fault(GATED, "calls at work, and may have 1", a_turn_does_not_count_what_is_at_work),
    Fault(GATED, "and people agreed to", an_edit_is_forgotten),
    Fault(GATED, "nobody has agreed to it", a_rejection_opens_the_gate),
    Fault(GATED, "nobody has agreed to it", a_gate_is_passed_by),
    Fault(GATED, "and has asked for", a_model_does_not_hear_of_its_last_call),
    Fault(RACE, "more of it stands than has won", who_has_lost_is_not_undone),
]


MOST_STATES = 1_500


def explored(text: str) -> Found | None:
    definition = definition_of(text)
    assert definition is not None, "the check refuses it"
    return Exploration.of(definition, {"x": "a"}).go(MOST_STATES).found


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.plant.__name__ for fault in FAULTS])
def test_a_planted_fault_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fault.plant(patch)
        found = explored(fault.text)
    assert found is not None, "nothing was found"
    assert fault.says in found.what, str(found)
    assert len(found.trace) <= 8, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("text", sorted({fault.text for fault in FAULTS}))
def test_without_it_nothing_is_found(text: str) -> None:
    found = explored(text)
    assert found is None, str(found)
