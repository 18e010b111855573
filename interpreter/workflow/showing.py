"""Where a run stands, for those who look at Temporal: current details always, search attributes when a wait opens or
closes.
"""

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from interpreter.boundary.names import (
    DEADLINE_ATTRIBUTE,
    FLOW_ATTRIBUTE,
    GROUPS_ATTRIBUTE,
    HASH_ATTRIBUTE,
    MEMO_FLOW,
    MEMO_LACKING,
    MEMO_MADE_UP,
    REHEARSAL_WORD,
    STAGED_WORD,
    USD_ATTRIBUTE,
)
from interpreter.boundary.view import AROUND, StepView
from interpreter.core import purses
from interpreter.core.advance import finished
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.core.question import Question
from interpreter.core.staging import is_staged
from interpreter.core.state import State
from interpreter.core.view import lacking, step_view, without_worker
from interpreter.core.wording import title
from interpreter.workflow.patches import TELLS_OF_REHEARSALS, TELLS_OF_WORKERS

FLOW = SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE)
GROUPS = SearchAttributeKey.for_keyword_list(GROUPS_ATTRIBUTE)
DEADLINE = SearchAttributeKey.for_datetime(DEADLINE_ATTRIBUTE)
HASH = SearchAttributeKey.for_keyword(HASH_ATTRIBUTE)
USD = SearchAttributeKey.for_float(USD_ATTRIBUTE)

LARGEST_LIST = 1_900
"""Bytes of names in a search attribute; over 2,048 the server ends the run."""

NOT_LISTED = AROUND | {None, "approval"}
"""What is inside is listed instead, and a question has a line of its own."""
MOST_SHOWN = 20
"""Steps, and questions, in the current details: they are made anew at each step of the run."""


def is_indexed() -> bool:
    """Whether the search attributes are registered: this run was started with one. A child has none, and a memo in
    its place where they are not."""
    return _has_flow() or (workflow.info().parent is not None and workflow.memo_value(MEMO_FLOW, None) is None)


def _has_flow() -> bool:
    return any(pair.key.name == FLOW_ATTRIBUTE for pair in workflow.info().typed_search_attributes)


def with_hash(hash_: str) -> TypedSearchAttributes:
    """Those of this run, which goes on with another definition."""
    now = workflow.info().typed_search_attributes
    return now.updated(SearchAttributePair(HASH, hash_)) if is_indexed() else now


class Showing:
    """`listed`: it stands in lists of runs; one below another is told of by that."""

    def __init__(self, *, private: bool, listed: bool) -> None:
        self._listed = listed
        self._indexed = is_indexed()
        self._private = private
        self._details = ""
        self._waits: tuple[tuple[str, int], ...] = ()
        self._closed = False
        self._lacking: dict[str, str] = workflow.memo_value(MEMO_LACKING, {})
        self._made_up: list[str] = workflow.memo_value(MEMO_MADE_UP, [])

    def show(self, state: State, trouble: str | None) -> None:
        """`trouble`: why the run as a whole does not go on."""
        details = _details(state)
        if details != self._details:
            self._details = details
            workflow.set_current_details(details)
        self._show_lacking(state, trouble)
        if state.rehearsal and self._listed and REHEARSAL_WORD not in self._made_up:
            self._show_rehearsal(state)
        waits = tuple((question.id, question.stage) for question in state.questions.values())
        closing = finished(state) and not self._closed and purses.total(state).usd > 0
        if self._indexed and (waits != self._waits or closing):
            self._waits, self._closed = waits, finished(state)
            workflow.upsert_search_attributes(_updates(state, closing=closing, private=self._private))

    def _show_rehearsal(self, state: State) -> None:
        if workflow.patched(TELLS_OF_REHEARSALS):
            self._made_up = [REHEARSAL_WORD, STAGED_WORD] if is_staged(state) else [REHEARSAL_WORD]
            workflow.upsert_memo({MEMO_MADE_UP: self._made_up})

    def _show_lacking(self, state: State, trouble: str | None) -> None:
        """In the memo, where it is found without a worker, and among all runs."""
        found = dict(islice(lacking(state).items(), MOST_SHOWN))
        without = without_worker(state)
        if without and workflow.patched(TELLS_OF_WORKERS):
            found = dict(islice((found | without).items(), MOST_SHOWN))
        if trouble is not None:
            found[state.flow] = trouble
        if found != self._lacking:
            self._lacking = found
            workflow.upsert_memo({MEMO_LACKING: found or None})


def _updates(state: State, *, closing: bool, private: bool) -> list[SearchAttributeUpdate[Any]]:
    questions = list(state.questions.values())
    updates: list[SearchAttributeUpdate[Any]] = [] if _has_flow() else [FLOW.value_set(state.flow)]
    updates.append(GROUPS.value_set(_that_fit(questions, private=private)))
    if questions:
        first = min(question.deadline for question in questions)
        updates.append(DEADLINE.value_set(datetime.fromtimestamp(first, UTC)))
    else:
        updates.append(DEADLINE.value_unset())
    if closing:
        updates.append(USD.value_set(float(purses.total(state).usd)))
    return updates


def _that_fit(questions: list[Question], *, private: bool) -> list[str]:
    """The names that a search attribute has room for: groups before persons, who may stand in data."""
    found: list[str] = []
    size = 2
    seats = [seat for question in questions for seat in question.current.seats if not (private and seat.is_person)]
    for name in dict.fromkeys(seat.shown for seat in sorted(seats, key=lambda seat: seat.is_person)):
        size += len(json.dumps(name)) + 1
        if size <= LARGEST_LIST:
            found.append(name)
    return found


def _details(state: State) -> str:
    """Markdown: the status, what runs, what waits for whom."""
    lines = [f"**{state.flow}** is {state.status}" + (" (rehearsal)" if state.rehearsal else "")]
    shown = (frame for frame in state.frames.values() if CONSTRUCTS[frame.kind].node not in NOT_LISTED)
    lines += [f"- {_step_line(step_view(state, frame))}" for frame in islice(shown, MOST_SHOWN)]
    for question in islice(state.questions.values(), MOST_SHOWN):
        whom = ", ".join(seat.shown for seat in question.current.seats)
        lines.append(f"- waits for {whom}: {question.text}")
    return "\n".join(lines)


def _step_line(step: StepView) -> str:
    attempt = f", attempt {step.attempt}" if step.attempt > 1 else ""
    return f"{title(step.path)}: {step.state}{attempt}"
