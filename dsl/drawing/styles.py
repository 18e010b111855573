"""Colours: what a node is, or, with a run, how it stands. Text has a contrast of at least 4.5 on each of them."""

from dsl.dataclass import dataclass
from dsl.diagnostics.inert import inert
from dsl.drawing.picture import Node, NodeKind, Picture, State

Colours = tuple[str, str]
"""The inside and the line."""


@dataclass(frozen=True, slots=True)
class Look:
    light: Colours
    dark: Colours


LOOKS: dict[str, Look] = {
    "plain": Look(("#f4f6f8", "#8a97a6"), ("#252c36", "#6f7d8d")),
    "tool": Look(("#e3effc", "#3f7fc4"), ("#1c3350", "#5b9be0")),
    "agent": Look(("#efe6fb", "#8453c6"), ("#35244f", "#a982e6")),
    "flow": Look(("#e0f3ee", "#2f8f76"), ("#173d34", "#4db89b")),
    "person": Look(("#fdf0d5", "#c08417"), ("#46350f", "#dba63c")),
    "wait": Look(("#fdf7dd", "#a79434"), ("#3c3715", "#c4b04e")),
    "choice": Look(("#ffffff", "#5b6875"), ("#171c23", "#93a1b0")),
    "undo": Look(("#fbe9e2", "#c0613a"), ("#472518", "#e08a63")),
    "bad": Look(("#fbe3e5", "#c5404d"), ("#4b1b21", "#e8707b")),
}
_OF_KINDS: dict[NodeKind, str] = {
    "tool": "tool",
    "agent": "agent",
    "declared": "agent",
    "flow": "flow",
    "approval": "person",
    "event": "wait",
    "respond": "wait",
    "wait": "wait",
    "choice": "choice",
    "until": "choice",
    "undo": "undo",
    "fail": "bad",
}
STATES: dict[str, Look] = {
    "done": Look(("#ddf3e1", "#2f8f4a"), ("#173d22", "#4db86b")),
    "running": Look(("#dceafd", "#1f6fd1"), ("#16335c", "#5fa5f5")),
    "waiting": Look(("#fdf0d5", "#c08417"), ("#46350f", "#dba63c")),
    "failed": Look(("#fbe3e5", "#c5404d"), ("#4b1b21", "#e8707b")),
    "undone": Look(("#e6e3f7", "#6a5bc0"), ("#2a2554", "#9a8dea")),
    "uncertain": Look(("#fbdff0", "#b83280"), ("#4a1737", "#e66fb5")),
    "cancelled": Look(("#eceff2", "#6b7683"), ("#2a313a", "#93a1b0")),
    "not_reached": Look(("#f7f8f9", "#c3cad2"), ("#1b2027", "#454f5b")),
}


def look(node: Node, run: str | None) -> str:
    """The name of its look; with a run, what it tells nothing of is plain."""
    if node.state is not None:
        return node.state.replace(" ", "_")
    return "plain" if run is not None else _OF_KINDS.get(node.kind, "plain")


MARKS: dict[State, str] = {
    "done": "✓",
    "running": "▶",
    "waiting": "◷",
    "failed": "✗",
    "undone": "↶",
    "uncertain": "?",
    "cancelled": "–",
    "not reached": "·",
}
"""What stands before the words of a node, for who cannot tell the colours."""


def legend(picture: Picture) -> str:
    return f"run {inert(picture.run or '')}: " + ", ".join(f"{MARKS[state]} {state}" for state in picture.states)
