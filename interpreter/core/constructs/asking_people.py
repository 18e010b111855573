"""What all constructs share that ask people: answers, deadlines and stages of the question that is their frame's.

The question is worded once, when it opens. Its id is the path of the frame, so it is found by a late answer too.
"""

from typing import TypeVar, assert_never

from dsl.ast import people
from dsl.ast.people import ChosenGroup, Group, Person, Whom
from dsl.expressions.values import Value
from interpreter.boundary.failures import APPROVAL_TIMED_OUT, EXPRESSION_FAILED
from interpreter.core import asking, chosen
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.texts import text_of
from interpreter.core.events import Answered, AnswerVerified, CallFailed, Event, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Failure, FlowFailed, done, failed
from interpreter.core.question import Seat, Stage, Vote
from interpreter.core.state import Frame

M_co = TypeVar("M_co", bound=Memory, covariant=True)
Names = dict[str, Value]


class AskingPeople(Construct[M_co]):
    """Ends `done` with the record of how the question was decided, or as a stage says that is to fail."""

    node = "approval"
    place = "approval"
    waits = True

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case Answered():
                asking.take(machine, frame, event)
            case AnswerVerified() | CallFailed():
                self._heard(machine, frame, event)
            case TimerFired():
                if asking.is_due(machine, frame):
                    self._timed_out(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        self.close(machine, frame, "withdrawn")
        machine.end(frame, CANCELLED)

    def close(self, machine: Machine, frame: Frame, outcome: str) -> None:
        asking.close(machine, frame, outcome)

    def _heard(self, machine: Machine, frame: Frame, event: AnswerVerified | CallFailed) -> None:
        decision = asking.heard(machine, frame, event)
        question = asking.question_of(machine, frame)
        if decision is not None:
            votes = asking.deciding(question, decision.outcome)
            self._settle(machine, frame, decision.outcome, decision.outcome == "approved", decision.answer, votes)
        elif question.due and asking.is_due(machine, frame):
            self._timed_out(machine, frame)

    def _timed_out(self, machine: Machine, frame: Frame) -> None:
        question = asking.question_of(machine, frame)
        match question.current.outcome:
            case "ask":
                machine.note("escalated", frame, "approval", detail=question.text)
                asking.next_stage(machine, frame)
            case "fail":
                self.close(machine, frame, "timed_out")
                machine.end(frame, failed(Failure(APPROVAL_TIMED_OUT, f"nobody answered: {question.text}", frame.path)))
            case outcome:
                self._settle(machine, frame, "timed_out", outcome == "approve", None, [])

    def _settle(
        self, machine: Machine, frame: Frame, outcome: str, approved: bool, answer: Value, votes: list[Vote]
    ) -> None:
        """`by` are those on whose votes it stands, `note` is what the one who rejected has said."""
        note = votes[-1].answer.note if outcome == "rejected" else None
        by: list[Value] = [*sorted({vote.by for vote in votes})]
        self.close(machine, frame, outcome)
        value: Value = {"outcome": outcome, "approved": approved, "answer": answer, "by": by, "note": note or None}
        machine.end(frame, done(value))


def stages_of(
    machine: Machine, frame: Frame, stages: tuple[people.Stage, ...], known: Names | None = None
) -> list[Stage]:
    """With each `person EXPR` and `group EXPR` by name; `known` are all the names that those know, if not those around
    the frame."""
    return [_stage(machine, frame, number, stage, known) for number, stage in enumerate(stages)]


def _stage(machine: Machine, frame: Frame, number: int, stage: people.Stage, known: Names | None) -> Stage:
    assert stage.timeout is not None
    assert stage.outcome is not None
    seats = [_seat(machine, frame, f"{number}.{place}", whom, known) for place, whom in enumerate(stage.whom)]
    seats = [seat for place, seat in enumerate(seats) if not _is_asked_besides(place, seats, stage.whom)]
    timeout = chosen.length(
        machine, frame, f"timeout of stage {number + 1}", stage.chosen_timeout, stage.timeout, known
    )
    required = chosen.count(
        machine, frame, f"how many agree in stage {number + 1}", stage.chosen_required, stage.required, known
    )
    return Stage(seats, timeout, stage.outcome, required, stage.all_of, stage.except_requester, stage.verified)


def _seat(machine: Machine, frame: Frame, key: str, whom: Whom, known: Names | None) -> Seat:
    match whom:
        case Group(name=name):
            return Seat(name)
        case ChosenGroup():
            return Seat(_group(machine, frame, key, whom, known))
        case Person(value=value):
            named = machine.evaluate(frame, f"person{key}", value, known, closed=known is not None)
            return Seat(text_of(machine, frame, f"name{key}", named), is_person=True)
        case _:
            assert_never(whom)


def _group(machine: Machine, frame: Frame, key: str, whom: ChosenGroup, known: Names | None) -> str:
    """Only one of those that could be known before the run: a definition may say more than its types do."""
    named = machine.evaluate(frame, f"group{key}", whom.value, known, closed=known is not None)
    name = text_of(machine, frame, f"name{key}", named)
    if name not in whom.groups:
        message = f"`{name}` is none of the groups that may be asked: {', '.join(whom.groups)}"
        raise FlowFailed(Failure(EXPRESSION_FAILED, message, frame.path))
    return name


def _is_asked_besides(place: int, seats: list[Seat], asked: tuple[Whom, ...]) -> bool:
    """Whether data came to a group that is asked anyway: one group is one seat, also where one of each has to agree."""
    if not isinstance(asked[place], ChosenGroup):
        return False
    others = enumerate(zip(seats, asked, strict=True))
    return any(
        seat == seats[place] and (isinstance(whom, Group) or other < place)
        for other, (seat, whom) in others
        if other != place
    )
