"""A picture as Mermaid, which GitHub and many editors draw in Markdown.

No text can become syntax: a label is quoted, and whatever in it is more than words, blanks and harmless signs is
written as the number of its character.
"""

from collections.abc import Iterator

from dsl.drawing.labels import edge_rows, frame_row, line_rows, title_rows
from dsl.drawing.nesting import Frame, frames
from dsl.drawing.picture import SIDE, EdgeKind, Node, NodeKind, Picture
from dsl.drawing.styles import LOOKS, STATES, look
from dsl.regex import regex

_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "choice": ("{{", "}}"),
    "until": ("{{", "}}"),
    "flow": ("[[", "]]"),
    "start": ("([", "])"),
    "end": ("([", "])"),
    "return": ("([", "])"),
    "fail": ("([", "])"),
    "fork": ("([", "])"),
    "join": ("([", "])"),
    "wait": ("(", ")"),
    "loop": ("(", ")"),
    "around": ("(", ")"),
    "undo": ("(", ")"),
}
_PLAIN = ("[", "]")
_ARROWS: dict[EdgeKind, str] = {
    "next": "-->",
    "again": "-->",
    "error": "-.->",
    "undo": "-.->",
    "calls": "-.->",
    "uses": "-->",
}
_ACTIVE = regex(r"[^\w .,:()\[\]{}=+/'?·…↶✓▶◷✗–-]")


_HEAD = '%%{init: {"flowchart": {"wrappingWidth": 420}}}%%'
"""Lines are broken by us, as in every other format."""


def mermaid(picture: Picture) -> str:
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    drawn, outer = _Frames(names), frames(picture)
    # One flow alone needs no frame around it.
    inside = outer[0].inside if len(outer) == 1 else outer
    lines = [_HEAD, "flowchart TB", *drawn.lines(inside)]
    for edge in picture.edges:
        label = f'|"{"<br/>".join(map(_text, edge_rows(edge)))}"|' if edge.label else ""
        lines.append(f"  {names[edge.start]} {_ARROWS[edge.kind]}{label} {names[edge.end]}")
    lines += _classes(picture, names)
    if drawn.count:
        lines.append("  classDef frame fill:#8a97a614,stroke:#8a97a6")
        lines.append(f"  class {','.join(f'g{number}' for number in range(1, drawn.count + 1))} frame")
    return "\n".join(lines) + "\n"


class _Frames:
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self.count = 0

    def lines(self, of: tuple[Frame | Node, ...], depth: int = 1) -> Iterator[str]:
        space = "  " * depth
        for each in of:
            if isinstance(each, Frame):
                self.count += 1
                yield f'{space}subgraph g{self.count}["{_text(frame_row(each)) or " "}"]'
                yield f"{space}  direction TB"
                yield from self.lines(each.inside, depth + 1)
                yield f"{space}end"
            else:
                opening, closing = _SHAPES.get(each.kind, _PLAIN)
                yield f'{space}{self._names[each.id]}{opening}"{_label(each)}"{closing}'


def _label(node: Node) -> str:
    title, *more = title_rows(node)
    rows = [f"<b>{_text(title)}</b>" if node.lines else _text(title), *map(_text, more), *map(_text, line_rows(node))]
    return "<br/>".join(rows)


_NAMED = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def _text(text: str) -> str:
    return _ACTIVE.sub(lambda found: _NAMED.get(found[0]) or f"#{ord(found[0])};", text)


def _classes(picture: Picture, names: dict[str, str]) -> Iterator[str]:
    """One line for each look that is used, and who has it."""
    of: dict[str, list[str]] = {}
    for node in picture.nodes:
        of.setdefault(look(node, picture.run), []).append(names[node.id])
    for name in (each for each in (*LOOKS, *STATES) if each in of):
        fill, line = (LOOKS | STATES)[name].light
        yield f"  classDef {name} fill:{fill},stroke:{line},color:#1c2430"
        yield f"  class {','.join(of[name])} {name}"
    if any(edge.kind in SIDE for edge in picture.edges):
        side = ",".join(str(number) for number, edge in enumerate(picture.edges) if edge.kind in SIDE)
        yield f"  linkStyle {side} stroke-width:1px"
