"""What was judged is still what the code says, and what it does to the numbers."""

from pathlib import Path

import pytest

from tests.mutants import judged
from tests.mutants.__main__ import sample
from tests.mutants.mutations import Mutation, mutations
from tests.mutants.rooms import ROOT, Room
from tests.mutants.tally import Tally, table
from tests.mutants.trial import Outcome, Verdict

ROOM = Room("a", 90, ("a.py",))
SOURCE = "def f(a, b):\n    return a < 1 and b > 2\n"


def test_every_judgement_is_of_a_fault_that_can_be_planted() -> None:
    known = judged.read()
    planted = [
        each
        for file in {file for file, _, _ in known}
        for each in mutations(file, (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert judged.outdated(known, planted) == []


def test_judgements_are_kept_in_order() -> None:
    known = list(judged.read())
    assert [file for file, _, _ in known] == sorted(file for file, _, _ in known)


@pytest.mark.parametrize(
    ("judgement", "verdict", "percent"),
    [
        ("equivalent", "survived", 100.0),
        ("accepted", "survived", 50.0),
        ("equivalent", "found", 100.0),
        ("accepted", "not reached", 50.0),
    ],
)
def test_only_equivalents_count_nowhere(tmp_path: Path, judgement: str, verdict: Verdict, percent: float) -> None:
    one, other, *_ = mutations("a.py", SOURCE)
    file = tmp_path / "judged.yaml"
    file.write_text(f"a.py:\n  f:\n    - change: {one.change}\n      {judgement}: so\n")
    tally = _tally([(one, verdict), (other, "found")], judged.read(file))
    assert tally.percent == percent
    assert tally.left() == []
    assert tally.reached_goal is (percent == 100.0)


def test_what_nobody_has_judged_is_listed_with_its_place() -> None:
    one, other, *_ = mutations("a.py", SOURCE)
    told = table([_tally([(one, "survived"), (other, "found")], {})])
    assert f"a.py:2 f  {one.change}" in told
    assert other.change not in told
    assert "50.0 %    90 %  below" in told


def test_a_judgement_that_fits_nothing_is_named() -> None:
    one = ("a.py", "f", "return a -> return b")
    assert judged.outdated([one], mutations("a.py", SOURCE)) == [one]


def test_a_sample_is_the_same_for_a_seed_and_does_not_move_with_the_code() -> None:
    found = mutations("a.py", SOURCE)
    later = mutations("a.py", "import b\n\n" + SOURCE)
    assert [each.change for each in sample(found, 3, 1)] == [each.change for each in sample(later, 3, 1)]
    assert [each.change for each in sample(found, 99, 1)] != [each.change for each in sample(found, 99, 2)]


def _tally(outcomes: list[tuple[Mutation, Verdict]], known: dict[judged.Key, judged.Judgement]) -> Tally:
    return Tally(ROOM, known, 2, [Outcome(mutation, verdict) for mutation, verdict in outcomes])
