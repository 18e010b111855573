"""What is made out of each expression, statement and declaration, and what is told of a wrong one: word for word.

`tests/cases/semantics/` has for each text its type, and what becomes a value of another type; or what is told: the
code, the message, its help, and the part of the text that it is about.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dsl.analysis import Analysis, analyse
from dsl.ast.expressions import Expression
from dsl.ast.node import walk
from dsl.ast.statements import Let
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.types import spelled
from dsl.source import Source

FOLDER = Path(__file__).parents[1] / "cases" / "semantics"
OF_NAMES = ("SF106", "SF603", "SF608", "SF611")
TOGETHER = 25
"""Texts in one file: of more than a hundred messages not all are told."""
_MORE = re.compile(r"; and [\d,]+ more messages$")
_Told = dict[str, str | list[str]]


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_it_is_told_word_for_word(file: Path, request: pytest.FixtureRequest) -> None:
    cases = read(file)
    texts, found = list(cases["texts"]), dict[str, str | list[str]]()
    for at in range(0, len(texts), TOGETHER):
        found |= told(cases["all"], cases["each"], texts[at : at + TOGETHER])
    if request.config.getoption("--rewrite"):
        head = "".join(f"{line}\n" for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
        written = yaml.safe_dump({**cases, "texts": found}, width=110, sort_keys=False, allow_unicode=True)
        file.write_text(head + written, encoding="utf-8")
    assert found == cases["texts"]


def told(whole: str, each: str, texts: list[str]) -> _Told:
    """Each on a line of its own: what is told there, or the type of the `let` that has it."""
    lines = [each.replace("TEXT", text).replace("NUMBER", str(number)) for number, text in enumerate(texts)]
    source = Source("case.flow", "edition 1\n" + whole.replace("TEXTS", "\n".join(lines)) + "\n")
    first = source.text[: source.text.index(lines[0])].count("\n") + 1
    analysis = analyse(source)
    found: dict[int, list[str]] = {}
    for one in analysis.diagnostics:
        if one.code not in OF_NAMES:
            line = source.position(one.primary.span.start).line
            found.setdefault(line - first, []).append(_said(one, source))
    assert found.keys() <= set(range(len(texts))), found
    types = {
        source.position(let.span.start).line - first: spelled(analysis.facts.type_of(let.value))
        + _made(let.value, analysis, source)
        for let in analysis.facts.all(Let)
        if let.name.startswith("value")
    }
    return {text: found.get(at) or types.get(at, []) for at, text in enumerate(texts)}


def _made(value: Expression, analysis: Analysis, source: Source) -> str:
    """What in it becomes a value of another type."""
    made = [
        f"`{source.slice(node.span)}` as {spelled(type_)}"
        for node in walk(value)
        for type_ in analysis.facts.conversions.get(id(node), ())
    ]
    return f"; {', '.join(made)}" if made else ""


def _said(each: Diagnostic, source: Source) -> str:
    told = f"{each.code} {_MORE.sub('', each.message)}"
    told += f" | {each.help}" if each.help else ""
    places = [each.primary, *(place for place in each.secondary if place.text != "also here")]
    return f"{told} [{'; '.join(_at(source.slice(place.span), place.text) for place in places)}]"


def _at(text: str, words: str) -> str:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
    return f"{shown} ({words})" if words else shown
