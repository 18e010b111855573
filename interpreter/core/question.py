"""A question to people as it stands in the state: all that is needed to judge answers to it is in itself."""

from dataclasses import dataclass, field
from typing import Literal

from dsl.expressions.values import Value
from interpreter.boundary.payloads import JSON, Answer, AnswerVerdict
from interpreter.boundary.view import ShownValue
from interpreter.core.recorded import recorded


@recorded
@dataclass(frozen=True, slots=True)
class Seat:
    """One of those who are asked: a group, or a person; a group may be called like a person."""

    name: str
    is_person: bool = False

    @property
    def shown(self) -> str:
        return f"person {self.name}" if self.is_person else self.name


@recorded
@dataclass(frozen=True, slots=True)
class Stage:
    """Who is asked next: `required` distinct persons must agree, or with `all_of` one for each seat.

    With `verified` only answers count whose signature a worker has verified. `timeout` in milliseconds, after which
    comes the `outcome`.
    """

    seats: list[Seat]
    timeout: int
    outcome: Literal["ask", "approve", "reject", "fail"]
    required: int = 1
    all_of: bool = False
    except_requester: bool = False
    verified: bool = False

    @property
    def groups(self) -> list[str]:
        return [seat.name for seat in self.seats if not seat.is_person]


@recorded
@dataclass(slots=True)
class Vote:
    """An answer that was taken, `at` that time: for which seat of its stage (None: any), and for the answer of which
    digest. `overruled`: somebody has proposed another answer since, so it does not count any more.
    """

    answer: Answer
    verdict: AnswerVerdict
    at: float
    stage: int
    seat: int | None
    digest: str | None
    overruled: bool = False

    @property
    def by(self) -> str:
        """Who gave it: as the people file has the name, where there is one."""
        return self.verdict.person or self.answer.by


@recorded
@dataclass(slots=True)
class Check:
    """An answer that reached the run `at` that time and waits until it is known who gave it: for the event of
    `command`, or, when the `verdict` is there, for the answers before it. `tickets` are the replies that are due.
    """

    answer: Answer
    at: float
    command: str
    tickets: list[str]
    verdict: AnswerVerdict | None = None


@recorded
@dataclass(slots=True)
class Question:
    """`answer_type` is encoded, null where only yes or no is asked for. `proposal` is the answer that the first one to
    approve gave, or what was `asked` for at the start of each stage; votes count for its digest. `checks` are answers
    that are not counted yet, in the order in which they came. `due`: the time of the stage is over, and only they hold
    it up.
    """

    id: str
    name: str
    text: str
    shown: list[ShownValue]
    gates: list[str]
    digest: str
    stages: list[Stage]
    asked_at: float
    answer_type: JSON = None
    stage: int = -1
    deadline: float = 0.0
    votes: list[Vote] = field(default_factory=list)
    proposal: Value = None
    proposal_digest: str | None = None
    checks: list[Check] = field(default_factory=list)
    checked: int = 0
    due: bool = False
    asked: Value = None

    @property
    def current(self) -> Stage:
        return self.stages[self.stage]

    @property
    def agreeing(self) -> list[Vote]:
        """The votes that count for what is proposed now."""
        return [
            vote
            for vote in self.votes
            if vote.stage == self.stage and not vote.overruled and vote.digest == self.proposal_digest
        ]


@recorded
@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """An answer that was taken: what it came to, the digest of all that it said, and when it was signed, in
    milliseconds since the epoch.
    """

    outcome: str
    digest: str
    signed_at: int = 0
