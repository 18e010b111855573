"""Texts for patterns: of each thing that a pattern can say, what is made for it."""

import re
from random import Random

import pytest

from interpreter.providers.patterns import matches, text_matching

EXACT = {
    "^abc$": "abc",
    "a{3}b+c*d?": "aaab",
    "(?:ab){2,5}?": "abab",
    "(a)(b)\\2\\1": "abba",
    "(?P<x>a)-(?P=x)": "a-a",
    "[a]": "a",
    "[b-b]": "b",
    "(?i)x": "x",
    "(?s)(?U)x": "x",
    "\\.\\$": ".$",
    "é": "é",
    "^$": "",
    "": "",
}
ONE_OF = {
    "a|b|cd": {"a", "b", "cd"},
    "[abc]": {"a", "b", "c"},
    "[a-c]": {"a", "b", "c"},
    "[a-cx]": {"a", "b", "c", "x"},
    "[0-9]": set("0123456789"),
    "\\d": set("0123456789"),
    "\\w": set("abcdefghij"),
    "\\s": {" "},
    "[\\s]": {" "},
    "\\D": set("abcdefghij"),
    "\\W": set(" -.,"),
    "\\S": set("abcdefghij"),
    "[\\d_]": set("0123456789_"),
    "(a|b)\\1": {"aa", "bb"},
}
ANY = re.escape("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,:;/@#()+")


def made(pattern: str, times: int = 1) -> set[str | None]:
    return {text_matching(pattern, Random(seed)) for seed in range(times)}


@pytest.mark.parametrize(("pattern", "text"), EXACT.items())
def test_where_there_is_one_shortest_text_that(pattern: str, text: str) -> None:
    assert made(pattern, 5) == {text}
    assert matches(pattern, text)


@pytest.mark.parametrize(("pattern", "texts"), ONE_OF.items())
def test_where_there_are_several_each(pattern: str, texts: set[str]) -> None:
    assert made(pattern, 300) == texts


@pytest.mark.parametrize(
    ("pattern", "but"), [(".", ""), ("[^x]", "x"), ("[^xyz]", "xyz"), ("[^a-f]", "abcdef"), ("[^\\d]", "0123456789")]
)
def test_where_it_may_be_anything_what_can_be_read(pattern: str, but: str) -> None:
    readable = set(re.sub(r"\\(.)", r"\1", ANY))
    assert made(pattern, 900) == readable - set(but)


def test_of_a_wide_range_the_beginning() -> None:
    assert made("[\u4e00-\u9fff]", 900) == {chr(0x4E00 + place) for place in range(65)}


@pytest.mark.parametrize("pattern", ["(oops", "a(?=b)c", "[^\\s\\S]", "(?<!a)b(?<!b)", "a^b", "(a)?\\1x"])
def test_what_cannot_be_followed_is_no_text(pattern: str) -> None:
    assert made(pattern) == {None}


def test_a_pattern_is_found_anywhere_and_what_is_none_nowhere() -> None:
    assert matches("b", "abc")
    assert not matches("^b", "abc")
    assert matches("(?i)B", "B")
    assert not matches("(", "(")
