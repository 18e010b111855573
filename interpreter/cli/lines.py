"""A run as plain lines: one for each note, for pipes, logs and people who read them later."""

import re

from dsl.diagnostics.inert import inert
from interpreter.boundary.view import Note
from interpreter.cli.board import WITHOUT_NAME, step_path

_VERBS = {
    "asked": "asks",
    "timed_out": "timed out",
    "undo_failed": "undo failed",
    "uncertain": "outcome unknown",
    "staged": "not carried out:",
}


def note_line(note: Note, began: float, flow: str) -> str:
    """`  1.24s  verdict  completed  (rehearsal)`."""
    verb, name = _VERBS.get(note.kind, note.kind), step_name(note, flow)
    if note.kind == "turn":
        name, verb = f"{name}/turn#{note.attempt}", "calls"
    elif note.kind == "iteration":
        name, verb = f"{name}[{note.attempt - 1}]", "started"
    elif note.kind == "gathered":
        verb = "failed, and the loop goes on"
    elif note.attempt > 1:
        verb = f"{verb} (attempt {note.attempt})"
    mark = "  [rehearsal: no model was asked]" if note.rehearsal else ""
    detail = f"  {_one_line(note.detail)}" if note.detail else ""
    return f"{note.at - began:7.2f}s  {name}  {verb}{detail}{mark}"


def step_name(note: Note, flow: str) -> str:
    """The step as the author calls it; the flow itself for what concerns the whole run."""
    path = step_path(note).removeprefix(f"{flow}/")
    if path in ("", flow):
        return inert(flow)
    *around, last = path.split("/")
    return inert("/".join([*filter(None, map(_segment, around)), _segment(last) or _ORDINAL.sub("", last)]))


_ORDINAL = re.compile(r"#\d+")
_UNNAMED = re.compile(r"(for|loop|parallel|parallelfor|race|sleep|match|commit)#\d+")


def _segment(segment: str) -> str:
    """Blocks that the author gave no name to are left out, but not which of several it is: `for#2[0]` is `[0]`."""
    name, bracket, index = segment.partition("[")
    name = "" if WITHOUT_NAME.fullmatch(name) or _UNNAMED.fullmatch(name) else name
    return f"{name}{bracket}{index}"


def _one_line(text: str, most: int = 200) -> str:
    text = inert(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"
