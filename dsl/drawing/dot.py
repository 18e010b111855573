"""A picture in the language of Graphviz, for its programs and all that read it."""

from collections.abc import Callable, Iterator, Mapping

from dsl.dataclass import dataclass
from dsl.drawing.labels import edge_rows, frame_row, line_rows, title_rows
from dsl.drawing.nesting import Frame, frames
from dsl.drawing.picture import Edge, EdgeKind, Node, NodeKind, Picture
from dsl.drawing.styles import LOOKS, STATES, look


@dataclass(frozen=True, slots=True)
class Html:
    """A label as Graphviz's HTML; ours, never an author's."""

    markup: str


Attributes = Mapping[str, str | Html]

_SHAPES: dict[NodeKind, str] = {
    "choice": "hexagon",
    "until": "hexagon",
    "flow": "box3d",
    "fork": "oval",
    "join": "oval",
}
_ROUNDED: frozenset[NodeKind] = frozenset({"start", "end", "return", "fail", "loop", "around", "wait", "undo"})
EDGES: dict[EdgeKind, Attributes] = {
    "next": {},
    "again": {"constraint": "false"},
    "error": {"style": "dashed"},
    "undo": {"style": "dotted", "arrowhead": "onormal"},
    "calls": {"style": "dashed", "arrowhead": "vee"},
    "uses": {"arrowhead": "none"},
}


OfNode = Callable[[Node], Attributes]
OfEdge = Callable[[Edge], Attributes]
OfFrame = Callable[[Frame, int], str | Html]


def dot(picture: Picture) -> str:
    head = {
        "graph": {"fontname": "Helvetica", "fontsize": "11", "style": "rounded", "color": "#8a97a6"},
        "node": {"fontname": "Helvetica", "fontsize": "11", "shape": "box"},
        "edge": {"fontname": "Helvetica", "fontsize": "10", "color": "#5b6875"},
    }
    return written(
        picture,
        head,
        lambda node: _of_node(node, picture.run),
        _of_edge,
        lambda frame, number: frame_row(frame),
    )


def written(
    picture: Picture,
    head: Mapping[str, Attributes],
    of_node: OfNode,
    of_edge: OfEdge,
    of_frame: OfFrame,
) -> str:
    """Nodes are `n0`, `n1` … in the order of the picture, edges stand in its order, frames are clusters, numbered from
    0, outer ones first. `of_frame` is the label of one."""
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    lines = ["digraph {", *(f"  {what} [{_list(attributes)}]" for what, attributes in head.items())]
    lines += _Frames(names, of_node, of_frame).lines(frames(picture))
    for edge in picture.edges:
        lines.append(f"  {names[edge.start]} -> {names[edge.end]} [{_list({**EDGES[edge.kind], **of_edge(edge)})}]")
    return "\n".join([*lines, "}"]) + "\n"


class _Frames:
    def __init__(self, names: Mapping[str, str], of_node: OfNode, of_frame: OfFrame) -> None:
        self._names = names
        self._of_node = of_node
        self._of_frame = of_frame
        self._count = 0

    def lines(self, of: tuple[Frame | Node, ...], depth: int = 1) -> Iterator[str]:
        space = "  " * depth
        for each in of:
            if isinstance(each, Frame):
                number, self._count = self._count, self._count + 1
                yield f"{space}subgraph cluster_{number} {{"
                yield f"{space}  label={_value(self._of_frame(each, number))}"
                yield from self.lines(each.inside, depth + 1)
                yield f"{space}}}"
            else:
                yield f"{space}{self._names[each.id]} [{_list(self._of_node(each))}]"
                if each.id.endswith(UNDO):
                    undone = self._names[each.id.removesuffix(UNDO)]
                    yield f"{space}{{ rank=same; {undone}; {self._names[each.id]} }}"


UNDO = "~undo"
"""What the id of an undo ends with, after that of its step: it stands beside it."""


def _of_node(node: Node, run: str | None) -> Attributes:
    fill, line = (LOOKS | STATES)[look(node, run)].light
    style = "filled,rounded" if node.kind in _ROUNDED else "filled"
    label = "\n".join([*title_rows(node), *line_rows(node)])
    return {
        "label": label,
        "shape": _SHAPES.get(node.kind, "box"),
        "style": style,
        "fillcolor": fill,
        "color": line,
        "fontcolor": "#1c2430",
    }


def _of_edge(edge: Edge) -> Attributes:
    return {"label": "\n".join(edge_rows(edge))} if edge.label else {}


def _list(attributes: Attributes) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in attributes.items())


def _value(value: str | Html) -> str:
    return f"<{value.markup}>" if isinstance(value, Html) else quoted(value)


def quoted(text: str) -> str:
    """Its own escapes begin with a backslash, and it reads entities of HTML; our line ends are its `\\n`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n")
    return f'"{escaped}"'
