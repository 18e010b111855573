"""What others read of a picture: real parsers of each format, and that no text of an author is more than text."""

import os
import re
import subprocess
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dsl.diagnostics.inert import ACTIVE
from dsl.drawing import layout, svg
from dsl.drawing.dot import dot
from dsl.drawing.formats import FORMATS
from dsl.drawing.layout import Box, lay_out
from dsl.drawing.mermaid import mermaid
from dsl.drawing.nesting import Frame, frames
from dsl.drawing.picture import Edge, Group, Node, Picture
from dsl.drawing.styles import LOOKS, STATES
from tests.drawing.pictured import CASES, EXAMPLES, FOLDER, drawn, pictured

XML = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "style", "defs", "marker", "path", "rect", "polygon", "g", "text"}
ATTRIBUTES = {
    "width", "height", "viewBox", "role", "id", "refX", "refY", "markerWidth", "markerHeight", "orient", "d", "class",
    "transform", "x", "y", "rx", "points", "text-anchor", "marker-end",
}  # fmt: skip
HOSTILE = FOLDER / "hostile.flow"


@pytest.mark.parametrize("format_", ["text", "mermaid", "dot", "svg", "json"])
def test_nothing_in_it_moves_a_cursor_or_turns_the_reading_direction(format_: str) -> None:
    text = FORMATS[format_](pictured(HOSTILE)).replace("\n", "")
    assert re.findall(f"[{ACTIVE}]", text) == []


@pytest.mark.parametrize("path", [*CASES, *EXAMPLES], ids=lambda path: path.stem)
def test_an_svg_is_made_of_what_we_draw_and_of_text(path: Path) -> None:
    text = FORMATS["svg"](pictured(path))
    found = list(ET.fromstring(text).iter())
    assert {each.tag.removeprefix(XML) for each in found} <= ELEMENTS
    assert {name for each in found for name in each.attrib} <= ATTRIBUTES
    assert "url(" not in text.replace('marker-end="url(#tip)"', "")
    (style,) = (each for each in found if each.tag == f"{XML}style")
    assert "prefers-color-scheme:dark" in (style.text or "")


def test_what_an_author_wrote_is_whole_in_the_titles() -> None:
    found = ET.fromstring(FORMATS["svg"](pictured(HOSTILE)))
    titles = "\n".join(each.text or "" for each in found.iter(f"{XML}title"))
    assert "<script>alert('1')</script>" in titles
    assert "<b onclick=alert(1)>" in titles
    assert "\\u{202E}right to left \\u{200B} \\u{FFFE}\\u{7}" in titles
    assert "日本語のとても長い名前がここに書いてあります、そして終わりがありません、まだ続きます" in titles


@pytest.mark.parametrize("format_", ["text", "mermaid", "dot", "svg", "json"])
def test_names_of_a_definition_from_elsewhere_are_inert_too(format_: str) -> None:
    bad = "\x1b[31m\u202e\ufffe\x00<script>]]>\"'`#%;|\n--> end"
    nodes = (Node("a~start", "start", bad, "g", (bad,)), Node("b", "tool", bad, "g", (bad, bad), ("b",)))
    picture = Picture(bad, "0", (Group("g", "flow", bad),), nodes, (Edge("a~start", "b", "next", bad),), bad)
    text = FORMATS[format_](picture)
    assert re.findall(f"[{ACTIVE}]", text.replace("\n", "")) == []
    if format_ == "svg":
        assert {each.tag.removeprefix(XML) for each in ET.fromstring(text).iter()} <= ELEMENTS
    if format_ == "mermaid":
        assert "script>" not in text


def test_no_line_of_mermaid_is_an_authors() -> None:
    """Quotes, brackets of tags, comments and directives are numbers; so labels end where we end them."""
    lines = mermaid(pictured(HOSTILE)).splitlines()
    shape = re.compile(r'  n\d+[\[({]+"[^"<>&`#%;|\\]*(?:(?:#\w+;|<br/>|</?b>)[^"<>&`#%;|\\]*)*"[\])}]+')
    edge = re.compile(r'  n\d+ -\.?->(\|"[^"<>&`%|\\]*(?:<br/>[^"<>&`%|\\]*)*"\|)? n\d+')
    others = [line for line in lines[2:] if not shape.fullmatch(line) and not edge.fullmatch(line)]
    assert all(line.startswith(("  classDef ", "  class ")) for line in others), others


@pytest.mark.parametrize("path", [*CASES, *EXAMPLES], ids=lambda path: path.stem)
def test_graphviz_reads_the_same_graph(path: Path) -> None:
    picture = pictured(path)
    done = subprocess.run(
        [layout._program(), "-Tplain"], input=dot(picture).encode(), capture_output=True, check=True, timeout=60
    )
    told = [line for line in done.stderr.decode().splitlines() if "no value for width of non-ASCII" not in line]
    assert told == []
    lines = [line.split()[:3] for line in done.stdout.decode().splitlines()]
    numbers = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    assert sorted(line[1] for line in lines if line[0] == "node") == sorted(numbers.values())
    wanted = sorted([numbers[edge.start], numbers[edge.end]] for edge in picture.edges)
    assert sorted(line[1:] for line in lines if line[0] == "edge") == wanted


def test_graphviz_shows_the_words_as_they_are() -> None:
    text = 'edition 1\nflow main(x: text) -> text { return "\\\\N \\\\l &lt; &amp; {a|b} \\"c\\"" }'
    picture = drawn(text)
    made = subprocess.run(
        [layout._program(), "-Tsvg"], input=dot(picture).encode(), capture_output=True, check=True, timeout=60
    )
    shown = [each.text for each in ET.fromstring(made.stdout).iter(f"{XML}text")]
    assert 'return "\\\\N \\\\l &lt; &amp; {a|b} \\"c\\""' in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        *CASES[::3],
        *(pytest.param(path, marks=pytest.mark.soak) for path in CASES if path not in CASES[::3]),
        *(each for each in EXAMPLES if each.stem in ("support", "report", "handoff")),
    ],
    ids=lambda path: path.stem,
)
def test_mermaid_draws_it(path: Path) -> None:
    """The library that GitHub uses, in an interpreter of JavaScript; one that cannot read a text raises."""
    picture = pictured(path)
    drawing = by_mermaid(mermaid(picture))
    assert len(re.findall(r'class="node ', drawing)) == len(picture.nodes)
    assert "<script" not in drawing
    assert "onclick" not in re.sub(r">[^<]*<", "><", drawing)


@pytest.mark.slow
def test_mermaid_refuses_what_it_cannot_read() -> None:
    """So what it has drawn, it has read."""
    with pytest.raises(RuntimeError, match="Parse error"):
        by_mermaid('flowchart TB\n n0["a" --> n1')


def by_mermaid(text: str) -> str:
    if os.environ.get("CI") is None:
        pytest.importorskip("mermaidx", reason="mermaidx, which carries Mermaid itself, is not installed")
    import mermaidx

    return str(mermaidx.render(text).svg())


def test_nothing_lies_upon_anything() -> None:
    for path in [*CASES, *EXAMPLES]:
        picture = pictured(path)
        placed = laid_out(picture)
        for one, other in combinations(placed.nodes.values(), 2):
            assert apart(one, other), path
        for frame, box in zip(nested(picture), placed.frames, strict=True):
            inside = [placed.nodes[each.id] for each in frame.inside if not isinstance(each, Frame)]
            assert all(within(each, box) for each in inside), path


def laid_out(picture: Picture) -> layout.Layout:
    kept: list[layout.Layout] = []

    def keeping(*arguments: object) -> layout.Layout:
        kept.append(lay_out(*arguments))  # type: ignore[arg-type]
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg, "lay_out", keeping)
        svg.svg(picture)
    return kept[0]


def nested(picture: Picture) -> list[Frame]:
    return [each for frame in frames(picture) for each in svg._nested(frame)]


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x + 0.5
        or other.x + other.width <= one.x + 0.5
        or one.y + one.height <= other.y + 0.5
        or other.y + other.height <= one.y + 0.5
    )


def within(inner: Box, outer: Box) -> bool:
    return (
        inner.x >= outer.x
        and inner.y >= outer.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def test_words_can_be_read_on_every_colour() -> None:
    for look in (LOOKS | STATES).values():
        assert contrast(look.light[0], "#1c2430") >= 4.5
        assert contrast(look.dark[0], "#e6ebf1") >= 4.5


def contrast(one: str, other: str) -> float:
    """As WCAG has it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_large_flow_is_laid_out_soon_enough() -> None:
    """A hundred and fifty steps in blocks of all kinds; how it looks, people have to say."""
    steps = "\n".join(
        f"parallel {{ step a{n} = get(id: x) step b{n} = get(id: x) }}\n"
        f'if a{n}.id == "" {{ step c{n} = get(id: x) step d{n} = get(id: c{n}.id) }}\n'
        f'loop l{n} budget 3 iterations {{ step e{n} = get(id: x) until e{n}.id == x }} on exhausted {{ fail "no" }}'
        for n in range(30)
    )
    tool = "tool get(id: text) -> { id: text } read"
    picture = drawn(f"edition 1\n{tool}\nflow main(x: text) -> text {{\n{steps}\nreturn x\n}}")
    assert sum(node.kind == "tool" for node in picture.nodes) == 150
    text = FORMATS["svg"](picture)
    assert text == FORMATS["svg"](picture)
    assert len(ET.fromstring(text).findall(f".//{XML}g[@class='node tool']")) == 150
