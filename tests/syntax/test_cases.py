"""Whole files: those of the language's own pages read without a word, and give the trees beside them."""

from pathlib import Path

import pytest

from dsl.ast.node import walk
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.conftest import Golden
from tests.syntax.outline import outline

CASES = Path(__file__).parents[1] / "cases" / "syntax"
FILES = sorted(CASES.glob("*.flow"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_tree_is_as_expected(file: Path, golden: Golden) -> None:
    parsed = parse(Source(file.name, file.read_text(encoding="utf-8")))
    assert parsed.diagnostics == ()
    golden(file.with_suffix(".tree"), outline(parsed.module))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_node_knows_its_place(file: Path) -> None:
    source = Source(file.name, file.read_text(encoding="utf-8"))
    module = parse(source).module
    outside = [node for node in walk(module) if not 0 <= node.span.start < node.span.end <= len(source.text)]
    assert outside == []


def test_layout_and_comments_do_not_count() -> None:
    text = (CASES / "support.flow").read_text(encoding="utf-8")
    spaced = text.replace(" {\n", "   {   # a comment\n\n").replace(": text", " :\ttext")
    assert parse(Source("a", spaced)).module == parse(Source("b", text)).module
