"""What a run left, what people settled of it, and what repaired it, in lines."""

import time
from collections.abc import Iterator

from dsl.diagnostics.inert import inert
from interpreter.cli.spans import duration_text
from interpreter.client.repairing import Act, Left, Repairs

_STANDS = {True: "it stands", False: "it does not stand"}


def left_lines(repairs: Repairs) -> Iterator[str]:
    if repairs.under_way is not None:
        yield f"being repaired by {inert(repairs.under_way.id)}"
        return
    for each in repairs.left or ():
        yield inert(f"{each.tool} at {each.path}: {_what(each)}")
    if not repairs.left and repairs.acts:
        yield "nothing"


def _what(left: Left) -> str:
    reason = f" ({left.reason})" if left.reason else ""
    match left.standing:
        case "due":
            return f"its undo {left.undo} can be called{reason}"
        case "by_hand":
            return f"to be undone by hand{reason}"
        case "asked" if left.state == "undo_failed":
            return f"nobody knows whether its undo {left.undo} happened{reason}"
        case _:
            return f"nobody knows whether it happened{reason}"


def act_lines(repairs: Repairs) -> Iterator[str]:
    for act in repairs.acts:
        yield from _act(act)


def _act(act: Act) -> Iterator[str]:
    ago = f"{duration_text(time.time() - act.started.timestamp())} ago"
    if act.undoes:
        yield inert(f"{act.id}: {act.status}, began {ago}")
    for said in act.resolutions:
        note = f": {said.note}" if said.note else ""
        yield inert(f"{said.path}: {_STANDS[said.stands]}, said {said.by} {ago}{note}")


def what_next(run: str, repairs: Repairs) -> Iterator[str]:
    """The commands that go on from here; `run` as it is typed."""
    left = repairs.left or ()
    if any(each.standing == "due" for each in left):
        yield f"what can be undone is undone by: dsl repair {run}"
    asked = [each for each in left if each.standing == "asked"]
    if asked:
        answer = " [--result JSON]" if any(each.needs_result for each in asked) else ""
        yield f"what nobody knows is settled by: dsl resolve {run} STEP --done{answer}|--not-done"
    if any(each.standing == "by_hand" for each in left):
        yield f"what was undone by hand is said by: dsl resolve {run} STEP --not-done"
