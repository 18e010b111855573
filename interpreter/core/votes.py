"""Votes as people read them. Who gave one is not known unless a signature was verified, and that comes first."""

import json
from collections.abc import Iterable

from interpreter.boundary.payloads import Answer, AnswerVerdict
from interpreter.core.question import Vote


def told(answer: Answer, verdict: AnswerVerdict) -> str:
    """`unverified: approve by ann for leads with {"amount": 5}: as agreed`."""
    standing = "" if verdict.standing == "verified" else "unverified: "
    key = f" (key {verdict.key})" if verdict.key else ""
    group = f" for {answer.group}" if answer.group is not None else ""
    given = f" with {json.dumps(answer.answer, ensure_ascii=False)}" if answer.answer is not None else ""
    note = f": {answer.note}" if answer.note else ""
    return f"{standing}{answer.decision} by {verdict.person or answer.by}{key}{group}{given}{note}"


def voters(votes: Iterable[Vote]) -> str:
    """`by unverified ann for leads, bob for board: as agreed`."""
    names = ", ".join(map(_voter, votes))
    return f"by {names}" if names else ""


def _voter(vote: Vote) -> str:
    standing = "" if vote.verdict.standing == "verified" else "unverified "
    group = f" for {vote.answer.group}" if vote.answer.group is not None else ""
    note = f": {vote.answer.note}" if vote.answer.note else ""
    return f"{standing}{vote.by}{group}{note}"
