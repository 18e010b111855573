"""Looking at a run by a replay: what is told when that cannot be, without what the SDK dumps. The rest is shown on a
server, in `tests/cli/test_finished_runs.py`.
"""

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from interpreter.worker.looking import Unreadable, _decided, _reason

DUMP = (
    '4: Workflow activation completion failed: Failure { failure: Some(Failure { message: "no object \\"abc\\" here", '
    'source: "", stack_trace: "  File \\"/somewhere/worker.py\\", line 333"'
)


def test_of_a_dump_only_what_was_said_is_told() -> None:
    assert _reason(DUMP) == ': no object "abc" here'
    assert _reason('Failure { message: "Encoded failure", source') == ""
    assert _reason("another version wrote it") == ": another version wrote it"
    assert len(_reason("x" * 9_000)) < 400


def test_a_history_that_no_worker_has_begun_has_nothing_to_look_at() -> None:
    with pytest.raises(Unreadable, match="no worker has begun it yet"):
        _decided(WorkflowHistory("a", [HistoryEvent(event_id=1, event_type=1)]))  # type: ignore[arg-type]
