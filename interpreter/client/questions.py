"""The open questions of a run and of its children, and which of them is meant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl.diagnostics.inert import inert
from interpreter.boundary.meant import meant
from interpreter.boundary.persons import same_person
from interpreter.boundary.view import QuestionView, ShownValue
from interpreter.client.errors import UnknownQuestion, did_you_mean
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import resolve

if TYPE_CHECKING:
    from interpreter.client.run import Run

PERSON = "person "
"""Stands before the name of a person, where it is told who is asked."""


@dataclass(frozen=True)
class Asked:
    """An open question, and the run that asks it: the one that was looked at, or a child of it."""

    run: "Run"
    question: QuestionView


def with_whole_values(store: ObjectStore, question: QuestionView) -> QuestionView:
    """With what travels as a reference fetched: nobody can approve a hash. What is not in this store stays one."""

    def whole(shown: ShownValue) -> ShownValue:
        try:
            return ShownValue(shown.name, resolve(store, shown.value, shown.references))
        except StoreError:
            return shown

    return replace(question, shown=[whole(shown) for shown in question.shown])


def choose_question(asked: Sequence[Asked], wanted: str | None) -> Asked:
    """By id, by name or a part of the id when only one has it, or the only one there is."""
    if wanted is None:
        return _the_only(asked)
    matching = [one for one in asked if wanted in (one.question.id, one.question.name)]
    if not matching:
        paths = meant([one.question.id for one in asked], wanted)
        matching = [one for one in asked if one.question.id in paths]
    if len(matching) > 1:
        raise UnknownQuestion(f"{wanted} is asked {len(matching)} times; name one of: {_ids(matching)}")
    if not matching:
        known = sorted({name for one in asked for name in (one.question.name, one.question.id)})
        raise UnknownQuestion(f"the run does not ask `{inert(wanted)}` now{did_you_mean(wanted, known)}")
    return matching[0]


def on_behalf_of(question: QuestionView, by: str) -> str | None:
    """The group that who names none answers for: where one is asked, that; None for a person who is asked by name, and
    where several are asked. Which of these is meant is never guessed, also when only one of them has still to agree.
    """
    if is_asked_by_name(question, by):
        return None
    return question.groups[0] if len(set(question.groups)) == 1 else None


def asks(question: QuestionView, name: str) -> bool:
    """Whether that group is asked, or that person."""
    return name in question.whom or is_asked_by_name(question, name.removeprefix(PERSON))


def is_asked_by_name(question: QuestionView, by: str) -> bool:
    return any(same_person(each.removeprefix(PERSON), by) for each in question.whom if each.startswith(PERSON))


def _the_only(asked: Sequence[Asked]) -> Asked:
    if not asked:
        raise UnknownQuestion("the run asks nothing now")
    if len(asked) > 1:
        raise UnknownQuestion(f"the run asks {len(asked)} things; name one of: {_ids(asked)}")
    return asked[0]


def _ids(asked: Sequence[Asked]) -> str:
    return ", ".join(one.question.id for one in asked)
