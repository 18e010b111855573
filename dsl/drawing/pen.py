"""What a drawing is put together with: nodes, groups, and the ways that are still open."""

from collections.abc import Iterable, Sequence

from dsl.dataclass import dataclass
from dsl.drawing.picture import Edge, EdgeKind, Group, GroupKind, Node, NodeKind


@dataclass(frozen=True, slots=True)
class Way:
    """A way that leads on from a node, to whatever comes next."""

    start: str
    label: str = ""
    kind: EdgeKind = "next"


Ways = tuple[Way, ...]


class Pen:
    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def group(self, id: str, kind: GroupKind, title: str, parent: str | None = None, owner: str | None = None) -> str:
        self.groups.append(Group(id, kind, title, parent, owner))
        return id

    def node(
        self,
        id: str,
        kind: NodeKind,
        title: str,
        group: str,
        lines: Iterable[str] = (),
        *,
        after: Ways = (),
        statements: Sequence[str] | None = None,
    ) -> Ways:
        """A node to which the ways `after` lead; it stands for the statement of its own address unless told."""
        stands_for = (id,) if statements is None else tuple(statements)
        self.nodes.append(Node(id, kind, title, group, tuple(filter(None, lines)), stands_for))
        self.lead(after, id)
        return (Way(id),)

    def lead(self, ways: Ways, end: str, kind: EdgeKind | None = None) -> None:
        self.edges += [Edge(way.start, end, way.kind if kind is None else kind, way.label) for way in ways]

    def edge(self, start: str, end: str, kind: EdgeKind, label: str = "") -> None:
        self.edges.append(Edge(start, end, kind, label))


def labelled(ways: Ways, label: str, kind: EdgeKind = "next") -> Ways:
    """The same ways under a label; one that has a label keeps it."""
    return tuple(Way(way.start, way.label or label, kind) for way in ways)
