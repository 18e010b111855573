"""A picture as text: an outline, where what is inside of something stands below it."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.diagnostics.inert import inert
from dsl.drawing.dot import UNDO
from dsl.drawing.picture import Node, Picture
from dsl.drawing.styles import MARKS, legend

WIDTH = 100
"""Where nobody says how wide the screen is."""
_NARROWEST = 24


@dataclass
class _Row:
    """`lines` are said of it on its own line where there is room, else below; `below` always below."""

    title: str
    lines: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    inside: "list[_Row]" = field(default_factory=list)
    is_block: bool = False
    is_list: bool = False


def outline(picture: Picture, width: int = WIDTH) -> str:
    lines = [line for root in _roots(picture) for line in [*_top(root, width), ""]]
    if picture.run is not None:
        lines.append(legend(picture))
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _roots(picture: Picture) -> list[_Row]:
    groups = {group.id: group for group in picture.groups}
    rows: dict[str, _Row] = {}
    blocks: dict[str, _Row] = {}
    roots: list[_Row] = []

    def within(id: str) -> _Row:
        """The row that what is in a group stands below."""
        group = groups[id]
        owner = rows[group.owner or id]
        if group.kind not in ("block", "branch") or not group.title:
            return owner
        if id not in blocks:
            blocks[id] = _Row(_plain(group.title), is_block=True)
            owner.inside.append(blocks[id])
        return blocks[id]

    for node in picture.nodes:
        if node.id.endswith(UNDO):
            rows[node.id.removesuffix(UNDO)].below += [f"↶ {_plain(line)}" for line in node.lines]
            continue
        row, group = _row(node), groups[node.group]
        if group.parent is None and group.id not in rows:  # the first of a flow or an agent
            rows[group.id] = row
            roots.append(row)
        elif group.id == node.id and group.parent is not None:  # the head of a frame
            within(group.parent).inside.append(row)
        else:
            within(group.id).inside.append(row)
        rows[node.id] = row
    return roots


def _row(node: Node) -> _Row:
    mark = "" if node.state is None else f"{MARKS[node.state]} "
    word = {"start": "flow ", "declared": "agent "}.get(node.kind, "")
    title = _plain(node.title)
    if node.kind == "start":
        title, lines = title + _plain(node.lines[0]), node.lines[1:]
    else:
        lines = node.lines
    if node.kind == "values":
        return _Row(f"{mark}{title}", below=[_plain(line) for line in lines], is_list=True)
    return _Row(f"{mark}{word}{title}", [_plain(line) for line in lines])


def _plain(text: str) -> str:
    return inert(" ".join(text.split()))


def _top(row: _Row, width: int) -> Iterator[str]:
    yield from textwrap.wrap(row.title, width, subsequent_indent="    ", break_on_hyphens=False)
    for line in [*row.lines, *row.below]:
        yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
    yield from _inside(row, "", width)


def _inside(row: _Row, guide: str, width: int) -> Iterator[str]:
    for number, each in enumerate(map(_merged, row.inside), 1):
        last = number == len(row.inside)
        below = guide + ("   " if last else "│  ")
        inner = "│  " if each.inside else "" if each.is_list else "   "
        first, *more = _lines(each, max(_NARROWEST, width - len(below) - 3))
        yield f"{guide}{'└─ ' if last else '├─ '}{first}"
        yield from (f"{below}{inner}{line}" for line in more)
        yield from _inside(each, below, width)


def _merged(row: _Row) -> _Row:
    """A block of one statement stands on one line with it."""
    if not row.is_block or len(row.inside) != 1 or row.inside[0].inside:
        return row
    only = row.inside[0]
    return _Row(f"{row.title}: {only.title}", only.lines, only.below)


def _lines(row: _Row, width: int) -> Iterator[str]:
    together = " · ".join([row.title, *row.lines])
    if len(together) <= width:
        yield together
    else:
        yield from textwrap.wrap(row.title, width, subsequent_indent="  ", break_on_hyphens=False)
        for line in row.lines:
            yield from textwrap.wrap(line, width, subsequent_indent="  ", break_on_hyphens=False)
    for line in row.below:
        yield from textwrap.wrap(line, width, subsequent_indent="  ", break_on_hyphens=False)
