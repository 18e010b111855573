"""The stepper: one event in, the state moved on, the commands that follow out.

Work goes through a queue of tasks and never by recursion. A task runs one method of one frame's construct. It may end
the frame, open frames below it, issue commands, or evaluate expressions. An evaluation whose operand is a reference
suspends the task: its frame remembers it, a command fetches the value, and the task runs again from its start. So a
construct evaluates first and changes things afterwards.

One event does a bounded piece of work. Each task, and each step of an evaluation, is charged; when the piece is done
and tasks are left, they go into the state as its backlog and the driver is asked for a pause, after which they go on.
What comes in meanwhile queues behind them. So no event takes long however much there is to do, for every construct
alike, and a pause is a point like any other: a run can be cancelled, or continue as new, in the middle of a long list.

The queue is empty between two events; what waits is in the state.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, assert_never

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.definition.definition import Definition
from dsl.definition.encode import encode
from dsl.definition.reach import reached
from dsl.expressions.context import Meter
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.names import names
from dsl.expressions.values import Value
from dsl.values.codec import dump
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.view import Counts, Note
from interpreter.core import fetching, locks
from interpreter.core.commands import Cancel, Command, Evaluate, Pause, Reply, Work
from interpreter.core.context import context_of
from interpreter.core.events import Answered, CancelRequested, Event, Received, Resumed, Started, Told
from interpreter.core.late_answers import OVER, reply_without_question
from interpreter.core.memory import Memory
from interpreter.core.of_run import asked_of_it
from interpreter.core.outcomes import CANCELLED, Exit, Failure, FlowFailed, Suspended, mistake
from interpreter.core.state import Frame, Pending, State, Task
from interpreter.core.traces import Watch, ended

if TYPE_CHECKING:
    from interpreter.core.constructs.construct import Construct

ROOT = "$"
"""The path of the run's own frame; the flow's body stands at the flow's name."""

KindOf = Callable[[Definition, Node], str]
"""Which construct carries out a node."""
MOST_NOTES = 1000
"""Notes kept in memory for followers; older ones are dropped."""
MOST_OF_A_DETAIL = 500
"""Characters. All notes together are told in one answer to a query, which cannot be larger than two megabytes."""

MOST_WORK = 50_000
"""Units of work in one event, of about a microsecond; a workflow that works on for two seconds is taken for hung."""
WORK_OF_A_TASK, STEPS_OF_A_UNIT = 30, 3
"""Steps of evaluations; the longest one may take a million."""


class Machine:
    """One step of a run. Constructs use it to act; it lives no longer than the event."""

    def __init__(
        self,
        definition: Definition,
        state: State,
        table: "Mapping[str, Construct[Memory]]",
        kind_of: KindOf,
        watch: Watch | None = None,
    ) -> None:
        self.table, self.watch = table, watch
        self.kind_of = kind_of
        self.definition = definition
        self.state = state
        self.commands: list[Command] = []
        self.queue: deque[Task] = deque(state.backlog)
        self.tasks = 0
        self.meter = Meter()
        state.backlog.clear()

    # -- events

    def take(self, event: Event) -> None:
        self.state.now = event.at
        match event:
            case Started():
                self._start(event)
            case Answered():
                self._answered(event)
            case Told() | Received():
                self.queue.append(Task("event", ROOT, event=event))
            case CancelRequested():
                self.state.cancelled = self.state.cancelled or ROOT in self.state.frames
                self.cancel(ROOT)
            case Resumed():
                self.state.pending.pop(event.id, None)
            case _:
                pending = self.state.pending.pop(event.id, None)
                if pending is not None and not fetching.takes(self, pending, event):
                    self.queue.append(Task("event", pending.frame, event=event))
        if self._pausing and ROOT in self.state.frames:
            self.state.backlog.extend(self.queue)
        else:
            self._drain()

    @property
    def _pausing(self) -> bool:
        return f"{ROOT}!pause{self.state.pauses}" in self.state.pending

    def _start(self, event: Started) -> None:
        self.state.started, self.state.input = event.at, event.input
        kind = "Flow" if self.state.repair is None else "Repair"
        self.state.frames[ROOT] = Frame(
            path=ROOT,
            kind=kind,
            parent=None,
            purse="",
            opened=0,
            started=[0],
            since=event.at,
            scope=True,
            memory=self.table[kind].new_memory(),
            fresh=True,
        )
        self.queue.append(Task("enter", ROOT))

    def _answered(self, event: Answered) -> None:
        reply = reply_without_question(self.state, event.answer)
        if reply is not None:
            self.reply(event.ticket, reply)
        else:
            self.queue.append(Task("event", event.answer.question, event=event))

    # -- tasks

    def _drain(self) -> None:
        while self.queue and self._work < MOST_WORK:
            task = self.queue.popleft()
            self.tasks += 1
            frame = self.state.frames.get(task.path)
            if frame is not None:
                self._run(frame, task)
            elif type(task.event) is Answered:
                reply = reply_without_question(self.state, task.event.answer)
                assert reply is not None
                self.reply(task.event.ticket, reply)
            elif isinstance(task.event, Told | Received):
                self.reply(task.event.ticket, OVER)
        if self.queue:
            self._pause()

    @property
    def _work(self) -> int:
        return self.tasks * WORK_OF_A_TASK + self.meter.spent // STEPS_OF_A_UNIT

    def _pause(self) -> None:
        """What is left goes on when the driver has breathed."""
        state = self.state
        state.backlog.extend(self.queue)
        state.pauses += 1
        pause = Pause(f"{ROOT}!pause{state.pauses}")
        state.pending[pause.id] = Pending(ROOT, pause)
        self.commands.append(pause)

    def _run(self, frame: Frame, task: Task) -> None:
        try:
            self._dispatch(self.table[frame.kind], frame, task)
        except Suspended as suspended:
            frame.suspended, frame.evaluating = task, suspended.command
            return
        except FlowFailed as failure:
            self._fail(frame, failure.failure)
        except EvaluationError as error:
            self._fail(frame, mistake(error, frame.path))
        if frame.suspended is None:
            frame.evaluated.clear()
        if frame.cancel_due:
            frame.cancel_due = False
            self.queue.append(Task("cancel", frame.path))

    def _dispatch(self, construct: "Construct[Memory]", frame: Frame, task: Task) -> None:
        """A frame that is asked to end starts nothing new; when it has not begun, it ends without its construct."""
        match task.method:
            case "enter" | "granted" | "start" if frame.cancelling:
                pass
            case "cancel" if frame.fresh:
                self.end(frame, CANCELLED)
            case "enter":
                construct.enter(self, frame)
                frame.fresh = False
            case "child":
                assert task.exit is not None
                frame.children.pop(task.child, None)
                construct.child(self, frame, task.child, task.exit)
            case "goes_on":
                assert task.exit is not None
                construct.goes_on(self, frame, task.child, task.exit)
            case "event":
                assert task.event is not None
                construct.event(self, frame, task.event)
            case "granted":
                if frame.waits_at is not None:
                    construct.granted(self, frame)
            case "start":
                construct.start(self, frame)
            case "cancel":
                construct.cancel(self, frame)
            case _:
                assert_never(task.method)

    def _fail(self, frame: Frame, failure: Failure) -> None:
        if frame.path in self.state.frames:
            self.table[frame.kind].fail(self, frame, failure)

    # -- frames

    def open(
        self,
        parent: Frame,
        segment: str,
        kind: str | None = None,
        *,
        address: str | None = None,
        scope: bool = False,
        exports: bool = False,
        memory: Memory | None = None,
    ) -> Frame:
        """A frame below `parent`, entered when its turn comes. `address` is the segment without its index."""
        address = parent.address + (segment if address is None else address)
        kind = kind or self.kind_of(self.definition, self.node_at(address))
        self.state.sequence += 1
        frame = Frame(
            path=segment if parent.path == ROOT else parent.path + segment,
            kind=kind,
            parent=parent.path,
            purse=parent.purse,
            opened=self.state.sequence,
            started=[self.state.sequence],
            since=self.state.now,
            address=address,
            scope=scope,
            exports=exports,
            memory=memory if memory is not None else self.table[kind].new_memory(),
            fresh=True,
        )
        self.state.frames[frame.path] = frame
        parent.children[frame.path] = frame.opened
        self.queue.append(Task("enter", frame.path))
        return frame

    def starts_now(self, frame: Frame) -> None:
        """A step that had to wait for its turn starts when it gets it."""
        self.state.sequence += 1
        frame.started = [self.state.sequence]

    def end(self, frame: Frame, exit_: Exit) -> None:
        """Close a frame, which has none below it any more, and tell the one above."""
        if frame.suspended is not None:
            self.withdraw(frame.evaluating)
        fetching.lacks_nothing(self, frame)
        if self.state.locks:
            locks.give_back(self, frame)
        ended(self, frame, exit_)
        del self.state.frames[frame.path]
        if frame.parent is not None:
            self.queue.append(Task("child", frame.parent, child=frame.path, exit=exit_))

    def cancel(self, path: str) -> None:
        """Ask a frame to end early. It ends when all that it has under way has ended; asking twice changes nothing."""
        frame = self.state.frames.get(path)
        if frame is None or frame.cancelling or not self.table[frame.kind].cancellable:
            return
        frame.cancelling = True
        if frame.suspended is not None and not frame.fresh:
            frame.cancel_due = True
            fetching.give_up(self, frame)
        else:
            self.queue.append(Task("cancel", path))

    def node_at(self, address: str) -> Node:
        return self.definition.addresses(self.state.flow)[address]

    def node(self, frame: Frame) -> Node:
        return self.node_at(frame.address)

    # -- commands

    def issue(self, frame: Frame, command: Work, slot: str = "") -> None:
        """Ask for work; its event comes back to `frame`."""
        self.state.issued += 1
        self.state.pending[command.id] = Pending(frame.path, command, slot)
        self.commands.append(command)

    def withdraw(self, command_id: str) -> None:
        """Take back a timer or an evaluation, if it still runs: as if it had not been asked for."""
        if self.state.pending.pop(command_id, None) is not None:
            self.state.issued -= 1
            self.commands.append(Cancel(command_id))

    def interrupt(self, command_id: str) -> None:
        """Cancel a call or a child that is under way; how it ended comes as its event."""
        self.commands.append(Cancel(command_id))

    def reply(self, ticket: str, reply: AnswerReply) -> None:
        """Tell who gave an answer what it came to."""
        self.commands.append(Reply(ticket, reply.accepted, reply.outcome, reply.message))

    # -- names and expressions

    def lookup(self, frame: Frame, name: str) -> Value:
        asked = asked_of_it(self.state, frame, name)
        return self.holder(frame, name).values[name] if asked is None else asked()

    def bind(self, frame: Frame, name: str, value: Value) -> None:
        """Define `name` in the scope around."""
        self.scope_of(frame).values[name] = value

    def scope_of(self, frame: Frame) -> Frame:
        """The frame that holds the names which are defined where `frame` stands."""
        while not frame.scope:
            assert frame.parent is not None
            frame = self.state.frames[frame.parent]
        return frame

    def holder(self, frame: Frame, name: str) -> Frame:
        """The frame where the name that `frame` sees was defined."""
        while name not in frame.values:
            if frame.parent is None:
                raise LookupError(f"{name} has no value; the check should have refused this flow")
            frame = self.state.frames[frame.parent]
        return frame

    def evaluate(
        self,
        frame: Frame,
        slot: str,
        expression: Expression,
        extra: Mapping[str, Value] | None = None,
        *,
        closed: bool = False,
        most_bytes: int | None = None,
    ) -> Value:
        """The value of `expression` where `frame` stands. `slot` tells the evaluations of one task apart.

        `extra` names come before those in scope; with `closed` there are no others. `most_bytes`: of a list that has to
        be fetched, the beginning does. Raises `EvaluationError` for the author's mistakes and `Suspended` when the
        value has to be fetched.
        """
        if slot in frame.evaluated:
            return fetching.value_of(frame.evaluated[slot])
        extra = extra or {}
        scope = {
            name: extra[name] if name in extra or closed else self.lookup(frame, name)
            for name in sorted(names(expression))
        }
        context = context_of(self.state, f"{frame.path}?{slot}", self.definition.types, self.meter)
        try:
            return evaluate(expression, scope, context)
        except NeedsReference:
            self.state.sequence += 1
            types = reached(self.definition.types, expression)
            command = Evaluate(
                f"{frame.path}?{slot}~{self.state.sequence}",
                encode(expression),
                {name: dump(value) for name, value in scope.items()},
                most_bytes,
                encode(types) if types else None,
            )
            self.issue(frame, command, slot)
            raise Suspended(command.id) from None

    # -- notes

    def note(
        self,
        kind: str,
        frame: Frame,
        node: str,
        *,
        name: str = "",
        attempt: int = 0,
        detail: str = "",
        rehearsal: bool = False,
        counts: Counts | None = None,
    ) -> None:
        """Record for people that something happened."""
        self.state.note_count += 1
        path = self.state.flow if frame.path == ROOT else frame.path
        name = name or path.rsplit("/", 1)[-1]
        detail = detail if len(detail) <= MOST_OF_A_DETAIL else detail[: MOST_OF_A_DETAIL - 1] + "…"
        note = Note(self.state.note_count, self.state.now, kind, path, name, node, attempt, detail, rehearsal, counts)
        self.state.notes.append(note)
        if len(self.state.notes) > MOST_NOTES:
            del self.state.notes[: MOST_NOTES // 2]
