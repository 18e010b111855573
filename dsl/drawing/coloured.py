"""A picture with the states of a run.

A run tells how its steps and waits stand, and nothing of what only chooses, sets a value or leaves: of such a node it
is found out where that is certain. It was reached when something that was reached lies behind it on every way; or, in a
run that came to its end, when it is the only way on from something that is done. Of the ways of a choice one is taken:
where that is known, what only the others lead to was not reached. Of a choice that is asked in several rounds this is
not known, so nothing is said.

A flow that was started several times, as a flow that others call may be, is coloured for each of these runs by itself,
and of a place the state that needs somebody most is shown, as of several rounds.
"""

from collections.abc import Iterable, Mapping, Sequence

from dsl.dataclass import dataclass, replace
from dsl.drawing.elsewhere import GATE, Elsewhere
from dsl.drawing.picture import SIDE, Edge, GroupKind, Node, NodeKind, Picture, State

WORST_FIRST: tuple[State, ...] = ("uncertain", "failed", "waiting", "running", "undone", "cancelled", "done")
"""Of one place in several rounds, the first of these is shown."""
_TELLS: frozenset[NodeKind] = frozenset({"tool", "agent", "flow", "approval", "event", "wait"})
"""What a run always tells of, so what it has not told of was not reached."""
_STAYS: frozenset[State] = frozenset({"waiting", "running", "failed", "cancelled", "uncertain"})
_MANY: frozenset[GroupKind] = frozenset({"loop", "each", "parallel", "race"})


@dataclass(frozen=True)
class Stood:
    """How one run stands: by the address of a statement, the states that it has had in its rounds. `completed`: the run
    has come to its end, and well. `cut`: it does not tell of its beginning any more.
    """

    states: Mapping[str, tuple[State, ...]]
    completed: bool = False
    cut: bool = False


def coloured(picture: Picture, run: str, stood: Mapping[str, Sequence[Stood]]) -> Picture:
    """`stood`: the runs of each flow. One that no run has reached has an empty list, one of which that is not known is
    left out.
    """
    told = _told_elsewhere(picture, [each for runs in stood.values() for each in runs])
    found: dict[str, State | None] = {}
    for flow, runs in stood.items():
        found |= _in_all(_Colouring(picture, flow), runs, told)
    found |= _of_agents(picture, told, found)
    return replace(picture, run=run, nodes=tuple(replace(node, state=found.get(node.id)) for node in picture.nodes))


def _told_elsewhere(picture: Picture, runs: Iterable[Stood]) -> dict[str, set[State]]:
    """By node, what runs tell of it whose flow it is not in. That a gate is over says nothing of the call behind it."""
    elsewhere, told = Elsewhere(picture), dict[str, set[State]]()
    for stood in runs:
        for address, states in stood.states.items():
            for node in elsewhere.nodes(address):
                over: set[State] = {"done"} if address.endswith(GATE) else set()
                told.setdefault(node, set()).update(set(states) - over)
    return told


def _in_all(colouring: "_Colouring", runs: Sequence[Stood], told: Mapping[str, set[State]]) -> dict[str, State | None]:
    each = [colouring.of(stood) for stood in runs]
    had = {id: {*(found.get(id) for found in each), *told.get(id, ())} for id in colouring.drawn}
    for undo, step in colouring.undo.items():
        if "undone" in had[step]:
            had[undo] = {"undone"}
    return {id: worst(states) for id, states in had.items()}


def _of_agents(
    picture: Picture, told: Mapping[str, set[State]], found: Mapping[str, State | None]
) -> dict[str, State | None]:
    """What agents may use is not reached where no call of it is told of, and all who may ask them are known."""
    elsewhere = Elsewhere(picture)
    known = all(node.id in found for node in picture.nodes if node.kind == "start")
    used: dict[str, State | None] = {id: worst(told.get(id, set() if known else {None})) for id in elsewhere.used}
    callers = {agent: elsewhere.callers(agent) for agent in elsewhere.agents}
    return used | {agent: worst({**found, **used}.get(each) for each in ids) for agent, ids in callers.items()}


def worst(states: Iterable[State | None]) -> State | None:
    """Of several. None is what is not known: then it is not said, either, that it was not reached."""
    had = set(states)
    known = next((state for state in WORST_FIRST if state in had), None)
    return known if known is not None or None in had else "not reached"


class _Colouring:
    """Of one flow."""

    def __init__(self, picture: Picture, flow: str) -> None:
        self._picture = picture
        self._groups = {group.id: group for group in picture.groups}
        top = f"flow {flow}"
        self._own = {node.id: node for node in picture.nodes if self._outermost(node) == top}
        undone = [edge for edge in picture.edges if edge.kind == "undo" and edge.start in self._own]
        self.undo = {edge.end: edge.start for edge in undone}
        self._ways = [edge for edge in picture.edges if edge.kind not in SIDE and edge.start in self._own]
        self._on: dict[str, list[Edge]] = {}
        for edge in self._ways:
            self._on.setdefault(edge.start, []).append(edge)
        self._start = f"{flow}~start"
        self.drawn = tuple(self._own)

    def of(self, stood: Stood) -> dict[str, State]:
        self._found: dict[str, State] = {self._start: "done"}
        for id, node in self._own.items():
            had = {state for each in node.statements for state in stood.states.get(each, ())}
            found = next((state for state in WORST_FIRST if state in had), None)
            if found is not None:
                self._found[id] = found
        self._told = dict(self._found)
        self._find_passed()
        self._find_heads()
        if stood.completed:
            self._find_only_ways()
        missed = self._missed()
        for node in self._own.values():
            if node.id not in self._found and (node.kind in _TELLS or node.id in missed):
                self._found[node.id] = "not reached"
        self._find_cut_off()
        self._find_undone()
        if stood.cut:
            return {id: state for id, state in self._found.items() if state != "not reached"}
        return self._found

    def _outermost(self, node: Node) -> str:
        group = self._groups[node.group]
        while group.parent is not None:
            group = self._groups[group.parent]
        return group.id

    def _find_passed(self) -> None:
        """What lies on every way to something that was reached."""
        reached = set(self._found)
        for id in self._own.keys() - reached:
            if reached - self._reachable(without_node=id):
                self._found[id] = "done"

    def _find_heads(self) -> None:
        """What a frame begins with is not done before the frame is: it stands as what is inside of it does."""
        for group in reversed(self._picture.groups):
            head = self._own.get(group.id)
            if head is None or head.statements == () or self._told.get(head.id) is not None:
                continue
            inside = {self._found.get(id) for id, node in self._own.items() if self._is_below(node, group.id)}
            if inside & {"waiting", "running"}:
                self._found[head.id] = "running"
            elif "failed" in inside and self._found.get(f"{head.id}~join") != "done":
                self._found[head.id] = "failed"

    def _is_below(self, node: Node, group: str) -> bool:
        at: str | None = node.group
        while at is not None and at != group:
            at = self._groups[at].parent
        return at is not None and node.id != group

    def _find_only_ways(self) -> None:
        """Outside of frames, from which an error or a budget may lead away. The run has come to no `fail` there."""
        outside = {id for id, node in self._own.items() if not self._is_in(node, None)}
        failed = {id for id in outside - self._found.keys() if self._own[id].kind == "fail"}
        self._found |= dict.fromkeys(failed, "not reached")
        pending = [id for id in outside if self._found.get(id) == "done"]
        while pending:
            ends = {way.end for way in self._on.get(pending.pop(), [])}
            ends = {end for end in ends if self._found.get(end) != "not reached"}
            if len(ends) == 1 and not ends & self._found.keys():
                (end,) = ends
                self._found[end] = "done"
                pending += [end] * (end in outside)

    def _missed(self) -> set[str]:
        missed: set[str] = set()
        reached = {id for id, state in self._found.items() if state != "not reached"}
        for node in self._own.values():
            if node.kind != "choice" or node.id not in reached or self._is_in(node, _MANY):
                continue
            ways = self._on.get(node.id, [])
            taken = [way for way in ways if reached - self._reachable(without=[way])]
            if len(taken) == 1:
                others = [way for way in ways if way is not taken[0]]
                missed |= self._own.keys() - self._reachable(without=others)
        return missed - reached

    def _find_cut_off(self) -> None:
        """What is come to only from what has not gone on."""
        comes: dict[str, list[Edge]] = {}
        for way in self._ways:
            comes.setdefault(way.end, []).append(way)
        pending = True
        while pending:
            cut = [
                id
                for id, node in self._own.items()
                if id not in self._found and not self._is_in(node, _MANY) and all(map(self._stops, comes.get(id, [])))
            ]
            self._found |= dict.fromkeys(cut, "not reached")
            pending = bool(cut)

    def _stops(self, way: Edge) -> bool:
        state = self._found.get(way.start)
        return state == "not reached" or (
            state in _STAYS and way.kind == "next" and self._own[way.start].kind in _TELLS
        )

    def _find_undone(self) -> None:
        for undo, step in self.undo.items():
            self._found[undo] = "undone" if self._found.get(step) == "undone" else "not reached"

    def _is_in(self, node: Node, kinds: frozenset[GroupKind] | None) -> bool:
        """Whether it is inside of a frame of these kinds, or of any."""
        group = self._groups[node.group]
        while group.parent is not None:
            if (group.kind != "block") if kinds is None else (group.kind in kinds):
                return True
            group = self._groups[group.parent]
        return False

    def _reachable(self, *, without_node: str | None = None, without: Sequence[Edge] = ()) -> set[str]:
        """What can be come to from the start."""
        closed = {id(way) for way in without}
        seen, pending = {self._start}, [self._start]
        while pending:
            for way in self._on.get(pending.pop(), []):
                if id(way) not in closed and way.end not in seen and way.end != without_node:
                    seen.add(way.end)
                    pending.append(way.end)
        return seen
