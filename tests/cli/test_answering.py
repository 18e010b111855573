"""For whom an answer counts that names no group."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner

from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.view import QuestionView
from interpreter.cli import answering
from interpreter.cli.commands.approve import approve
from interpreter.client.errors import UnknownQuestion
from interpreter.client.questions import Asked, asks, choose_question, on_behalf_of
from interpreter.client.run import Run
from tests.cli.test_typing import question


@pytest.mark.parametrize(
    ("whom", "groups", "by", "group"),
    [
        (["team"], ["team"], "ada", "team"),
        (["team", "team"], ["team", "team"], "ada", "team"),
        (["a", "b"], ["a", "b"], "ada", None),
        (["person ada"], [], "ada", None),
        (["person ada", "team"], ["team"], " ADA", None),
        (["person ada", "team"], ["team"], "bob", "team"),
        (["person ada", "person bob"], [], "eve", None),
    ],
)
def test_the_only_group_is_meant(whom: list[str], groups: list[str], by: str, group: str | None) -> None:
    assert on_behalf_of(question(whom=whom, groups=groups), by) == group


@pytest.mark.parametrize(
    ("name", "is_asked"), [("team", True), ("Team", False), ("olga", True), (" OLGA", True), ("person olga", True)]
)
def test_a_group_is_asked_by_its_name_and_a_person_however_it_is_spelt(name: str, is_asked: bool) -> None:
    assert asks(question(whom=["team", "person Olga"], groups=["team"]), name) is is_asked


ASKED = [Asked(cast(Run, None), question(id=f"main/for#2[{number}]/ok", name="ok")) for number in (3, 13)]


@pytest.mark.parametrize("typed", ["main/for#2[13]/ok", "for[13]/ok", "[13]/ok", "for/[13]/ok"])
def test_a_question_is_meant_by_what_a_screen_shows_of_it(typed: str) -> None:
    assert choose_question(ASKED, typed) is ASKED[1]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("ok", "is asked 2 times; name one of: main/for#2[3]/ok, main/for#2[13]/ok"),
        ("for/ok", "is asked 2 times"),
        ("loop[3]/ok", "the run does not ask"),
    ],
)
def test_it_is_told_which_questions_may_be_meant(typed: str, problem: str) -> None:
    with pytest.raises(UnknownQuestion, match=re.escape(problem)):
        choose_question(ASKED, typed)


class OneRun:
    """A run that asks `asks`, and keeps what it was answered."""

    def __init__(self, asks: QuestionView) -> None:
        self.asks = asks
        self.given: dict[str, Any] = {}

    def run(self, id: str) -> "OneRun":
        return self

    async def open_question(self, name: str | None) -> Any:
        return SimpleNamespace(run=self, question=self.asks)

    async def answer(self, question: QuestionView, decision: str, **given: Any) -> AnswerReply:
        self.given = given
        return AnswerReply(True, "approved", "approved")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> OneRun:
    one = OneRun(question(whom=["a b", "c"], groups=["a b", "c"]))

    @asynccontextmanager
    async def connected(target: object) -> AsyncIterator[OneRun]:
        yield one

    @asynccontextmanager
    async def asked_directly(*_: object) -> AsyncIterator[str]:
        yield ""

    monkeypatch.setattr(answering, "connected", connected)
    monkeypatch.setattr(answering, "asked_directly", asked_directly)
    return one


def test_where_several_fit_the_commands_are_told(run: OneRun) -> None:
    ended = CliRunner().invoke(approve, ["pay-1", "keep", "--by", "ada", "--note", "as agreed", "--state", "s"])
    assert (ended.exit_code, run.given) == (2, {})
    assert ended.stderr.splitlines()[-3:] == [
        "error: say for which group you answer keep; type one of",
        "  dsl approve pay-1 keep --by ada --note 'as agreed' --state s --group 'a b'",
        "  dsl approve pay-1 keep --by ada --note 'as agreed' --state s --group c",
    ]


@pytest.mark.parametrize(
    ("changes", "by", "said"),
    [
        ({"whom": ["c"], "groups": ["c"]}, "ada", "(unverified, by ada for c)"),
        ({"whom": ["person ada", "a", "c"], "groups": ["a", "c"]}, "ada", "(unverified, by ada)"),
    ],
)
def test_where_one_fits_it_is_taken_and_told(run: OneRun, changes: dict[str, Any], by: str, said: str) -> None:
    run.asks = question(**changes)
    ended = CliRunner().invoke(approve, ["pay-1", "--by", by], standalone_mode=False)
    assert ended.stdout == f"keep: approved {said}\n"
