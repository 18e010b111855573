"""What a follower knows of a run: a tree of steps, moved on by one note after the other. Any screen can draw it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from interpreter.boundary.payloads import Spent
from interpreter.boundary.view import Counts, Note, PurseView

RUNNING = frozenset({"running", "retrying", "asked", "undoing"})
BAD = frozenset({"failed", "undo_failed", "uncertain"})

_STATE = {
    "started": "running",
    "attempt": "running",
    "seen": "asked",
    "reminded": "asked",
    "escalated": "asked",
    "iteration": "running",
}
"""The state that a kind of note leads to, where that has another name."""

_HEARD_OF = frozenset({"turn", "attempt", "retrying", "completed", "failed", "cancelled"})
"""Notes of an agent that do not come while a turn of it goes on."""

_PARTS_OF_A_CALL = ("/call", "/verify")
_SEGMENT = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<index>\d+)\])?")
WITHOUT_NAME = re.compile(r"(if|match|try|budget)#\d+|then\d*|case\d*|else|body|on\d+")


@dataclass
class Item:
    """A step, or a block with what happened in it. Blocks that no note names get their state from what is inside.
    `called` is what it calls, and `passing`: that an attempt is told of in its place. `writing` is the end of what a
    model is writing there; `counts` are an agent's.
    """

    path: str
    label: str
    node: str = ""
    own_state: str = ""
    detail: str = ""
    called: str = ""
    passing: bool = False
    writing: str = ""
    attempt: int = 0
    rehearsal: bool = False
    staged: bool = False
    started: float | None = None
    ended: float | None = None
    counts: Counts | None = None
    inside: dict[str, "Item"] = field(default_factory=dict)

    @property
    def state(self) -> str:
        if self.own_state in ("", "running") and self.inside:
            states = [item.state for item in self.inside.values()]
            if self.node == "turn":
                states = [_told(state) for state in states]
            return next((state for state in states if state in RUNNING), self.own_state or states[-1])
        return self.own_state or ("running" if self.is_empty_turn else "")

    @property
    def is_empty_turn(self) -> bool:
        return self.node == "turn" and not self.inside

    @property
    def began(self) -> float | None:
        """A block of which only the end is told began with what is inside."""
        inside = (item.began for item in self.inside.values())
        return min((at for at in (self.started, *inside) if at is not None), default=None)

    @property
    def is_shown(self) -> bool:
        """Blocks that the author gave no name to are left out; what is in them stands in their place."""
        return bool(self.own_state) or not WITHOUT_NAME.fullmatch(self.label)

    def rows(self, depth: int = 0) -> Iterator[tuple[int, "Item"]]:
        """This and everything inside, with how deep it stands."""
        if self.is_shown:
            yield depth, self
            depth += 1
        for item in self.inside.values():
            yield from item.rows(depth)


@dataclass
class Board:
    """One run."""

    flow: str
    status: str = "running"
    began: float | None = None
    rehearsal: bool = False
    purses: list[PurseView] = field(default_factory=list)
    spent: Spent | None = None
    root: Item = field(init=False)

    def __post_init__(self) -> None:
        self.root = Item(self.flow, self.flow, node="run", own_state="running")

    def take(self, note: Note) -> Item:
        """Move on by one note, and return the item it is about."""
        if self.began is None:
            self.began = note.at
        self.rehearsal = self.rehearsal or note.rehearsal
        item = self._item(step_path(note))
        item.writing = ""
        if item.passing and note.kind in ("attempt", "completed"):
            item.detail = item.called
        if note.kind in ("continued", "moved", "stayed"):
            return item
        if note.kind in _HEARD_OF:
            _settle_turns(item, note)
        if note.kind == "finished":
            self.status = note.detail if note.detail in ("completed", "cancelled") else "failed"
            item.own_state = self.status
            _settle(self.root, note.at)
        elif note.kind in ("exhausted", "overspent", "adapted"):
            item.detail = note.detail
        elif note.kind == "staged":
            item.staged, item.detail = True, note.detail
        elif note.kind in ("voted", "told"):
            return _said(item, note)
        elif note.kind == "gathered":
            item.own_state, item.detail, item.ended = "failed", note.detail, note.at
            return item
        elif note.kind == "turn":
            self._turn(item, note)
        else:
            item.own_state = _STATE.get(note.kind, note.kind)
        _fill_in(item, note)
        return item

    def _turn(self, agent: Item, note: Note) -> None:
        """What is called in it stands at the turn; the agent says how many there were."""
        turn = self._item(f"{step_path(note)}/turn#{note.attempt}")
        turn.node, turn.detail, turn.started = "turn", note.detail, note.at
        agent.own_state = "running"

    def write(self, path: str, text: str) -> None:
        """What a model is writing in the call at `path`: shown at the step that it belongs to, if that is shown yet."""
        item = self.root
        for segment in path.split("~", maxsplit=1)[0].split("/")[1:]:
            for part, _ in _parts(segment):
                item = item.inside.get(part, item)
        if item is not self.root:
            item.writing = text

    def _item(self, path: str) -> Item:
        """The item at a path, made with all the blocks around it when it is new."""
        item = self.root
        segments = path.split("/")
        if segments and segments[0] == self.flow:
            segments = segments[1:]
        walked = self.flow
        for segment in filter(None, segments):
            for part, label in _parts(segment):
                walked += part
                item = item.inside.setdefault(part, Item(walked, label))
        return item


def _told(state: str) -> str:
    """A call of a turn that failed was told to the model, so the turn is none that failed."""
    return "completed" if state == "failed" else state


def _settle(item: Item, at: float) -> None:
    """Nothing goes on in a run that is over: what has not said how it ended was ended with it."""
    for inside in item.inside.values():
        _settle(inside, at)
        if inside.own_state in RUNNING or (inside.is_empty_turn and not inside.own_state):
            inside.own_state, inside.ended = "cancelled", at


def _settle_turns(agent: Item, note: Note) -> None:
    """When an agent is heard of again its turn is over; of one in which no call was made nothing else tells."""
    for turn in agent.inside.values():
        if turn.is_empty_turn and not turn.own_state:
            turn.own_state, turn.ended = "cancelled" if note.kind == "cancelled" else "completed", note.at
            turn.detail = f"{turn.detail} (none was called)"


def _said(item: Item, note: Note) -> Item:
    """A row of its own for each vote, in their order, also those that were overruled later; and for what was told."""
    label = datetime.fromtimestamp(note.at, UTC).astimezone().strftime("%H:%M:%S")
    node = "vote" if note.kind == "voted" else "tell"
    row = Item(item.path, label, node=node, own_state=note.kind, detail=note.detail, started=note.at, ended=note.at)
    item.inside[f"!{note.number}"] = row
    return item


def step_path(note: Note) -> str:
    """The path of the step that a note is about: not of its undo, nor of one of the calls it is made of; and that of a
    round which failed, where its loop tells of it."""
    if note.node == "run":
        return ""
    if note.kind == "gathered":
        return f"{note.path}[{note.attempt - 1}]"
    path = note.name if note.node == "undo" else note.path.rsplit("/undo/", 1)[-1]
    for part in _PARTS_OF_A_CALL:
        if note.node == "tool" and note.kind in ("attempt", "retrying"):
            path = path.removesuffix(part)
    return path


def _parts(segment: str) -> Iterator[tuple[str, str]]:
    """`refine[2]` is an iteration inside of `refine`, and is called `[2]` there, as in histories."""
    match = _SEGMENT.fullmatch(segment)
    if match is None:
        yield f"/{segment}", segment
        return
    name, index = match["name"], match["index"]
    yield f"/{name}", name if WITHOUT_NAME.fullmatch(name) else _label(name)
    if index is not None:
        yield f"[{index}]", f"[{index}]"


def _label(name: str) -> str:
    """A block that the author gave no name to goes by what it is; so does a call of an agent. Its turns are counted."""
    word, _, number = name.partition("#")
    return f"turn {number}" if word == "turn" else word


def _fill_in(item: Item, note: Note) -> None:
    item.node = "undo" if note.node == "undo" and not item.node else item.node or note.node
    item.attempt = item.attempt if note.kind == "turn" else max(item.attempt, note.attempt)
    item.rehearsal = item.rehearsal or note.rehearsal
    item.counts = note.counts or item.counts
    if note.kind == "started":
        item.called = note.detail
    if note.detail and note.kind not in ("finished", "turn") and (note.kind != "completed" or not item.detail):
        item.detail = note.detail
    item.passing = note.kind in ("retrying", "attempt") or (item.passing and note.kind == "turn")
    if item.started is None:
        item.started = note.at
    item.ended = None if item.own_state in RUNNING else note.at
