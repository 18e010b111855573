"""Which groups may be asked where data says which: all that its type has, and none where that could be any text."""

import pytest

from dsl.ast.people import ChosenGroup
from dsl.semantics.chosen_groups import as_written, possible
from tests.semantics.reading import facts_of

HEAD = """type Team = "leads" | "board" | "all"
let FIXED = "night"
tool who(x: text) -> "x" | "y" read
flow main(team: Team, one: "b" | "a", maybe: Team?, any: text, c: bool, n: int) {
step found = who(any)
"""
MAY = [
    ("team", ("leads", "board", "all")),
    ("one", ("b", "a")),
    ("found", ("x", "y")),
    ("Team(any)", ("leads", "board", "all")),
    ('if c then "p" else "q"', ("p", "q")),
    ("if maybe != null then maybe else team", ("leads", "board", "all")),
    ("maybe", ()),
    ("any", ()),
    ("n", ()),
    ("nobody", ()),
]


@pytest.mark.parametrize(("written", "groups"), MAY, ids=[written for written, _ in MAY])
def test_which_may_be_asked(written: str, groups: tuple[str, ...]) -> None:
    asks = f'await approval ok "q" {{ from group {written} timeout 1h then reject }}'
    facts = facts_of(f"{HEAD}{asks}\n}}")
    (whom,) = facts.all(ChosenGroup)
    assert (possible(whom, facts), as_written(whom)) == (groups, None)


def test_a_constant_is_as_good_as_written() -> None:
    facts = facts_of(f'{HEAD}await approval ok "q" {{ from group FIXED timeout 1h then reject }}\n}}')
    assert [as_written(each) for each in facts.all(ChosenGroup)] == ["night"]
