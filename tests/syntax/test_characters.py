"""What a reviewer sees is what runs: characters that do not show what they do are told where they stand."""

import pytest

from dsl.analysis import analyse
from dsl.diagnostics.reports import concise
from dsl.source import Source

HIDDEN = "\u202a\u202e\u2066\u2069\u200b\u200d\u200e\u2060\ufeff\u00ad\x00\x07\x1b\x7f\x85\x9b\u2028\u2029\r\ud800"
KINDS = dict.fromkeys("\x85\u2028\u2029\r", "line-end-that-is-none")
OTHER = "direction-marks-in-the-text"
PLACES = {
    "text": 'edition 1\nflow main(a: text) -> bool {{\n  return a == "x{}y"\n}}\n',
    "comment": "edition 1\nflow main(a: text) -> text {{\n  # note{} more\n  return a\n}}\n",
    "between": "edition 1\nflow main(a: text) -> text {{\n  return {} a\n}}\n",
    "name": "edition 1\nflow main(a: text) -> text {{\n  let b{}c = a\n  return a\n}}\n",
    "documentation": "edition 1\n## Says {} it.\nflow main(a: text) -> text {{\n  return a\n}}\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("character", HIDDEN, ids=lambda each: f"{KINDS.get(each, OTHER)} U+{ord(each):04X}")
def test_it_is_told_by_its_code_point_and_never_shown(place: str, character: str) -> None:
    source = Source("case.flow", PLACES[place].format(character))
    (found,) = analyse(source).diagnostics
    assert found.code == "SF005"
    assert f"U+{ord(character):04X}" in found.message
    assert source.slice(found.primary.span) == character
    assert character not in concise([(source, [found])]).replace("\n", "")


def test_the_fix_of_a_text_is_its_escape() -> None:
    (found,) = analyse(Source("case.flow", PLACES["text"].format("\u202e"))).diagnostics
    assert found.fix is not None
    assert found.fix.replacement == "\\u{202E}"


@pytest.mark.parametrize("text", ["\ufeffedition 1\nflow main() { }", "edition 1\r\nflow main() {\r\n}\r\n"])
def test_a_byte_order_mark_and_line_ends_of_windows_are_fine(text: str) -> None:
    assert analyse(Source("case.flow", text)).diagnostics == ()


@pytest.mark.parametrize("text", ["Grüße, 世界", "👍🏽 ✈️", "שלום عربي", "naïve — “quoted” …"])
def test_what_shows_is_fine(text: str) -> None:
    assert analyse(Source("case.flow", f'edition 1\nflow main() -> text {{ return "{text}" }}')).diagnostics == ()
