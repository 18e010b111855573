"""The graph of a flow: what every format is written from, and what `--format json` prints.

Nodes are statements, or several in a row (`let`, `var`, `set`), and what belongs to them: where a flow begins and ends,
where branches join, how a step is undone. Groups are of two sorts. A *frame* is drawn: a loop
around its rounds, `parallel` around its branches, a flow, an agent. A *block* is what a node leads to by one of its
edges; only an outline indents it. Whatever has an address in a run has it here (`dsl.ast.address`), so the state of a
run finds its place.
"""

from typing import Any, Literal, get_args

from dsl.dataclass import dataclass

FORMAT = 1

NodeKind = Literal[
    "start", "end", "tool", "agent", "flow", "values", "choice", "loop", "fork", "join", "approval", "event", "wait",
    "around", "undo", "commit", "respond", "fail", "return", "yield", "until", "leave", "declared",
]  # fmt: skip
"""`fork` and `join` begin and end what runs side by side; `around` is what caps, guards or locks a block; `leave` is
`break` and `continue`; `declared` an agent as it is declared, with what it may use."""
GroupKind = Literal[
    "flow", "agent", "loop", "each", "parallel", "race", "budget", "exclusive", "try", "block", "branch"
]
EdgeKind = Literal["next", "again", "error", "undo", "calls", "uses"]
State = Literal["done", "running", "waiting", "failed", "undone", "uncertain", "cancelled", "not reached"]

SIDE: frozenset[EdgeKind] = frozenset({"undo", "calls", "uses"})
"""What is no way on: what a node belongs to."""


@dataclass(frozen=True, slots=True)
class Group:
    """`owner` is the node that a block belongs to; a frame has one where its first node is not of its id. `title` says
    when a block is entered; one without is entered always."""

    id: str
    kind: GroupKind
    title: str
    parent: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """`statements` are the addresses of those that it stands for; `lines` what is said below the title."""

    id: str
    kind: NodeKind
    title: str
    group: str
    lines: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    start: str
    end: str
    kind: EdgeKind = "next"
    label: str = ""


@dataclass(frozen=True)
class Picture:
    """In the order of the text. `run` is the run whose states its nodes have."""

    flow: str
    hash: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    run: str | None = None

    @property
    def states(self) -> tuple[State, ...]:
        """Those that its nodes have, in one order."""
        return tuple(state for state in STATES if any(node.state == state for node in self.nodes))


STATES: tuple[State, ...] = get_args(State)


def document(picture: Picture) -> dict[str, Any]:
    """As JSON, under `schemas/graph.json`; what is empty is left out of nodes, groups and edges."""
    run = {} if picture.run is None else {"run": picture.run}
    return {
        "format": FORMAT,
        "flow": picture.flow,
        "hash": picture.hash,
        **run,
        "groups": [
            _without_none({"id": g.id, "kind": g.kind, "title": g.title, "parent": g.parent, "owner": g.owner})
            for g in picture.groups
        ],
        "nodes": [
            _without_none(
                {
                    "id": node.id,
                    "kind": node.kind,
                    "title": node.title,
                    "group": node.group,
                    "lines": list(node.lines) or None,
                    "statements": list(node.statements) or None,
                    "state": node.state,
                }
            )
            for node in picture.nodes
        ],
        "edges": [
            _without_none({"from": e.start, "to": e.end, "kind": e.kind, "label": e.label or None})
            for e in picture.edges
        ],
    }


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
