"""`run.id`: what a flow may ask of its own run, under names that no author can write.

Sealing puts such a name where the text asks; a run knows its value (`interpreter.core.of_run`).
"""

from typing import Literal, get_args

Asked = Literal["id", "started", "flow", "hash", "requester"]
ASKED: tuple[Asked, ...] = get_args(Asked)

_PREFIX = "run."


def run_name(asked: str) -> str:
    return _PREFIX + asked


def asked_of_run(name: str) -> Asked | None:
    """What `name` asks of the run; None for any other name."""
    return next((each for each in ASKED if name == _PREFIX + each), None) if name.startswith(_PREFIX) else None
