"""When people who are asked may let more through: stage by stage, by who may agree, how many, and what happens then."""

from itertools import product

import pytest

from dsl.ast.expressions import Expression, Name
from dsl.ast.people import ChosenGroup, Group, Person, Stage
from dsl.differences.gates import compared, covers


def stage(*groups: str, required: int = 1, all_of: bool = False, not_requester: bool = False, signed: bool = False,
          outcome: str = "reject", chosen: Expression | None = None) -> Stage:  # fmt: skip
    whom = tuple(map(Group, groups))
    return Stage(whom, required, all_of, not_requester, 1000, outcome, signed, chosen_required=chosen)  # type: ignore[arg-type]


def of_data(*asked: str | tuple[str, ...], required: int = 1, all_of: bool = False) -> Stage:
    """A tuple of groups is a choice between them."""
    whom = tuple(Group(each) if isinstance(each, str) else ChosenGroup(Name("".join(each)), each) for each in asked)
    return Stage(whom, required, all_of, timeout=1000, outcome="reject")


AB, BC = ("a", "b"), ("b", "c")


@pytest.mark.parametrize(
    ("old", "new", "weights"),
    [
        ([stage("a", required=2)], [stage("a")], ["weaker"]),
        ([stage("a")], [stage("a", "b")], ["weaker"]),
        ([stage("a")], [stage("b")], ["weaker"]),
        ([stage("a", "b", all_of=True)], [stage("a", "b")], ["weaker"]),
        ([stage("a", "b", all_of=True)], [stage("a", "b", required=2)], ["weaker"]),
        ([stage("a", not_requester=True)], [stage("a")], ["weaker"]),
        ([stage("a", signed=True)], [stage("a")], ["weaker"]),
        ([stage("a")], [stage("a"), stage("b")], ["weaker"]),
        ([stage("a")], [stage("a", outcome="approve")], ["weaker"]),
        ([stage("a", required=3, chosen=Name("n"))], [stage("a", required=1)], ["weaker"]),
        ([stage("a", required=2)], [stage("a", required=3, chosen=Name("n"))], ["weaker"]),
        ([stage("a", required=3, chosen=Name("n"))], [stage("a", required=2, chosen=Name("n"))], ["weaker"]),
        ([stage("a")], [stage("a"), stage("a")], ["compatible"]),
        ([of_data(AB)], [of_data("a")], ["weaker"]),
        ([of_data("a")], [of_data(AB)], ["weaker"]),
        ([of_data(AB)], [of_data(BC)], ["weaker"]),
        ([of_data(AB)], [of_data(AB, "c")], ["weaker"]),
        ([of_data("a", "b")], [of_data(AB)], ["stronger"]),
        ([of_data("a", "b", required=2)], [of_data(AB)], ["weaker"]),
        ([of_data(AB, BC, required=2)], [of_data(AB, BC, all_of=True)], ["weaker"]),
        ([of_data("a", "b", required=2)], [of_data("a", AB, all_of=True)], ["weaker"]),
        ([of_data("a", "b", all_of=True)], [of_data("a", AB, all_of=True)], ["weaker"]),
        ([of_data(AB)], [of_data(AB, BC, all_of=True)], ["weaker"]),
        ([stage("a")], [stage("a", outcome="fail")], ["compatible"]),
    ],
)
def test_what_lets_more_through(old: list[Stage], new: list[Stage], weights: list[str]) -> None:
    assert [each.weight for each in compared(tuple(old), tuple(new))] == weights
    mirrored = [each.weight for each in compared(tuple(new), tuple(old))]
    assert mirrored == (weights if weights == ["compatible"] else mirrored)
    if all(not covers(one, other) for one, other in product(new, old)):  # none covers the other: both ways are weaker
        assert mirrored == ["weaker"]


def test_a_stage_that_is_the_same_is_not_told() -> None:
    one, two, three = stage("a"), stage("b", required=2), stage("c")
    assert [(each.what, each.verb) for each in compared((one, three), (one, two, three))] == [("stage 2", "added")]
    assert [(each.what, each.verb) for each in compared((one, two, three), (one, three))] == [("stage 2", "removed")]
    assert list(compared((one, two), (one, two))) == []


@pytest.mark.parametrize("many", [True, False])
def test_a_stage_covers_itself(many: bool) -> None:
    for one in (stage("a"), stage("a", "b", required=2), stage("a", "b", all_of=many), stage("a", all_of=True)):
        assert covers(one, one)
    for one in (of_data(AB), of_data("a", AB, BC, required=2), of_data("c", AB, all_of=many), of_data(AB, all_of=True)):
        assert covers(one, one)
    chosen = stage("a", required=3, chosen=Name("n"))
    assert covers(chosen, chosen)


def test_that_more_groups_may_be_chosen_is_told() -> None:
    before = Stage((ChosenGroup(Name("team"), ("a", "b")), Person(Name("who"))), 1, timeout=1000, outcome="reject")
    after = Stage((ChosenGroup(Name("team"), ("a", "b", "c")), Person(Name("who"))), 1, timeout=1000, outcome="reject")
    (found,) = compared((before,), (after,))
    assert (found.weight, found.why) == ("weaker", "others may agree")
    assert 'group team ("a" or "b" or "c"), person who' in str(found)
    (found,) = compared((after,), (before,))
    assert found.weight == "stronger"
