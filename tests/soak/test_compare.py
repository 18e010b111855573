"""The comparison can fail: what is planted in the bank, or in what a run says of itself, is found in its column."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.soak.bank import Bank, Call
from tests.soak.compare import Ended, compare
from tests.soak.faults import plan
from tests.soak.flows import choose
from tests.soak.tools import place

POST = Call("t.write", "run/first/main/s1", "run", "main/s1")
KEYED = replace(POST, tool="t.keyed")
REPEATED = replace(POST, tool="t.idempotent")
UNDO = replace(POST, tool="t.undo", key=f"{POST.key}/undo", path="main/s1/undo")
DONE = {POST.key: "done"}


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    bank = Bank(tmp_path / "bank.db")
    bank.open()
    return bank


def columns(run: Ended, bank: Bank) -> list[str]:
    return [finding.column for finding in compare([run], bank.effects())]


def test_what_a_run_lists_or_undid_is_no_finding(bank: Bank) -> None:
    bank.commit(POST, honours=False)
    assert columns(Ended("run", "completed", DONE), bank) == []
    assert columns(Ended("run", "failed", {POST.key: "uncertain"}), bank) == []
    bank.undo(UNDO, POST.key, "")
    assert columns(Ended("run", "cancelled", undone=frozenset({POST.path})), bank) == []


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "completed"])
def test_an_effect_that_stands_and_is_not_listed_is_lost(bank: Bank, outcome: str) -> None:
    bank.commit(POST, honours=False)
    assert columns(Ended("run", outcome), bank) == ["lost"]  # type: ignore[arg-type]
    assert columns(Ended("another", outcome), bank) == []  # type: ignore[arg-type]


def test_a_second_effect_under_one_key_is_doubled(bank: Bank) -> None:
    for _ in range(2):
        bank.commit(POST, honours=False)
    assert columns(Ended("run", "completed", DONE), bank) == ["doubled"]


def test_an_effect_that_is_said_to_be_undone_and_stands_is_unbalanced(bank: Bank) -> None:
    bank.undo(UNDO, POST.key, "")
    bank.commit(POST, honours=False)
    assert columns(Ended("run", "cancelled", undone=frozenset({POST.path})), bank) == ["unbalanced"]


def test_an_effect_that_is_listed_as_done_and_is_not_there_is_unbalanced(bank: Bank) -> None:
    assert columns(Ended("run", "failed", DONE), bank) == ["unbalanced"]


def test_an_effect_that_is_listed_as_done_and_was_undone_is_unbalanced(bank: Bank) -> None:
    bank.commit(POST, honours=False)
    bank.undo(UNDO, POST.key, "")
    assert columns(Ended("run", "completed", DONE), bank) == ["unbalanced"]


def test_a_run_that_does_not_end_is_hung_and_nothing_else_is_said_of_it(bank: Bank) -> None:
    bank.commit(POST, honours=False)
    assert columns(Ended("run", "hung", detail="a task fails"), bank) == ["hung"]


def test_a_tool_that_honours_keys_takes_effect_once_for_each(bank: Bank) -> None:
    assert [bank.commit(KEYED, honours=True) for _ in range(2)] == ["e0", "e0"]
    assert columns(Ended("run", "completed", DONE), bank) == []


def test_a_tool_that_forgets_keys_takes_effect_again_then(bank: Bank) -> None:
    bank.begin(POST)
    assert [bank.commit(POST, honours=False, known_for=60) for _ in range(2)] == ["e0", "e0"]
    bank.commit(POST, honours=False, known_for=0)
    assert columns(Ended("run", "completed", DONE), bank) == ["doubled"]


def test_what_is_repeated_after_its_undo_stands_again(bank: Bank) -> None:
    bank.commit(REPEATED, honours=True)
    bank.undo(UNDO, REPEATED.key, "")
    bank.commit(REPEATED, honours=True)
    assert columns(Ended("run", "cancelled", undone=frozenset({POST.path})), bank) == ["unbalanced"]


def test_a_step_is_placed_as_the_ledger_at_the_top_names_it() -> None:
    assert place("run", "main/s1~2") == ("run", "main/s1")
    assert place("run/0123abcd/main/s2/89abcdef/child1/s3", "child2/s4") == ("run", "main/s2/child1/s3/child2/s4")


@pytest.mark.slow
def test_a_seed_gives_the_same_round_again() -> None:
    assert plan(Random(7), 10) == plan(Random(7), 10) != plan(Random(8), 10)
    assert choose(Random(7), 2) == choose(Random(7), 2)
