"""The TextMate grammar of `.flow`, for GitHub and for editors, made from the tables of `dsl.syntax`.

`python -m dsl.highlighting.textmate` prints it. Such a grammar is a row of regular expressions, so it knows less than
`colours.py`: what a name stands for is guessed by what stands beside it. Words, signs, numbers, functions and types are
asked of the language itself, and so is which word is a unit or gives a name.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from dsl.highlighting.colours import BUILT_IN_TYPES, HEADS, Colour, alone, coloured
from dsl.semantics.builtins import BUILTINS
from dsl.source import Source
from dsl.syntax.grammar import tables
from dsl.syntax.notes import MARK
from dsl.syntax.parse import parse

SCOPE = "source.flow"
SCOPES: dict[Colour, str] = {
    "comment": "comment.line.number-sign.flow",
    "note": "comment.line.number-sign.note.flow",
    "doc": "comment.line.documentation.flow",
    "keyword": "keyword.control.flow",
    "declaration": "storage.type.flow",
    "constant": "constant.language.flow",
    "operator word": "keyword.operator.word.flow",
    "unit": "keyword.other.unit.flow",
    "operator": "keyword.operator.flow",
    "punctuation": "punctuation.flow",
    "number": "constant.numeric.flow",
    "duration": "constant.numeric.duration.flow",
    "text": "string.quoted.double.flow",
    "escape": "constant.character.escape.flow",
    "interpolation": "punctuation.section.interpolation.flow",
    "name": "variable.other.flow",
    "field": "variable.other.property.flow",
    "function": "entity.name.function.flow",
    "builtin": "support.function.flow",
    "type": "entity.name.type.flow",
    "basic type": "support.type.flow",
}
"""The scope of each colour; blanks have none, and what is an error is left to the check."""

_SERVED = 'tools y from mcp "z" {{ {0} x() -> text from "w" }}'

Rule = dict[str, Any]
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTS: tuple[tuple[str, Colour], ...] = ((r"\?\.", "operator"), (r"(?<!\.)\.(?!\.)", "punctuation"))
_REST = r"(?![A-Za-z0-9_])"


def grammar() -> Rule:
    """The grammar as JSON's values."""
    return {
        "name": "Flow",
        "scopeName": SCOPE,
        "fileTypes": ["flow"],
        "patterns": [{"include": "#code"}],
        "repository": {
            "code": {"patterns": [*_included("comments", "texts", "groups", "fields", "names", "words", "rest")]},
            "listed": {"patterns": [*_included("comments", "texts", "groups", "names", "words", "rest")]},
            "comments": {"patterns": _comments()},
            "texts": {"patterns": _texts()},
            "groups": {"patterns": [_group("(", ")", "code"), _group("[", "]", "listed"), _group("{", "}", "code")]},
            "fields": {"patterns": [_match("field", rf"\b{_NAME}(?=\s*:)")]},
            "names": {"patterns": _names()},
            "words": {"patterns": _words()},
            "rest": {"patterns": _rest()},
        },
    }


def written() -> str:
    """The grammar as the text of its file."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


def _included(*names: str) -> Iterable[Rule]:
    return ({"include": f"#{name}"} for name in names)


def _match(colour: Colour, pattern: str) -> Rule:
    return {"name": SCOPES[colour], "match": pattern}


def _captured(pattern: str, *colours: Colour) -> Rule:
    named = {str(number): {"name": SCOPES[colour]} for number, colour in enumerate(colours, 1)}
    return {"match": pattern, "captures": named}


def _comments() -> list[Rule]:
    return [
        _captured(rf"^\s*({tables().patterns['DOC']})", "doc"),
        _match("note", rf"#\s*{re.escape(MARK.lstrip('# '))}[^\n]*"),
        _match("comment", r"#[^\n]*"),
    ]


def _texts() -> list[Rule]:
    """Longer quotes first; a short text ends with its line, whatever is open in it."""
    parts = [_match("escape", r"\\(?:u\{[0-9A-Fa-f]*\}|.)"), _between("interpolation", r"\{\{", r"\}\}", "code")]
    return [
        {"name": SCOPES["text"], "begin": quotes, "end": end, "patterns": parts}
        for quotes, end in (('"""', '"""'), ('"', r'"|$'))
    ]


def _between(colour: Colour, begin: str, end: str, inside: str) -> Rule:
    marks = {"0": {"name": SCOPES[colour]}}
    patterns = [{"include": f"#{inside}"}]
    return {
        "contentName": f"meta.embedded.{SCOPE}",
        "begin": begin,
        "end": end,
        "beginCaptures": marks,
        "endCaptures": marks,
        "patterns": patterns,
    }


def _group(begin: str, end: str, inside: str) -> Rule:
    """Brackets in pairs, so that two that close records do not close an interpolation."""
    marks = {"0": {"name": SCOPES["punctuation"]}}
    return {
        "begin": re.escape(begin),
        "end": re.escape(end),
        "beginCaptures": marks,
        "endCaptures": marks,
        "patterns": [{"include": f"#{inside}"}],
    }


def _names() -> list[Rule]:
    """Names that what stands beside them tells apart, before words: a word of the language may be a name, too."""
    heads = _heads()
    type_, call = _alternatives(heads["type"]), _alternatives(heads["function"])
    path = rf"{_NAME}(?=(?:\.{_NAME})*\s*\()"
    words = tables().fixed.keys()
    return [
        *(_captured(rf"({dot})\s*({path})", colour, "function") for dot, colour in _DOTS),
        *(_captured(rf"({dot})\s*({_NAME})", colour, "name") for dot, colour in _DOTS),
        _captured(rf"\b({type_})\s+({_NAME})", "declaration", "type"),
        _captured(rf"\b({call})\s+({path})", "declaration", "function"),
        *_giving(),
        _match("function", rf"\b{_NAME}(?=(?:\.{_NAME})+\s*\()"),
        *(_typed(sign) for sign in ("->", "|", ":")),
        _match("basic type", rf"(?<=\[)(?:{_alternatives(BUILT_IN_TYPES)})(?=\]|\s+at\b)"),
        _match("builtin", rf"\b(?:{_alternatives(BUILTINS.keys() - words)})(?=\s*\()"),
        _match("builtin", rf"\b(?:{_alternatives(BUILTINS.keys() & words)})(?=\()"),  # and `group (`, as the word
        _match("basic type", rf"\b(?:{_alternatives(BUILT_IN_TYPES - BUILTINS.keys())})(?=\s*[\[(])"),
        _match("type", r"\b[A-Z][A-Za-z0-9_]*" + _REST),
        _match("name", rf"\b{_NAME}(?=\??\.(?!\.))"),
    ]


def _typed(sign: str) -> Rule:
    """A type of the language behind a sign that a type may follow."""
    colour: Colour = "punctuation" if sign == ":" else "operator"
    types = _alternatives(BUILT_IN_TYPES)
    return _captured(rf"({re.escape(sign)})\s*({types}){_REST}(?!\s*[.(])", colour, "basic type")


def _words() -> list[Rule]:
    """One row for each colour that words have. A word before a call is a function's name where nothing else fits."""
    by: dict[Colour, list[str]] = {}
    for word in _language():
        by.setdefault(_alone(word), []).append(word)
    words = [_match(colour, rf"\b(?:{_alternatives(found)}){_REST}") for colour, found in sorted(by.items())]
    return [*words, _match("function", rf"\b{_NAME}(?=\s*\()"), _match("name", rf"\b{_NAME}")]


def _rest() -> list[Rule]:
    patterns = tables().patterns
    signs = sorted((sign for sign in tables().fixed if not sign.isalpha()), key=len, reverse=True)
    operators = [sign for sign in signs if _alone(sign) == "operator"]
    return [
        _match("duration", rf"\b{patterns['DURATION']}{_REST}"),
        *(_match("number", rf"\b{patterns[kind]}{_REST}") for kind in ("NUMBER", "SCALED", "INT")),
        _match("operator", "|".join(["=>", patterns["COMPARISON"], *(re.escape(sign) for sign in operators)])),
        _match("punctuation", "|".join(re.escape(sign) for sign in signs if sign not in operators)),
    ]


def _language() -> list[str]:
    return sorted(word for word in tables().fixed if word.isalpha())


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def _alone(written: str) -> Colour:
    return alone(tables().fixed[written], written)


def _heads() -> dict[Colour, list[str]]:
    """The words behind which a name is declared, by what it is the name of."""
    found: dict[Colour, list[str]] = {"type": [], "function": []}
    for word in _language():
        declared = ("{0} x {{ }}", "{0} x() {{ }}", "{0} x() -> text {{ }}", "{0} x() -> text = 1", _SERVED)
        seen = {colour for each in declared for colour, written in _seen(each.format(word)) if written == "x"}
        for colour in found.keys() & seen if tables().fixed[word] in HEADS else ():
            found[colour].append(word)
    return found


def _giving() -> Iterable[Rule]:
    """The words of statements that give a name a value: behind them a word of the language is a name."""
    text = "edition 1\nflow f() {{ {0} x = t() }}"
    found = [word for word in _language() if not parse(Source("", text.format(word))).diagnostics]
    return (_captured(rf"\b({word})\s+({_NAME})(?=\s*(?:=(?![=>])|:))", _alone(word), "name") for word in found)


def _seen(text: str) -> set[tuple[Colour, str]]:
    return {(colour, text[start:end]) for start, end, colour in coloured(text)}


if __name__ == "__main__":
    sys.stdout.write(written())
