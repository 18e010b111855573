"""Colours follow the grammar: what is a keyword there is one here, all text is kept, and time grows with the text."""

import random
import time
import timeit
from typing import get_args

import pytest

from dsl.formatting.concrete import read
from dsl.highlighting.colours import BUILT_IN_TYPES, LONGEST_PART, Colour, coloured
from dsl.semantics.builtins import BUILTINS
from dsl.source import Source
from dsl.syntax.grammar import tables
from tests.fuzz.mutations import mutated
from tests.highlighting.texts import BLOCKS, BROKEN, EXAMPLES

WORDS = {"keyword", "declaration", "constant", "operator word", "unit"}
NAMES = {"name", "field", "function", "builtin", "type", "basic type"}


def stretches(text: str) -> list[tuple[str, Colour]]:
    """What is seen of it, with its colour."""
    return [(text[start:end], colour) for start, end, colour in coloured(text) if colour != "blank"]


def of(text: str, word: str) -> set[Colour]:
    return {colour for written, colour in stretches(text) if written == word}


@pytest.mark.parametrize("text", [*EXAMPLES.values(), *BROKEN.values()], ids=[*EXAMPLES, *BROKEN])
def test_nothing_is_lost(text: str) -> None:
    found = list(coloured(text))
    assert "".join(text[start:end] for start, end, _ in found) == text
    assert all(start < end for start, end, _ in found)
    assert {colour for _, _, colour in found} <= set(get_args(Colour))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_errors_and_its_words_are_those_of_the_grammar(name: str) -> None:
    text = EXAMPLES[name]
    concrete = read(Source(name, text))
    assert concrete is not None
    at = {start: colour for start, _, colour in coloured(text)}
    assert "error" not in at.values()
    names = {token.text for token in concrete.taken if token.kind == "NAME" and at[token.span.start] not in NAMES}
    words = {token.text for token in concrete.taken if token.word and token.kind != "NAME"}
    assert names == set()
    assert {
        token.text
        for token in concrete.taken
        if token.word and token.kind != "NAME" and at[token.span.start] not in WORDS
    } == set()
    assert len(words) > 3


def test_a_block_of_a_page_has_no_errors() -> None:
    assert [block for block in BLOCKS if "error" in {colour for _, colour in stretches(block)}] == []
    assert len(BLOCKS) > 40


def test_every_word_of_the_grammar_is_coloured_somewhere() -> None:
    shown = {word for text in [*EXAMPLES.values(), *BLOCKS] for word, colour in stretches(text) if colour in WORDS}
    assert {word for word in tables().fixed if word.isalpha()} - shown == set()


@pytest.mark.parametrize("sign", [sign for sign in tables().fixed if not sign[0].isalpha()] + ["<=", ">="])
def test_a_sign_of_the_grammar_is_none_of_words_and_texts(sign: str) -> None:
    assert of(f"let x = a {sign} b", sign) <= {"operator", "punctuation"}


def test_every_function_and_type_of_the_language_is_shown_as_that() -> None:
    assert [name for name in BUILTINS if of(f"let x = {name}(y)", name) != {"builtin"}] == []
    assert [name for name in BUILT_IN_TYPES if of(f"tool t(a: {name}) read", name) != {"basic type"}] == []
    assert of("let x = mine(y)", "mine") == {"function"}
    assert of("tool t(a: Mine) read", "Mine") == {"type"}


@pytest.mark.parametrize(
    ("text", "word", "colour"),
    [
        ("type Mail { from: text, at: time }", "from", "field"),
        ("flow f(step: text) -> text { return step }", "step", "field"),
        ("flow f(queue: text) -> text { return queue }", "return", "keyword"),
        ("step step = flow.type(from: from)", "step", "keyword"),
        ("timeout 30s", "timeout", "keyword"),
        ("timeout 30s", "30s", "duration"),
        ("budget 60k tokens { }", "60k", "number"),
        ("budget 60k tokens { }", "tokens", "unit"),
        ("show tokens", "tokens", "name"),
        ('model "a"\nprompt "b"', "prompt", "keyword"),
        ("remind every 4h", "remind", "keyword"),
        ("at: time = now()", "time", "basic type"),
        ("crm.find", "find", "name"),
        ("step x = crm.find(id: 1)", "find", "function"),
        ("# dsl: ignore[SF603] it warms", "# dsl: ignore[SF603] it warms", "note"),
        ("type T {\n  ## seen\n  a: text # aside\n}", "## seen", "doc"),
        ("type T {\n  ## seen\n  a: text # aside\n}", "# aside", "comment"),
        ('let x = "a\\n{{ b }}"', "\\n", "escape"),
        ('let x = "a\\n{{ b }}"', "{{", "interpolation"),
        ('let x = "a\\n{{ b }}"', "b", "name"),
        ("let x = not true", "not", "operator word"),
        ("let x = not true", "true", "constant"),
        ("edition 1\ntype T { a\u202e: text }", "\u202e", "error"),
    ],
)
def test_a_word_is_what_it_stands_for(text: str, word: str, colour: Colour) -> None:
    assert colour in of(text, word)


def test_what_stands_around_a_mistake_keeps_its_colours() -> None:
    text = "edition 1\ntype T { a: text }\nflow f() { step = = }\nflow g(t: T) -> T { return t }\n"
    assert [word for word, colour in stretches(text) if colour == "type"] == ["T", "T", "T"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["support.flow", "research.flow", "clinic.flow"])
def test_any_text_is_taken(name: str) -> None:
    chance = random.Random(name)
    for _ in range(40):
        text = mutated(EXAMPLES[name].encode(), chance, []).decode(errors="replace")
        assert "".join(text[start:end] for start, end, _ in coloured(text)) == text


HOSTILE = {
    "quotes": '"',
    "long quotes": '""" ',
    "interpolations": '"{{ ',
    "closed interpolations": '"{{ a }}" ',
    "backslashes": "\\",
    "brackets": "( ",
    "braces": "{ ",
    "closing braces": "} ",
    "hashes": "#",
    "notes": "# dsl: ignore[SF601] x\n",
    "docs": "## x\n",
    "digits": "9",
    "letters": "x",
    "words": "step ",
    "words that are names": "at ",
    "dots": "a.",
    "choices": "if a then b else ",
    "blank lines": "\n",
    "declarations": "type T { a: text }\n",
    "mistakes": "step = = \n",
    "signs": "$1 @ ",
    "colons": "a: ",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_text(name: str) -> None:
    def seconds(times: int) -> float:
        text = HOSTILE[name] * times
        return min(timeit.repeat(lambda: list(coloured(text)), timer=time.process_time, number=1, repeat=2))

    assert seconds(8 * LONGEST_PART) < 20 * seconds(LONGEST_PART) + 0.01
