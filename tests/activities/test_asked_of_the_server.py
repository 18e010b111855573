"""What activities ask the server: how a run ended, who holds a lock, an event for another run. The server is played."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, TimeoutError, TimeoutType
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from dsl.ast.declarations import Emit, ToolDeclaration
from dsl.ast.expressions import Binary, Expression, Literal, Name
from interpreter.activities.cancel_run import cancel_run
from interpreter.activities.context import CALL, ToolContext
from interpreter.activities.describe_run import QUERY_TIMEOUT, describe_run_activity
from interpreter.activities.emitted import PATIENCE, EmitFunction
from interpreter.activities.locks import GONE, ask_lock_activity, over_since
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.boundary.costs import Cost
from interpreter.boundary.failures import EVENT_NOT_TAKEN, NOT_CALLED, RUN_LOST, SERVER_UNAVAILABLE, UNDECLARED
from interpreter.boundary.ledgers import LARGEST_LEDGER, digest_of
from interpreter.boundary.lock import LockInput, LockRequest, lock_id
from interpreter.boundary.names import (
    ASK_LOCK_SIGNAL,
    LOCK_WORKFLOW,
    LOCKS,
    QUEUE_FULL,
    REPORT_QUERY,
    SEND_UPDATE,
    UNPROCESSED,
    carriers_of,
)
from interpreter.boundary.payloads import (
    AnswerReply,
    ChildReport,
    DescribeRunRequest,
    HeardOfModels,
    RunResult,
    Spent,
)
from interpreter.boundary.send import Send
from interpreter.stores.memory import MemoryStore

NOT_FOUND = RPCError("no such run", RPCStatusCode.NOT_FOUND, b"")
AWAY = RPCError("the server is away", RPCStatusCode.UNAVAILABLE, b"")
INVALID = RPCError("the id is too long", RPCStatusCode.INVALID_ARGUMENT, b"")


@dataclass
class Played:
    """A client and the handle of its one run: each answer is given, or raised."""

    description: Any = None
    result: Any = None
    report: Any = None
    reply: Any = None
    carriers: int = 0
    seen: list[Any] = field(default_factory=list)

    def get_workflow_handle(self, workflow_id: str, **more: Any) -> "Played":
        self.seen.append((workflow_id, *more.values()))
        return self

    async def list_workflows(self, query: str, limit: int) -> AsyncIterator[int]:
        self.seen.append((query, limit))
        for carrier in range(min(self.carriers, limit)):
            yield carrier

    async def describe(self) -> Any:
        return _given(self.description)

    async def start_workflow(self, *arguments: Any, **more: Any) -> None:
        self.seen.append((arguments, more))

    async def query(self, query: str, **more: Any) -> Any:
        self.seen.append((query, more["rpc_timeout"]))
        return _given(self.report)

    async def execute_update(self, update: str, argument: Any, **more: Any) -> Any:
        self.seen.append((update, argument, more["rpc_timeout"]))
        return _given(self.reply)

    async def cancel(self) -> None:
        self.seen.append("cancelled")

    async def run(self, activity: Callable[..., Any], *arguments: Any) -> Any:
        return await ActivityEnvironment(cast(Client, self)).run(activity, *arguments)


class Ended(Played):
    """Its `result` is awaited, as that of a handle is."""

    def __getattribute__(self, name: str) -> Any:
        if name != "result":
            return super().__getattribute__(name)

        async def result() -> Any:
            return _given(vars(self)["result"])

        return result


def _given(answer: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer


def status(name: str, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(status=WorkflowExecutionStatus[name], **more)


async def described(played: Played, store: MemoryStore | None = None) -> ChildReport | None:
    report: ChildReport | None = await played.run(
        describe_run_activity(store or MemoryStore()), DescribeRunRequest("child", "main/c")
    )
    return report


def failure(kind: str, message: str) -> dict[str, Any]:
    return {"$type": "Failure", "kind": kind, "message": message}


@pytest.mark.parametrize("at", ["RUNNING", "CONTINUED_AS_NEW"])
async def test_nothing_is_told_of_a_run_that_is_under_way(at: str) -> None:
    assert await described(Played(status(at))) is None


async def test_a_run_that_completed_tells_what_it_gave_spent_and_left() -> None:
    cost = Cost("main", name="a", model="m")
    result = RunResult(7, Spent("0.5", 3, 1), ledger=[{"path": "main/a"}], costs=[cost])
    report = await described(Ended(status("COMPLETED"), result))
    assert report == ChildReport(
        "main/c", "completed", result, None, Spent("0.5", 3, 1), [{"path": "main/a"}], costs=[cost]
    )


async def test_a_ledger_that_is_too_long_lies_in_the_store() -> None:
    store = MemoryStore()
    long = [{"path": "x" * LARGEST_LEDGER}]
    report = await described(Ended(status("COMPLETED"), RunResult(7, ledger=list(long))), store)
    assert report is not None
    assert digest_of(report.ledger) is not None
    assert b"xxx" in store.get(digest_of(report.ledger) or "")


async def test_a_run_that_failed_says_why_and_what_it_left() -> None:
    heard = {"refuses": {"m": ["temperature"]}, "max_output": {"m": 9}}
    detail = {
        "failure": failure("CardDeclined", "no"),
        "spent": {"usd": "0.25", "tokens": 2, "calls": 1},
        "ledger": [{"path": "main/a"}],
        "rehearsal": True,
        "heard": heard,
        "costs": [{"flow": "main", "name": "a", "model": "m"}],
    }
    failed = WorkflowFailureError(cause=ApplicationError("no", detail, type="CardDeclined"))
    assert await described(Ended(status("FAILED"), failed)) == ChildReport(
        "main/c",
        "failed",
        failure=failure("CardDeclined", "no"),
        spent=Spent("0.25", 2, 1),
        ledger=[{"path": "main/a"}],
        rehearsal=True,
        heard=HeardOfModels({"m": ["temperature"]}, {"m": 9}),
        costs=[Cost("main", name="a", model="m")],
    )


@pytest.mark.parametrize("details", [(), ("a text",), (None,), ({},)])
async def test_of_a_workflow_that_says_nothing_of_itself_nobody_knows_what_it_left(details: tuple[Any, ...]) -> None:
    failed = WorkflowFailureError(cause=ApplicationError("broken", *details, type="Odd"))
    assert await described(Ended(status("FAILED"), failed)) == ChildReport(
        "main/c", "failed", failure=failure("Odd", "broken")
    )


async def test_a_failure_without_a_kind_is_undeclared() -> None:
    report = await described(Ended(status("FAILED"), WorkflowFailureError(cause=ApplicationError("broken"))))
    assert report == ChildReport("main/c", "failed", failure=failure(UNDECLARED, "broken"))


async def test_a_run_that_was_cancelled_has_undone_what_it_did() -> None:
    cancelled = WorkflowFailureError(cause=CancelledError("Workflow cancelled"))
    assert await described(Ended(status("CANCELED"), cancelled)) == ChildReport("main/c", "cancelled", ledger=[])


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (TerminatedError("by ann"), "the run child was terminated: by ann"),
        (
            TimeoutError("late", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[]),
            "the run child was timeout: late",
        ),
    ],
)
async def test_a_run_that_did_not_end_by_itself_is_asked_what_it_did(cause: Any, words: str) -> None:
    told = ChildReport("its own", "running", spent=Spent("1", 1, 1), ledger=[{"path": "main/a"}])
    played = Ended(status("TERMINATED"), WorkflowFailureError(cause=cause), told)
    report = await described(played)
    assert report == ChildReport(
        "main/c", "running", failure=failure(RUN_LOST, words), spent=Spent("1", 1, 1), ledger=[{"path": "main/a"}]
    )
    assert (REPORT_QUERY, QUERY_TIMEOUT) in played.seen


@pytest.mark.parametrize("error", [AWAY, WorkflowQueryFailedError("no worker")])
async def test_nobody_knows_what_a_run_did_that_cannot_be_asked(error: Exception) -> None:
    ended = WorkflowFailureError(cause=TerminatedError("by ann"))
    assert await described(Ended(status("TERMINATED"), ended, error)) == ChildReport(
        "main/c", "lost", failure=failure(RUN_LOST, "the run child was terminated: by ann")
    )


async def test_a_run_that_is_gone_is_lost_and_a_server_that_is_away_says_nothing() -> None:
    assert await described(Played(NOT_FOUND)) == ChildReport(
        "main/c", "lost", failure=failure(RUN_LOST, "the run child is gone")
    )
    with pytest.raises(RPCError):
        await described(Played(AWAY))


async def test_a_cancel_is_asked_for() -> None:
    played = Played()
    await played.run(cancel_run, "run")
    assert played.seen == [("run",), "cancelled"]


LOCK = LockRequest("stock", "run", "first", "main/a")


def of(first_run: str) -> SimpleNamespace:
    return SimpleNamespace(workflow_execution_info=SimpleNamespace(first_run_id=first_run))


@pytest.mark.parametrize(
    ("description", "since"),
    [
        (status("RUNNING", raw_description=of("first"), close_time=None), None),
        (status("CONTINUED_AS_NEW", raw_description=of("first"), close_time=datetime.now(UTC)), None),
        (status("RUNNING", raw_description=of("another"), close_time=None), GONE),
        (status("COMPLETED", raw_description=of("another"), close_time=datetime.now(UTC)), GONE),
        (status("COMPLETED", raw_description=of("first"), close_time=None), None),
        (NOT_FOUND, GONE),
    ],
)
async def test_whether_a_run_that_holds_a_lock_is_over(description: Any, since: float | None) -> None:
    assert await Played(description).run(over_since, LOCK) == since


async def test_since_when_a_run_is_over() -> None:
    closed = datetime.now(UTC) - timedelta(hours=1)
    for name in ("COMPLETED", "FAILED", "CANCELED", "TERMINATED", "TIMED_OUT"):
        description = status(name, raw_description=of("first"), close_time=closed)
        assert 3_600 <= await Played(description).run(over_since, LOCK) < 3_700
    with pytest.raises(RPCError):
        await Played(AWAY).run(over_since, LOCK)


async def test_a_run_that_has_left_a_call_with_a_carrier_is_over_since_now() -> None:
    closed = datetime.now(UTC) - timedelta(hours=1)
    over = status("COMPLETED", raw_description=of("first"), close_time=closed)
    runs = status("RUNNING", raw_description=of("first"), close_time=None)
    for description, carriers, since in ((over, 2, 0.0), (NOT_FOUND, 1, 0.0), (runs, 1, None), (NOT_FOUND, 0, GONE)):
        played = Played(description, carriers=carriers)
        assert await played.run(over_since, LOCK) == since
        assert since is None or (carriers_of("run", "first"), 1) in played.seen


async def test_who_asks_for_a_lock_works_for_it() -> None:
    working = []

    class Works:
        async def work(self) -> None:
            working.append(1)

    played = Played()
    await played.run(ask_lock_activity(Works()), LOCK)
    assert working == [1]
    ((arguments, more),) = played.seen
    assert arguments == (LOCK_WORKFLOW, LockInput("stock"))
    assert more == {
        "id": lock_id("stock"),
        "task_queue": LOCKS,
        "start_signal": ASK_LOCK_SIGNAL,
        "start_signal_args": [LOCK],
        "static_summary": "lock stock",
    }


# -- events for other runs


def tool_that_sends(to: Expression, value: Expression | None = None, key: Expression | None = None) -> EmitFunction:
    declaration = cast(ToolDeclaration, SimpleNamespace(name="desk.tell"))
    return EmitFunction(declaration, cast(Emit, SimpleNamespace(to=to, event="mail", value=value, key=key)), {})


async def sent(played: Played, function: EmitFunction | None = None, **arguments: Any) -> None:
    CALL.set(ToolContext("key-1", 1, "main/a", "w" * 200))
    tool = function or tool_that_sends(Name("run"), Name("words"), Name("who"))
    environment = ActivityEnvironment(cast(Client, played))

    async def call() -> None:
        await tool(**({"run": "other", "words": "hello", "who": "ann"} | arguments))

    await environment.run(call)


async def not_sent(reply: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(SaidByWorker) as caught:
        await sent(Played(reply=reply), **arguments)
    return caught.value.kind, caught.value.message


async def test_an_event_has_the_key_of_its_call_and_says_who_sends_it() -> None:
    played = Played(reply=AnswerReply(True, "recorded", ""))
    await sent(played)
    assert played.seen == [("other",), (SEND_UPDATE, Send("key-1", "mail", "hello", "w" * 100, "ann"), PATIENCE)]
    await sent(played, tool_that_sends(Name("run")))
    assert played.seen[-1][1] == Send("key-1", "mail", None, "w" * 100, None)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            AnswerReply(False, "refused", "nobody waits"),
            EVENT_NOT_TAKEN,
            "the run other does not take it: nobody waits",
        ),
        (AnswerReply(False, "full", "9 wait"), SERVER_UNAVAILABLE, "the run other takes no more for now: 9 wait"),
        (
            WorkflowUpdateFailedError(ApplicationError("not so", type="Odd")),
            EVENT_NOT_TAKEN,
            "the run other does not take it: not so",
        ),
        (
            WorkflowUpdateFailedError(ApplicationError("9 wait", type=QUEUE_FULL)),
            SERVER_UNAVAILABLE,
            "the run other takes no more for now: 9 wait",
        ),
        (
            WorkflowUpdateFailedError(ApplicationError("?", type=UNPROCESSED)),
            UNDECLARED,
            "the run other has not heard of the event",
        ),
        (WorkflowUpdateFailedError(ValueError("odd")), EVENT_NOT_TAKEN, "the run other does not take it: odd"),
        (WorkflowUpdateRPCTimeoutOrCancelledError(), UNDECLARED, "the run other has not said whether it has the event"),
        (NOT_FOUND, EVENT_NOT_TAKEN, "no run other is under way"),
        (INVALID, EVENT_NOT_TAKEN, "no run can be called other: the id is too long"),
        (AWAY, UNDECLARED, "the run other cannot be reached: the server is away"),
    ],
)
async def test_each_end_says_whether_the_event_is_there(reply: Any, kind: str, words: str) -> None:
    assert await not_sent(reply) == (kind, words)


async def test_an_event_for_nobody_and_one_that_cannot_be_worded_are_not_sent() -> None:
    played = Played()
    with pytest.raises(SaidByWorker, match="nobody is meant") as caught:
        await sent(played, run="")
    assert caught.value.kind == EVENT_NOT_TAKEN
    with pytest.raises(SaidByWorker, match=r"`desk\.tell` was not called") as unworded:
        await sent(played, tool_that_sends(Binary("//", Literal(1), Literal(0))))
    assert unworded.value.kind == NOT_CALLED
    assert played.seen == []
