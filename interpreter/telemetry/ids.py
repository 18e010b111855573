"""Ids of spans follow from the run: whichever worker tells of a step, and however often, it is the same span of the
same trace, and what belongs below it finds it without being told.
"""

import hashlib

CALL = "call"
"""Before the activity of a call: a step and the first attempt at it have the same path."""


def trace_id(workflow_id: str, first_run: str) -> int:
    """Of a run, all its executions."""
    return _number(f"{workflow_id}/{first_run}", 16)


def span_id(trace: int, path: str, kind: str = "") -> int:
    return _number(f"{trace:032x} {kind} {path}", 8)


def _number(text: str, size: int) -> int:
    """Never 0, which is no id."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size], "big") or 1
