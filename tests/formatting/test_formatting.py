"""Each case is a text and, beside it, the same text formatted; some thousands more are random."""

from collections.abc import Callable
from pathlib import Path

import pytest

import dsl.formatting.format
from dsl.analysis import analyse
from dsl.formatting.format import TreeChanged, format_text
from dsl.formatting.laid import Laid
from dsl.formatting.lines import WIDTH
from dsl.formatting.shapes import SHAPES, Shape
from dsl.linking.files import files_of
from dsl.source import Source
from dsl.syntax.parse import BREAKING, parse
from tests.formatting.generated import Texts, named, ways
from tests.formatting.laws import broken_law
from tests.formatting.search import search
from tests.house.checkout import ROOT

CASES = sorted((ROOT / "tests" / "cases" / "formatting").glob("*.flow"))
OTHERS = sorted([*(ROOT / "examples").rglob("*.flow"), *(ROOT / "tests" / "cases").rglob("*.flow")])


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case(file: Path, golden: Callable[[Path, str], None]) -> None:
    formatted = format_text(file.read_text(encoding="utf-8"))
    assert formatted is not None
    golden(file.with_suffix(".formatted"), formatted)


@pytest.mark.parametrize(
    "files",
    [
        OTHERS[::12],
        pytest.param(OTHERS[1::3], marks=pytest.mark.slow),
        pytest.param(OTHERS, marks=[pytest.mark.soak, pytest.mark.timeout(600)]),
    ],
    ids=["some", "more", "all"],
)
def test_texts_that_there_are_keep_the_laws(files: list[Path]) -> None:
    broken = {}
    unread = 0
    for file in files:
        text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        law = broken_law(text)
        if law == "it is not read":
            unread += 1
            assert {each.code for each in parse(Source("", text)).diagnostics} & (BREAKING | {"SF002"}), file
        elif law:
            broken[file.name] = law
    assert broken == {}
    assert unread < len(files) // 5


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(OTHERS[::3], marks=pytest.mark.slow),
        pytest.param(OTHERS, marks=[pytest.mark.soak, pytest.mark.timeout(600)]),
    ],
    ids=["some", "all"],
)
def test_the_check_says_the_same_of_what_is_formatted(files: list[Path]) -> None:
    """Also where a comment says that it is to be silent about a line."""
    changed = 0
    for file in files:
        text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        once = format_text(text)
        if once not in (None, text):
            changed += 1
            assert once is not None
            assert codes(file, once) == codes(file, text), file
    assert changed > len(files) // 10


def codes(file: Path, text: str) -> list[str]:
    found = analyse(Source(str(file), text), files=files_of(str(file)))
    return sorted(each.code for each in found.diagnostics)


@pytest.mark.parametrize(
    ("first", "number"),
    [
        (0, 50),
        pytest.param(50, 350, marks=pytest.mark.slow),
        pytest.param(400, 10_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
    ids=["few", "more", "many"],
)
def test_random_texts_keep_the_laws(first: int, number: int) -> None:
    found, accepted, _ = search(range(first, first + number))
    assert found is None, found
    assert accepted > number * 3 // 4


def test_so_many_texts_as_there_are_productions_use_each_of_them() -> None:
    used: set[str] = set()
    for seed in range(len(ways())):
        texts = Texts(seed)
        texts.text()
        used |= texts.used
    assert used == {named(way[-1]) for way in ways()}


def test_every_shape_is_one_of_a_rule() -> None:
    assert set(SHAPES.values()) == set(Shape)


def test_lines_are_broken_where_they_are_too_long() -> None:
    text = "edition 1\nflow f() {\n" + "".join(f"  let x{n} = f({'a, ' * n})\n" for n in range(1, 60)) + "}\n"
    formatted = format_text(text)
    assert formatted is not None
    lengths = [len(line) for line in formatted.splitlines()]
    assert max(lengths) in (WIDTH, WIDTH - 1, WIDTH - 2)


@pytest.mark.parametrize("rows", [" + x", " and x", ".x", "[0]", " // x - x"])
def test_long_rows_are_not_deep(rows: str) -> None:
    text = f"edition 1\nfn f(x: int) -> int = x{rows * 3000}\n"
    once = format_text(text)
    assert once is not None
    assert format_text(once) == once


@pytest.mark.parametrize(
    ("open_", "close"), [("f(", ")"), ("[", "]"), ("(", ")"), ("if x then ", " else y"), ("not ", ""), ("- ", "")]
)
def test_what_is_nested_ends(open_: str, close: str) -> None:
    text = f"edition 1\nfn f(x: int) -> int = {open_ * 95}x # why\n{close * 95}\n"
    once = format_text(text)
    assert once is not None
    assert format_text(once) == once


def test_a_text_that_does_not_parse_has_no_layout() -> None:
    assert format_text("edition 1\nflow f( {\n") is None
    assert format_text("edition 2\nflow f() {}\n") is None


def test_what_would_say_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = dsl.formatting.format._printed
    text = "edition 1\nfn f(x: int) -> int = x  -  1\n"
    for was, instead in [("- 1", "+ 1"), ("- 1", "- 12"), (" - 1", ""), ("x: int", "x: int = 1"), ("edition 1", "")]:
        monkeypatch.setattr(
            dsl.formatting.format,
            "_printed",
            lambda *given, was=was, instead=instead: printed(*given).replace(was, instead),
        )
        with pytest.raises(TreeChanged):
            format_text(text)


def test_a_text_of_several_lines_that_lost_a_blank_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = dsl.formatting.format._printed
    monkeypatch.setattr(dsl.formatting.format, "_printed", lambda *given: printed(*given).replace("  b", " b"))
    with pytest.raises(TreeChanged):
        format_text('edition 1\nfn f() -> text  = """\n  a\n   b\n  """\n')
    with pytest.raises(TreeChanged):
        format_text('edition 1\nfn f(x: int) -> text  = """\n  a{{ x }}\n   b\n  """\n')


def test_what_looks_like_documentation_of_nothing_stays_a_comment() -> None:
    text = "edition 1\ntool t(\n  x: int\n  ## of nothing\n) read\n"
    assert format_text(text) == "edition 1\n\ntool t(\n  x: int,\n  ## of nothing\n) read\n"


def test_a_chain_on_one_line_is_laid_out_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what stands behind a part only as much is measured as a line holds."""
    asked = 0
    end_after = Laid.end_after

    def counting(self: Laid, first: int) -> int:
        nonlocal asked
        asked += 1
        return end_after(self, first)

    monkeypatch.setattr(Laid, "end_after", counting)

    def looked(number: int) -> int:
        nonlocal asked
        asked = 0
        chain = " else ".join(f"if q == {each} {{ return {each} }}" for each in range(number))
        format_text(f"edition 1\n\nflow main(q: int) -> int {{ {chain} return 0 }}\n")
        return asked

    assert looked(400) < 6 * looked(100)
