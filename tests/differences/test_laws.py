"""What holds of every comparison: changes of a text are found exactly where a hash is another, and the other way round
they are the same. `python -m tests.differences SEED SECONDS` tries more."""

import random
from pathlib import Path

import pytest

from dsl.differences.differences import differences
from dsl.differences.sides import nothing
from dsl.formatting.format import format_text
from tests.differences.laws import broken, side
from tests.differences.mutations import mutations

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "examples").glob("*.flow"), *(ROOT / "tests" / "cases" / "runs").glob("*/flow.flow")])
SEEDS = range(6)
OF_A_FILE = 6


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_are_told_where_a_hash_is_another(seed: int) -> None:
    chance = random.Random(seed)
    found = []
    changed = 0
    for file in chance.sample(FILES, 5):
        old = side(read(file))
        for mutated in mutations(read(file), chance, OF_A_FILE) if old is not None else ():
            new = side(mutated.text)
            if old is not None and new is not None:
                changed += old.hashes != new.hashes
                found += [f"{file.parent.name}, {mutated.kind}, {mutated.at}: {law}" for law in broken(old, new)]
    assert found == []
    assert changed > 0


@pytest.mark.parametrize("file", FILES[::9], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_layout_is_no_change(file: Path) -> None:
    text = read(file)
    formatted = format_text(text)
    assert formatted is not None
    other = formatted.replace("\n", "\n\n# and this is a comment\n")
    old = side(text)
    if old is None:  # a file that uses others is read from its folder
        return
    for again in (formatted, other if '"""' not in text else formatted):
        new = side(again)
        assert new is not None
        found = differences(old, new)
        assert found.changes == ()
        assert found.verdict == "layout"


def test_two_files_that_have_nothing_in_common() -> None:
    one, other = side(read(ROOT / "examples" / "support.flow")), side(read(ROOT / "examples" / "monitor.flow"))
    assert one is not None
    assert other is not None
    assert broken(one, other) == []


def test_a_file_that_is_new() -> None:
    new = side(read(ROOT / "examples" / "support.flow"))
    assert new is not None
    assert broken(nothing("nothing"), new) == []
    assert {each.verb for each in differences(nothing("nothing"), new).changes} == {"added"}
