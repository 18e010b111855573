"""Every block of the language reference is read without a word."""

import re

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from dsl.syntax.grammar import tables
from tests.house.checkout import ROOT
from tests.syntax.reading import in_flow, messages

PAGE = (ROOT / "grammar" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```flow *(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def texts(kind: str, block: str) -> list[str]:
    """What a block stands for as whole files."""
    if kind == "statements":
        return [in_flow(block)]
    if kind == "expressions":
        return [in_flow(f"let it = {line}") for line in block.splitlines()]
    return [block]


@pytest.mark.parametrize(("kind", "block"), BLOCKS, ids=lambda part: part.strip().splitlines()[0] if part else "file")
def test_a_block_is_read(kind: str, block: str) -> None:
    assert kind in ("", "statements", "expressions")
    assert [said for text in texts(kind, block) for said in messages(text)] == []


@pytest.mark.parametrize("block", [block for kind, block in BLOCKS if not kind])
def test_a_whole_file_passes_the_check(block: str) -> None:
    assert {each.code for each in analyse(Source("block.flow", block)).diagnostics} == set()


def test_every_word_of_the_language_is_shown() -> None:
    shown = set(re.findall(r"\w+", " ".join(block for _, block in BLOCKS)))
    assert {word for word in tables().fixed if word.isalpha()} - shown == set()
