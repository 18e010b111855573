"""A picture as SVG: one file for light and dark, which the reader's own setting tells apart.

No text of an author is markup, a link or a script: it stands escaped in `<text>` and `<title>`, and nothing else in the
file comes from it.
"""

from collections.abc import Iterator

from dsl.diagnostics.inert import inert, inert_lines
from dsl.drawing.labels import edge_rows, frame_row, line_rows, title_rows, whole
from dsl.drawing.layout import Box, Layout, Point, Route, lay_out
from dsl.drawing.nesting import Frame, frames
from dsl.drawing.picture import Edge, Node, Picture
from dsl.drawing.styles import LOOKS, STATES, Colours, legend, look
from dsl.drawing.widths import FONTS, width
from dsl.regex import regex

TITLE, LINE, LABEL = 13.0, 11.0, 10.5
"""Sizes of letters, in points."""
ROW = 1.32
PAD_X, PAD_Y = 11.0, 8.0
MARGIN = 10.0
_ROUND = frozenset({"start", "end", "return", "fail", "fork", "join"})
_SOFT = frozenset({"loop", "around", "wait", "event", "undo"})
_POINTED = frozenset({"choice", "until"})
POINT = 12.0


def svg(picture: Picture) -> str:
    """Raises `NoLayout`."""
    drawn = [each for frame in frames(picture) for each in _nested(frame)]
    sizes = {node.id: _size(node) for node in picture.nodes}
    rows = {number: edge_rows(edge) for number, edge in enumerate(picture.edges) if edge.label}
    labels = {number: _words_size(each, LABEL) for number, each in rows.items()}
    heads = [_head_size(frame_row(frame)) for frame in drawn]
    layout = lay_out(picture, sizes, labels, heads)
    lines = [*_head(picture, layout)]
    lines += [_frame(frame, box) for frame, box in zip(drawn, layout.frames, strict=True)]
    for number, (edge, route) in enumerate(zip(picture.edges, layout.routes, strict=True)):
        lines += _route(edge, rows.get(number, []), route)
    for node in picture.nodes:
        lines += _node(node, layout.nodes[node.id], look(node, picture.run))
    if picture.run is not None:
        lines.append(f'<text x="2" y="{layout.height + LINE + 4:.1f}">{_escaped(legend(picture))}</text>')
    return "\n".join([*lines, "</g>", "</svg>"]) + "\n"


def _nested(frame: Frame) -> Iterator[Frame]:
    yield frame
    for each in frame.inside:
        if isinstance(each, Frame):
            yield from _nested(each)


def _size(node: Node) -> Point:
    titles, lines = title_rows(node), line_rows(node)
    widest = max(
        *(width(row, TITLE, bold=True) for row in titles),
        *(width(row, LINE) for row in lines),
        24.0,
    )
    high = len(titles) * TITLE * ROW + len(lines) * LINE * ROW
    return widest + 2 * (PAD_X + POINT * (node.kind in _POINTED)), high + 2 * PAD_Y


def _words_size(rows: list[str], size: float) -> Point:
    return max(width(row, size) for row in rows) + 8, len(rows) * size * ROW + 4


def _head_size(title: str) -> Point:
    return _words_size([title], LABEL) if title else (1.0, 1.0)


def _head(picture: Picture, layout: Layout) -> Iterator[str]:
    below = 0.0 if picture.run is None else LINE * ROW + 4
    wide, high = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN + below
    title = f"flow {picture.flow}" + (f", run {picture.run}" if picture.run is not None else "")
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" role="img">'
    )
    yield f"<title>{_escaped(title)}</title>"
    yield f"<style>{_style(picture)}</style>"
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    yield '<path d="M0 0.8 8 4 0 7.2z" class="tip"/></marker></defs>'
    yield f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}"/>'
    yield f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">'


def _style(picture: Picture) -> str:
    looks = {look(node, picture.run) for node in picture.nodes}
    used = {name: each for name, each in (LOOKS | STATES).items() if name in looks}
    light = "".join(_rule(name, each.light) for name, each in used.items())
    dark = "".join(_rule(name, each.dark) for name, each in used.items())
    return (
        f"text{{font-family:{FONTS};font-size:{LINE}px;fill:var(--ink)}}"
        f".t{{font-size:{TITLE}px;font-weight:bold}}.l{{font-size:{LABEL}px}}"
        ".node>*{stroke-width:1.3}.node text{stroke:none}"
        ".frame{fill:var(--frame);stroke:var(--edge);stroke-width:0.8}"
        ".paper{fill:var(--paper)}.e{fill:none;stroke:var(--edge);stroke-width:1.3}.tip{fill:var(--edge)}"
        ".error,.calls{stroke-dasharray:5 3}.undo-way{stroke-dasharray:2 3}"
        ".label{fill:var(--paper);fill-opacity:.82}.not_reached text{fill-opacity:.7}"
        f"svg{{--paper:#fff;--ink:#1c2430;--edge:#5b6875;--frame:#5b68750d;color-scheme:light dark}}{light}"
        "@media (prefers-color-scheme:dark){"
        f"svg{{--paper:#11151a;--ink:#e6ebf1;--edge:#8b98a7;--frame:#8b98a712}}{dark}}}"
    )


def _rule(name: str, colours: Colours) -> str:
    return f".{name}{{fill:{colours[0]};stroke:{colours[1]}}}"


def _frame(frame: Frame, box: Box) -> str:
    shape = (
        f'<rect class="frame" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" rx="7"/>'
    )
    title = _escaped(frame_row(frame))
    if not title:
        return shape
    return f'{shape}<text class="l" x="{box.x + 9:.1f}" y="{box.y + LABEL + 5:.1f}">{title}</text>'


def _route(edge: Edge, rows: list[str], route: Route) -> Iterator[str]:
    first, *rest = route.points
    curve = f"M{_at(first)}C{' '.join(map(_at, rest))}" + (f"L{_at(route.tip)}" if route.tip is not None else "")
    name = "undo-way" if edge.kind == "undo" else edge.kind
    tip = "" if edge.kind == "uses" else ' marker-end="url(#tip)"'
    yield f'<path class="e {name}" d="{curve}"{tip}/>'
    if rows and route.label is not None:
        x, y = route.label
        wide, high = _words_size(rows, LABEL)
        yield f"<g><title>{_escaped(inert(edge.label))}</title>"
        yield (
            f'<rect class="label" x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}" rx="3"/>'
        )
        yield from _words(rows, "l", x, y - high / 2 + 2, LABEL)
        yield "</g>"


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _node(node: Node, box: Box, name: str) -> Iterator[str]:
    state = "" if node.state is None else f"\n{node.state}"
    yield f'<g class="node {name}"><title>{_escaped(whole(node) + state)}</title>'
    yield _outline(node, box)
    middle, top = box.x + box.width / 2, box.y + PAD_Y
    titles = title_rows(node)
    yield from _words(titles, "t", middle, top, TITLE)
    yield from _words(line_rows(node), "", middle, top + len(titles) * TITLE * ROW, LINE)
    yield "</g>"


def _outline(node: Node, box: Box) -> str:
    x, y, wide, high = box.x, box.y, box.width, box.height
    if node.kind in _POINTED:
        right, middle, low = x + wide, y + high / 2, y + high
        corners = [
            (x, middle), (x + POINT, y), (right - POINT, y), (right, middle), (right - POINT, low), (x + POINT, low),
        ]  # fmt: skip
        return f'<polygon points="{" ".join(map(_at, corners))}"/>'
    corner = min(high / 2, 16) if node.kind in _ROUND else 9 if node.kind in _SOFT else 3
    outer = f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{corner:.0f}"/>'
    if node.kind != "flow":
        return outer
    return outer + f'<path d="M{x + 5:.1f} {y:.1f}V{y + high:.1f}M{x + wide - 5:.1f} {y:.1f}V{y + high:.1f}"/>'


def _words(rows: list[str], name: str, middle: float, top: float, size: float) -> Iterator[str]:
    named = f' class="{name}"' if name else ""
    for number, row in enumerate(rows):
        base = top + number * size * ROW + size
        yield f'<text{named} x="{middle:.1f}" y="{base:.1f}" text-anchor="middle">{_escaped(row)}</text>'


_FORBIDDEN = regex("[\ufffe\uffff]")
"""In XML, besides what is inert already."""


def _escaped(text: str) -> str:
    found = _FORBIDDEN.sub(lambda each: f"\\u{ord(each[0]):04x}", inert_lines(text))
    return found.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
