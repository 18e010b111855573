"""What the state query answers, made from the state."""

from dsl.definition.definition import Definition
from dsl.expressions.wire import to_wire
from dsl.values.schema import json_schema
from interpreter.boundary.view import KeptEvent, LedgerView, Note, PurseView, QuestionView, RunView, StepView, VoteView
from interpreter.core import purses
from interpreter.core.ballot import answer_type
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.core.question import Question
from interpreter.core.staging import is_staged
from interpreter.core.state import Entry, Frame, Purse, State


def view(definition: Definition, state: State, after: int = 0) -> RunView:
    """Everything about the run; of its notes those with a number over `after`."""
    return RunView(
        flow=state.flow,
        hash=state.hash,
        status=state.status,
        started=state.started,
        requester=state.requester,
        rehearsal=state.rehearsal,
        steps=[step_view(state, frame) for frame in state.frames.values() if is_shown(state, frame)],
        questions=[_question(definition, state, question) for question in state.questions.values()],
        purses=[_purse(purse, state.flow) for purse in state.purses.values()],
        ledger=[_entry(entry) for entry in state.ledger.values()],
        notes=_since(state.notes, after),
        spent=purses.as_spent(purses.total(state)),
        continuations=state.continuations,
        staged=is_staged(state),
        costs=list(state.costs.values()),
        config=state.config,
        kept=[KeptEvent(each.id, each.name, each.key, each.by, each.at, each.size) for each in state.arrivals],
        moves=list(state.moves),
    )


def _since(notes: list[Note], after: int) -> list[Note]:
    """Notes are numbered without a gap, so those after a number are the end of the list."""
    first = notes[0].number if notes else 0
    return notes[max(0, after + 1 - first) :]


def is_shown(state: State, frame: Frame) -> bool:
    """Whether people are shown it; other frames are how the machine works, while it does."""
    return CONSTRUCTS[frame.kind].node is not None or _lacks_by_itself(state, frame)


def lacking(state: State) -> dict[str, str]:
    """What waits for objects that cannot be read: the reason, for the path of each step."""
    return {path.removesuffix("/call"): missing.reason for path, missing in state.lacking.items()}


def without_worker(state: State) -> dict[str, str]:
    """What has met only workers that cannot take it: why it waits, for the path of each step."""
    told = ((path, CONSTRUCTS[frame.kind].lacks_worker(frame)) for path, frame in state.frames.items())
    return {path.removesuffix("/call"): reason for path, reason in told if reason and path not in state.lacking}


def _lacks_by_itself(state: State, frame: Frame) -> bool:
    return frame.path in state.lacking and not frame.path.endswith("/call")


def step_view(state: State, frame: Frame) -> StepView:
    """A step is doing what its call does, while there is one."""
    construct = CONSTRUCTS[frame.kind]
    of = state.frames.get(f"{frame.path}/call", frame)
    acting = CONSTRUCTS[of.kind]
    doing = construct.doing(frame) if frame.cancelling else acting.doing(of)
    name = frame.path.rsplit("/", 1)[-1]
    missing = state.lacking.get(of.path)
    told = acting.detail(of) or construct.detail(frame)
    detail = told if missing is None else missing.reason
    lacks = missing.digest if missing is not None else ""
    doing = doing if missing is None or frame.cancelling else "waiting"
    counts = construct.counts(frame)
    return StepView(
        frame.path, name, construct.node or "", doing, frame.since, acting.attempt(of), detail, lacks, counts
    )


def _question(definition: Definition, state: State, question: Question) -> QuestionView:
    stage, type_ = question.current, answer_type(question)
    return QuestionView(
        id=question.id,
        name=question.name,
        question=question.text,
        shown=question.shown,
        gates=question.gates,
        answer_schema=json_schema(type_, definition.types, for_model=False) if type_ is not None else None,
        digest=question.digest,
        stage=question.stage + 1,
        stages=len(question.stages),
        whom=[seat.shown for seat in stage.seats],
        groups=stage.groups,
        required=stage.required,
        all_of=stage.all_of,
        except_requester=stage.except_requester,
        verified=stage.verified or state.verified,
        rehearsal=state.rehearsal,
        staged=is_staged(state),
        asked_at=question.asked_at,
        deadline=question.deadline,
        then=stage.outcome,
        votes=_votes(question),
        proposal=to_wire(question.proposal),
        proposal_digest=question.proposal_digest,
    )


def _votes(question: Question) -> list[VoteView]:
    agreeing = question.agreeing
    return [
        VoteView(
            by=vote.by,
            standing=vote.verdict.standing,
            decision=vote.answer.decision,
            at=vote.at,
            stage=vote.stage + 1,
            group=vote.answer.group,
            key=vote.verdict.key,
            answer=vote.answer.answer,
            note=vote.answer.note,
            counts=vote in agreeing,
        )
        for vote in question.votes
    ]


def _purse(purse: Purse, flow: str) -> PurseView:
    usd = format(purse.usd, "f") if purse.usd is not None else None
    spent, reserved = purses.as_spent(purse.spent), purses.as_spent(purse.reserved)
    return PurseView(purses.shown(purse, flow), usd, purse.tokens, purse.calls, purse.deadline, spent, reserved)


def _entry(entry: Entry) -> LedgerView:
    then = [call.tool for call in entry.then]
    return LedgerView(entry.path, entry.tool, entry.state, entry.undo_tool, entry.staged, entry.made, then)
