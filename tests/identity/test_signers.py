"""`SIGNERS`: which line counts for which file, and what people take of what it wants."""

import random
import re
from itertools import permutations, product
from pathlib import Path

import pytest

from interpreter.client.errors import Unsigned
from interpreter.client.signed import refuse_unsigned
from interpreter.identity.errors import UnusableSigners
from interpreter.identity.keys import SigningKey
from interpreter.identity.people import KnownKey
from interpreter.identity.signers import Demand, Wanted, demands
from tests.house.checkout import ROOT
from tests.identity.project import Project, made_in


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("STEADFLOW_PEOPLE", raising=False)
    return made_in(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*", "pay.flow", True),
        ("*", "a/b/pay.flow", True),
        ("*.flow", "a/pay.flow", True),
        ("pay.flow", "a/pay.flow", True),
        ("pay.flow", "a/repay.flow", False),
        ("/pay.flow", "pay.flow", True),
        ("/pay.flow", "a/pay.flow", False),
        ("a/*.flow", "a/pay.flow", True),
        ("a/*.flow", "a/b/pay.flow", False),
        ("a/*.flow", "b/a/pay.flow", False),
        ("a/", "a/b/pay.flow", True),
        ("a/", "b/a/pay.flow", True),
        ("/a/", "b/a/pay.flow", False),
        ("a/", "a", False),
        ("a/b", "a/b/pay.flow", True),
        ("a/**/pay.flow", "a/pay.flow", True),
        ("a/**/pay.flow", "a/b/c/pay.flow", True),
        ("a/**", "a/b/c/pay.flow", True),
        ("pa?.flow", "pay.flow", True),
        ("pa?.flow", "pa/.flow", False),
        ("p.y.flow", "pay.flow", False),
        ("*:pay", "pay.flow", True),
        ("*:other", "pay.flow", False),
        ("pay.flow:pay", "a/pay.flow", True),
        ("/", "a/pay.flow", True),
    ],
)
def test_which_files_a_pattern_is_for(tmp_path: Path, pattern: str, path: str, matches: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "SIGNERS").write_text(f"{pattern}  leads\n")
    assert bool(demands(tmp_path / path, "pay")) == matches


def test_the_last_line_that_matches_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "SIGNERS").write_text(
        '# who signs\n\n*  leads # all\n/pay.flow\t2 of "the board", person "ada b" , finance\n/drafts/  nobody\n'
    )
    (of_other,) = demands(tmp_path / "a.flow", "a")
    assert of_other.wanted == (Wanted("leads"),)
    (of_pay,) = demands(tmp_path / "pay.flow", "pay")
    assert of_pay.wanted == (Wanted("the board", 2), Wanted("ada b", is_person=True), Wanted("finance"))
    assert of_pay.place.endswith("SIGNERS:4")
    (of_draft,) = demands(tmp_path / "drafts" / "a.flow", "a")
    assert of_draft.wanted == ()


@pytest.mark.parametrize(
    "line",
    [
        "*",
        "*  ",
        "*  a b",
        "*  0 of a",
        "*  2 of",
        "*  a,,b",
        "*  a,",
        "*  ,a",
        '*  "a',
        "*  person",
        "*  nobody, a",
        "*  101 of a",
        "# nothing to see \u2028*  nobody",
        "*  leads\u200b",
        f"*  {'a' * 2000}",
    ],
)
def test_what_says_nobody_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "SIGNERS").write_text(f"# first\n{line}\n")
    with pytest.raises(UnusableSigners, match="SIGNERS:2: "):
        demands(tmp_path / "a.flow", "a")


def test_the_lines_of_the_documentation_mean_what_it_says(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    page = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^```signers\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "SIGNERS").write_text(lines)

    def wanted(path: str, flow: str) -> list[str]:
        return [str(each) for demand in demands(tmp_path / path, flow) for each in demand.wanted]

    assert wanted("a/support.flow", "support") == ['somebody of "leads"']
    assert wanted("payments/in.flow", "in") == ['2 of "finance"', 'somebody of "leads"']
    assert wanted("payments/pay.flow", "try") == ['the person "ada"']
    assert wanted("payments/pay.flow", "pay") == ['2 of "finance"', 'somebody of "leads"']
    assert wanted("drafts/new.flow", "new") == []


def test_one_further_in_asks_for_more_and_never_for_less(project: Project) -> None:
    inner = project.folder / "lib" / "own.flow"
    inner.write_text("edition 1\nflow own() {}\n")
    project.signers("*  nobody\n", below="lib")
    assert project.lacks(inner) == ["leads", "finance"]
    project.signers("*  person eve\n", below="lib")
    assert project.lacks(inner) == ["eve", "leads", "finance"]
    project.sign("eve", "ben", "cleo", file=inner)
    assert project.lacks(inner) == []


def test_what_is_above_the_repository_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "SIGNERS").write_text("*  strangers\n")
    (tmp_path / "ours").mkdir()
    project = made_in(tmp_path / "ours")
    assert project.lacks() == ["leads", "finance"]


def test_where_nobody_is_named_it_is_not_signed_off_by_that(project: Project) -> None:
    project.signers("/other.flow  leads\n")
    with pytest.raises(Unsigned, match="no line of a SIGNERS"):
        refuse_unsigned(project.sealed())
    project.sign("eve")
    with pytest.raises(Unsigned, match="no line of a SIGNERS"):
        refuse_unsigned(project.sealed())
    project.signers("*  nobody\n")
    refuse_unsigned(project.sealed())


def test_a_link_is_the_file_that_it_leads_to(project: Project) -> None:
    (project.folder / "free").mkdir()
    project.signers("*  leads\n/free/  nobody\n")
    link = project.folder / "free" / "link.flow"
    link.symlink_to(project.folder / "two.flow")
    assert project.lacks(link, "one") == ["leads"]


def test_as_many_seats_are_taken_as_can_be() -> None:
    """Beside all ways to seat them."""
    chance = random.Random(4)
    raw = SigningKey.new("x").public
    for _ in range(200):
        groups = "abc"
        wanted = tuple(Wanted(name, chance.randint(1, 2)) for name in groups if chance.random() < 0.7)
        people = {
            str(at): KnownKey(raw, str(at), tuple(name for name in groups if chance.random() < 0.5))
            for at in range(chance.randint(0, 4))
        }
        seats = [each for each in wanted for _ in range(each.required)]
        best = 0
        for order in permutations(people.values()):
            for chosen in product([True, False], repeat=len(seats)):
                taken = [seat for seat, is_chosen in zip(seats, chosen, strict=True) if is_chosen]
                if len(taken) <= len(order) and all(map(Wanted.takes, taken, order)):
                    best = max(best, len(taken))
        missing = Demand("here", wanted).missing(people)
        assert sum(each.required for each in missing) == len(seats) - best
