"""A run as plain lines: one for each note, for pipes, logs and people who read them later."""

from dsl.diagnostics.inert import inert
from interpreter.boundary.view import Note
from interpreter.cli.board import WITHOUT_NAME, step_path

_VERBS = {
    "asked": "asks",
    "timed_out": "timed out",
    "undo_failed": "undo failed",
    "uncertain": "outcome unknown",
    "iteration": "iteration",
    "staged": "not carried out:",
}


def note_line(note: Note, began: float, flow: str) -> str:
    """`  1.24s  verdict  completed  (rehearsal)`."""
    verb = _VERBS.get(note.kind, note.kind)
    if note.kind == "iteration":
        verb = f"iteration {note.attempt}"
    elif note.attempt > 1:
        verb = f"{verb} (attempt {note.attempt})"
    mark = "  [rehearsal: no model was asked]" if note.rehearsal else ""
    detail = f"  {_one_line(note.detail)}" if note.detail else ""
    return f"{note.at - began:7.2f}s  {step_name(note, flow)}  {verb}{detail}{mark}"


def step_name(note: Note, flow: str) -> str:
    """The step as the author calls it; the flow itself for what concerns the whole run."""
    segments = step_path(note).removeprefix(f"{flow}/").split("/")
    return inert("/".join(filter(None, map(_segment, segments))) or flow)


def _segment(segment: str) -> str:
    """`refine[2]` is `refine #3`; what the author gave no name to is left out, but not which of several it is."""
    name, bracket, index = segment.rstrip("]").partition("[")
    name = "" if WITHOUT_NAME.fullmatch(name) or "#" in name else name
    return f"{name} #{int(index) + 1}".strip() if bracket else name


def _one_line(text: str, most: int = 200) -> str:
    text = inert(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"
