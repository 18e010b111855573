"""The workflow of one lock: it knows who holds it and who is next, for all runs. It lives while anybody wants it.

- Asking, and leaving, are signals; whoever asks starts the workflow with it where it does not run. A signal that comes
  when it is about to end makes the server refuse the end.
- Who gets the lock is told by a signal to its workflow id, in whatever execution that run is by then. Where nobody is
  there any more, the lock is free again.
- **The lease.** A holder gives the lock back when it ends, also by a failure or a cancel. One that was terminated tells
  nobody. So soon after somebody begins to wait, and then every half a minute, it is asked whether the holders still
  run; the lock of one that has been over for so long is free. That long, because what it had under way may be at work
  until it hears, by its next sign of life, that nobody wants it any more. One that is over for less is asked after
  again when that is due, and no later: who waits has a limit, too.
- It continues as new between two signals, with the queue as it stands.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from interpreter.boundary.lock import LockInput, LockRequest
from interpreter.boundary.names import (
    ACQUIRED_SIGNAL,
    ASK_LOCK_SIGNAL,
    LEAVE_LOCK_SIGNAL,
    LOCK_WORKFLOW,
    OVER_SINCE_ACTIVITY,
)
from interpreter.boundary.sparse import sparse
from interpreter.core.lock_queue import LockQueue
from interpreter.workflow.tasks import Tasks

LEASE = timedelta(seconds=30)
FIRST_LOOK = timedelta(seconds=5)
"""After somebody has begun to wait: the holder may be over for long."""
SHORTEST_LOOK = timedelta(seconds=1)
LONGEST_LOOK = timedelta(hours=1)
"""Between two looks at who holds it, where nobody waits."""
MOST_EVENTS = 2_000
LOOK_TIMEOUT = timedelta(seconds=10)


@workflow.defn(name=LOCK_WORKFLOW, sandboxed=False)
class LockWorkflow:
    @workflow.init
    def __init__(self, lock: LockInput) -> None:
        self._known = {request.ticket: request for request in (*lock.holding, *lock.waiting)}
        places = {ticket: request.up_to for ticket, request in self._known.items()}
        holding, waiting = ([each.ticket for each in requests] for requests in (lock.holding, lock.waiting))
        self._queue = LockQueue(holding, waiting, places, list(lock.left))
        self._inbox: deque[Callable[[], Iterable[str]]] = deque()
        self._under_way = 0
        self._tasks = Tasks(self._inbox.append)

    @workflow.signal(name=ASK_LOCK_SIGNAL)
    def ask(self, request: LockRequest) -> None:
        self._known.setdefault(request.ticket, request)
        self._inbox.append(lambda: self._queue.ask(request.ticket, request.up_to))

    @workflow.signal(name=LEAVE_LOCK_SIGNAL)
    def leave(self, request: LockRequest) -> None:
        self._leave(request.ticket)

    @workflow.run
    async def run(self, lock: LockInput) -> None:
        self._tasks.go(self._look_after())
        while True:
            while self._inbox:
                for ticket in self._inbox.popleft()():
                    self._under_way += 1
                    self._tasks.go(self._tell(self._known[ticket]))
            if self._under_way == 0 and self._queue.is_idle:
                return
            if self._under_way == 0 and workflow.info().get_current_history_length() > MOST_EVENTS:
                self._continue(lock.lock)
            await workflow.wait_condition(lambda: bool(self._inbox))

    def _leave(self, ticket: str) -> None:
        def left() -> list[str]:
            self._known.pop(ticket, None)
            return self._queue.leave(ticket)

        self._inbox.append(left)

    def _continue(self, lock: str) -> None:
        holding = [self._known[ticket] for ticket in self._queue.holding]
        waiting = [self._known[ticket] for ticket in self._queue.waiting]
        workflow.continue_as_new(sparse(LockInput(lock, holding, waiting, self._queue.left)))

    async def _tell(self, holder: LockRequest) -> None:
        """That it holds the lock; which run is meant, as another may have taken its id."""
        told = [holder.command, holder.first_run]
        try:
            await workflow.get_external_workflow_handle(holder.workflow_id).signal(ACQUIRED_SIGNAL, args=told)
        except ApplicationError:
            self._leave(holder.ticket)
        self._over()

    async def _look_after(self) -> None:
        """See again and again to it that nobody holds the lock who is not there any more."""
        due = LEASE
        while True:
            try:
                pause = due if self._queue.waiting else min(due, FIRST_LOOK)
                await workflow.wait_condition(lambda: bool(self._queue.waiting), timeout=LONGEST_LOOK)
                await workflow.sleep(pause, summary="look after the holders")
            except TimeoutError:
                pass
            due = await self._look()

    async def _look(self) -> timedelta:
        """At each holder; and when the next look is due."""
        due = LEASE
        for ticket in list(self._queue.holding):
            if ticket not in self._queue.holding:  # it has left while another was asked after
                continue
            self._under_way += 1
            since = await self._over_since(self._known[ticket])
            if since is not None and since >= LEASE.total_seconds():
                self._leave(ticket)
            elif since is not None:
                due = min(due, LEASE - timedelta(seconds=since))
            self._over()
        return max(due, SHORTEST_LOOK)

    async def _over_since(self, holder: LockRequest) -> float | None:
        found: float | None = await workflow.execute_activity(
            OVER_SINCE_ACTIVITY,
            holder,
            result_type=float | None,  # type: ignore[arg-type]
            start_to_close_timeout=LOOK_TIMEOUT,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1)),
        )
        return found

    def _over(self) -> None:
        """Something that was under way is over: the main coroutine looks again."""
        self._under_way -= 1
        self._inbox.append(lambda: ())
