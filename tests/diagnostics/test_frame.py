"""Frames: the lines, the carets below them, and what terminals make of the characters."""

import pytest

from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.diagnostics.frame import COLOURED, frame
from dsl.source import Source, Span


def at(source: Source, part: str, text: str = "") -> Label:
    start = source.text.index(part)
    return Label(Span(start, start + len(part)), text)


def drawn(text: str, primary: str, *secondary: str) -> list[str]:
    """The lines of the frame between the place and the help."""
    source = Source("a.flow", text)
    labels = tuple(at(source, part, f"this is {part}") for part in secondary)
    return frame(source, Diagnostic("SF101", "wrong", at(source, primary), labels)).splitlines()[3:]


def test_a_frame_has_message_place_lines_and_help() -> None:
    source = Source("dir/a.flow", "first\nsecond line\n")
    diagnostic = Diagnostic(
        "SF101", "unknown name `line`", at(source, "line"), (), "did you mean `lime`?", None, "warning"
    )
    assert frame(source, diagnostic).splitlines() == [
        "warning[SF101]: unknown name `line`",
        " --> dir/a.flow:2:8",
        "  |",
        "2 | second line",
        "  |        ^^^^",
        "  |",
        "  = help: did you mean `lime`?",
    ]


def test_labels_stand_in_the_order_of_the_lines() -> None:
    assert drawn("one\ntwo\nthree\nfour\n", "four", "one", "three") == [
        "1 | one",
        "  | --- this is one",
        " ...",
        "3 | three",
        "  | ----- this is three",
        "4 | four",
        "  | ^^^^",
    ]


def test_labels_of_one_line_stand_below_each_other() -> None:
    assert drawn("a = b", "b", "a") == ["1 | a = b", "  |     ^", "  | - this is a"]


def test_of_a_very_long_line_the_part_around_a_mark_is_shown() -> None:
    line, mark = drawn("a" * 300 + "wrong" + "b" * 300, "wrong")
    assert line == f"1 | …{'a' * 60}wrong{'b' * 95}…"
    assert mark == f"  | {' ' * 61}^^^^^"
    assert drawn("a" * 300 + "wrong", "wrong") == [f"1 | …{'a' * 60}wrong", mark]
    assert drawn("wrong" + "b" * 300, "wrong") == [f"1 | wrong{'b' * 155}…", "  | ^^^^^"]
    assert drawn("wrong" * 60, "wrong" * 60) == [f"1 | {'wrong' * 32}…", f"  | {'^' * 160}"]


def test_marks_far_from_each_other_in_a_long_line_have_a_part_each() -> None:
    assert drawn("first" + "a" * 300 + "wrong", "wrong", "first") == [
        f"1 | …{'a' * 60}wrong",
        f"  | {' ' * 61}^^^^^",
        f"1 | first{'a' * 155}…",
        "  | ----- this is first",
    ]


def test_line_numbers_are_aligned() -> None:
    lines = drawn("\n" * 7 + "one\n\n\ntwo\n", "two", "one")
    assert lines[0] == " 8 | one"
    assert lines[3] == "11 | two"


@pytest.mark.parametrize(
    ("before", "drawn_before", "columns"),
    [
        ("\t", "    ", 4),
        ("\t\tx", "        x", 9),
        ("日本", "日本", 4),
        ("e\u0301", "e\u0301", 1),
        ("\u200b", "�", 1),
        ("\x1b[31m", "�[31m", 5),
        ("ﾊ", "ﾊ", 1),
    ],
)
def test_carets_stand_below_what_they_mean(before: str, drawn_before: str, columns: int) -> None:
    assert drawn(f"{before}here", "here") == [f"1 | {drawn_before}here", f"  | {' ' * columns}^^^^"]


def test_wide_text_has_wide_carets() -> None:
    assert drawn("x 日本 y", "日本")[1] == "  |   ^^^^"


def test_what_goes_over_lines_is_marked_on_the_first() -> None:
    assert drawn("a {\n  b\n}\n", "a {\n  b\n}") == ["1 | a {", "  | ^^^"]


@pytest.mark.parametrize("text", ["", "x", "x\n", "\n\n"])
def test_the_end_of_a_text_can_be_marked(text: str) -> None:
    end = Span(len(text), len(text))
    lines = frame(Source("a", text), Diagnostic("SF001", "ends", Label(end))).splitlines()
    assert lines[-1].endswith("^")


def test_colours_are_there_only_when_asked_for() -> None:
    source = Source("a", "x y")
    diagnostic = Diagnostic("SF001", "m", at(source, "x"), (at(source, "y", "t"),), "h")
    plain, coloured = frame(source, diagnostic), frame(source, diagnostic, COLOURED)
    assert "\x1b" not in plain
    for code in (COLOURED.error, COLOURED.place, COLOURED.strong, COLOURED.end):
        coloured = coloured.replace(code, "")
    assert coloured == plain
