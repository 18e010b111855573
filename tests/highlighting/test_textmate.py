"""The grammar for editors is made from the language's own and colours what that does; VS Code's package is whole."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from dsl.highlighting.colours import Colour, coloured
from dsl.highlighting.textmate import SCOPES, written
from dsl.syntax.grammar import tables
from tests.highlighting.texts import BLOCKS, BROKEN, EXAMPLES
from tests.house.checkout import ROOT

PACKAGE = ROOT / "editors" / "vscode"
GRAMMAR = PACKAGE / "syntaxes" / "flow.tmLanguage.json"
MODULES = ROOT / ".ci" / "editors" / "node_modules"
READER = Path(__file__).with_name("textmate.mjs")

NAMES = {"name", "field", "function", "builtin", "type", "basic type"}
"""What a name stands for is guessed by what is beside it."""


def test_the_committed_grammar_is_the_one_that_is_made() -> None:
    made = written()
    assert GRAMMAR.read_text(encoding="utf-8") == made, "`python -m dsl.highlighting.textmate` prints it anew"
    assert [word for word in tables().fixed if word.isalpha() and not re.search(rf"\b{word}\b", made)] == []
    assert set(SCOPES) == set(get_args(Colour)) - {"blank", "error"}


def test_the_package_names_files_that_there_are() -> None:
    package = _json(PACKAGE / "package.json")
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert package["version"] == tomllib.load(file)["project"]["version"]
    (language,), (grammar,) = package["contributes"]["languages"], package["contributes"]["grammars"]
    assert language["extensions"] == [".flow"]
    assert grammar["language"] == language["id"]
    assert (PACKAGE / grammar["path"]).resolve() == GRAMMAR
    assert grammar["scopeName"] == _json(GRAMMAR)["scopeName"]
    assert _json(PACKAGE / language["configuration"])["comments"] == {"lineComment": "#"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_lines_are_indented_as_the_formatter_does(name: str) -> None:
    rules = _json(PACKAGE / "language-configuration.json")["indentationRules"]
    deeper, back = (re.compile(rules[each]) for each in ("increaseIndentPattern", "decreaseIndentPattern"))
    code = re.sub(r'"""(.|\n)*?"""', '""', EXAMPLES[name])
    lines = [line for line in code.splitlines() if line.strip()]
    wrong = []
    for line, after in pairwise(lines):
        here, there = (len(each) - len(each.lstrip()) for each in (line, after))
        wanted = here + 2 if deeper.search(line) and not back.search(after) else there
        if there != wanted or (back.search(after) and there > here):
            wrong.append((line, after))
    assert wrong == []


needs_an_editor = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("STEADFLOW_NEEDS_SERVERS") and not (shutil.which("node") and MODULES.exists()),
        reason="`make editors` installs what an editor reads grammars with; it needs node",
    ),
]


@pytest.fixture(scope="module")
def seen_by_an_editor() -> list[tuple[str, dict[int, Colour | None]]]:
    """Of each text, the colour that an editor gives to each of its characters."""
    texts = [*EXAMPLES.values(), *BLOCKS, *(text for text in BROKEN.values() if text.isascii())]
    command = ["node", str(READER), str(MODULES), str(GRAMMAR)]
    ended = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    by_scope = {scope: colour for colour, scope in SCOPES.items()}
    found = []
    for text, tokens in zip(texts, json.loads(ended.stdout), strict=True):
        colours = {at: by_scope.get(scope) for start, end, scope in tokens for at in range(start, end)}
        found.append((text, colours))
    return found


class TestAnEditor:
    pytestmark = needs_an_editor

    def test_sees_what_is_no_name_as_it_is(self, seen_by_an_editor: Any) -> None:
        wrong, compared = [], 0
        for text, colours in seen_by_an_editor[: len(EXAMPLES) + len(BLOCKS)]:
            for start, end, colour in coloured(text):
                seen = {colours.get(at) for at in range(start, end) if not text[at].isspace()}
                compared += 1
                if colour not in NAMES | {"blank", "error"} and seen - {colour}:
                    wrong.append((text[start:end], colour, seen))
        assert wrong == []
        assert compared > 10_000

    def test_mostly_guesses_what_a_name_stands_for(self, seen_by_an_editor: Any) -> None:
        names = [
            (colour, colours.get(start))
            for text, colours in seen_by_an_editor[: len(EXAMPLES) + len(BLOCKS)]
            for start, _, colour in coloured(text)
            if colour in NAMES
        ]
        assert len(names) > 3_000
        assert sum(colour != seen for colour, seen in names) < 0.03 * len(names)

    def test_reads_any_text_to_its_end(self, seen_by_an_editor: Any) -> None:
        for text, colours in seen_by_an_editor:
            assert all(at in colours for at, each in enumerate(text) if not each.isspace())


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
