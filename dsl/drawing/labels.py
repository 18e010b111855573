"""What stands in a box: the words of a node, inert, and no wider than people read at a glance. All of it is in JSON."""

import textwrap

from dsl.diagnostics.inert import inert
from dsl.drawing.nesting import Frame
from dsl.drawing.picture import Edge, Node
from dsl.drawing.styles import MARKS

WIDTH = 40
"""Characters of a line."""
MOST_ROWS = 3
"""Of one line that is broken."""
MOST_LINES = 12
LABEL = 28
"""Characters of what stands at an edge, on a line; on at most two."""


def title_rows(node: Node) -> list[str]:
    mark = "" if node.state is None else f"{MARKS[node.state]} "
    return _rows(mark + node.title, WIDTH, MOST_ROWS)


def line_rows(node: Node) -> list[str]:
    rows = [row for line in node.lines for row in _rows(line, WIDTH + 6, MOST_ROWS)]
    return rows if len(rows) <= MOST_LINES else [*rows[: MOST_LINES - 1], "…"]


def edge_rows(edge: Edge) -> list[str]:
    return _rows(edge.label, LABEL, 2) if edge.label else []


def frame_row(frame: Frame) -> str:
    """Nothing where its first node says what it is."""
    group = frame.group
    said = group.parent is not None and any(isinstance(each, Node) and each.id == group.id for each in frame.inside)
    return "" if said else _rows(group.title, 60, 1)[0]


def whole(node: Node) -> str:
    """All that is said of it, a line for each."""
    return "\n".join(_plain(line) for line in (node.title, *node.lines))


def _rows(text: str, width: int, most: int) -> list[str]:
    rows = textwrap.wrap(
        _plain(text), width, max_lines=most, placeholder=" …", break_on_hyphens=False, drop_whitespace=True
    )
    return rows or [""]


def _plain(text: str) -> str:
    return inert(" ".join(text.split()))
