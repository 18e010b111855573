"""Names that stand in histories. Changing one breaks runs under way, so they are only ever added to."""

import hashlib
import re

WORKFLOW = "steadflow"
"""The type of the one generic workflow."""

CARRIER = "steadflow.carrier"
"""The type of the workflow that carries one call of a tool, or attempt at a model, beside a run: `Carried` and what the
activity is given in; what that answered out. `interpreter.workflow.carrier`.
"""

CARRIED_FAILED = "steadflow.carried-failed"
"""The type of the error that a carrier ends with. Its cause is that of the activity, with all that is known of it;
without one the call was never sent.
"""

CARRIED_ACTIVITY = "steadflow.carried"
"""How a carrier ended, for a run that has continued as new meanwhile: `LookRequest` in; the tool's answer out, or the
error that the carrier ended with.
"""

STILL_CARRIED, CARRIER_LOST = "steadflow.still-carried", "steadflow.carrier-lost"
"""The types of the errors of that activity, where the carrier runs, and where it did not end by itself."""

CARRIED_SIGNAL = "carried"
"""Carrier to run, when it was told to report and is about to end: the id of the command, and of the carrier."""

CHAT_ACTIVITY = "steadflow.chat"
BATCH_ACTIVITY = "steadflow.batch"
"""One attempt at one model: `ChatRequest` in, `ChatResult` out."""

CHAT_GRACE = 2.0
"""Seconds for which the server waits longer for an attempt at a model than that may take: it gives up by itself, and
says what is known of it.
"""

EVALUATE_ACTIVITY = "steadflow.evaluate"
"""Local activity: an expression over values of which some are references: `EvaluateRequest` in, `EvaluateResult` out.
"""

VERIFY_ANSWER_ACTIVITY = "steadflow.verify_answer"
"""Local activity: who gave an answer: `VerifyAnswerRequest` in, `AnswerVerdict` out."""

DESCRIBE_RUN_ACTIVITY = "steadflow.describe_run"
"""How a child run ended, for a parent that has lost its native handle: `DescribeRunRequest` in, `ChildReport` or null
out.
"""

CANCEL_RUN_ACTIVITY = "steadflow.cancel_run"
"""Request the cancel of a run by its workflow id."""

STORE_ACTIVITY = "steadflow.store"
"""Local activity: keep a state that is too large to travel: JSON in, a reference out."""

PAUSE_ACTIVITY = "steadflow.pause"
"""Local activity that does nothing: it ends a stretch of work, so that none is taken for hung."""

QUICK_ACTIVITY = "steadflow.quick"
"""Local activity: a call of a tool that only reads and takes seconds: `QuickRequest` in, the tool's result out."""

RECEIVE_ACTIVITY = "steadflow.receive"
"""Local activity: a large answer of another worker, validated and put into the store: `ReceiveRequest` and the answer
in; the answer out as a worker of ours would have given it.
"""

KEEP_ANSWER_ACTIVITY = "steadflow.keep_answer"
"""Local activity: the bytes of an answer into the store: the answer in, their hash out."""

RECEIVE_KEPT_ACTIVITY = "steadflow.receive_kept"
"""As `steadflow.receive`, of an answer that was kept; where it takes long."""

CLAIM_ACTIVITY = "steadflow.claim"
"""Local activity: what calls may cost set aside under caps: `ClaimRequest` in, `ClaimReply` out."""

SETTLE_ACTIVITY = "steadflow.settle"
"""Local activity: what a call did cost, in the place of its claim: `Settlement` in."""

CAPTURE_ACTIVITY = "steadflow.capture"
"""Local activity: what a captured call of a tool gives, made up from its type: `CaptureRequest` in, JSON out."""

INLINE_ACTIVITY = "steadflow.inline"
"""Local activity: arguments with what their references stand for, as plain JSON: `InlineRequest` in, `InlineResult`
out.
"""

LANE = "steadflow-lane-"
"""Before the name of a provider: the task queue of its calls, of which so many a second are handed out."""


def lane(provider: str) -> str:
    return f"{LANE}{provider}"


BOOK = "steadflow.book"
"""The type of the workflow that keeps the book of a cap: `BookInput` in."""

BOOK_ID = "steadflow-cap/"
"""Before the ids of books."""

BOOKS = "steadflow-books"
"""The task queue of books: who asks one works there too."""

WRITE_UPDATE = "write"
"""Update of a book: a list of `Line` in, a list of `Written` out."""

BOOK_QUERY = "book"
"""Query of a book: `Written` out, how it stands."""
LOCK_WORKFLOW = "steadflow-lock"
"""The type of the workflow of a lock: who holds it, and who is next. `LockInput` in."""

LOCK = "steadflow-lock/"
"""Before the digest of a lock's name: the id of its workflow."""

LOCKS = "steadflow-locks"
"""The task queue of locks: who asks for one works there too."""

ASK_LOCK_ACTIVITY = "steadflow.ask_lock"
"""Get into the queue of a lock, whose workflow is started where it does not run: `LockRequest`."""

OVER_SINCE_ACTIVITY = "steadflow.over_since"
"""For how many seconds the run of a `LockRequest` has been over, or null."""

ASK_LOCK_SIGNAL = "ask"
"""To a lock: `LockRequest`."""

LEAVE_LOCK_SIGNAL = "leave"
"""To a lock, which is given back or not waited for any more: `LockRequest`."""

ACQUIRED_SIGNAL = "acquired"
"""From a lock to who holds it from now on: the id of the command that asked."""

ANSWER_UPDATE = "answer"
"""Update: `Answer` in, `AnswerReply` out."""

SEND_UPDATE = "send"
"""Update: `Send` in, `AnswerReply` out."""

EVENT_QUERY = "event"
"""Query: the id of an event in, `EventReply` out."""

EVENT_REFUSED, QUEUE_FULL = "EventRefused", "QueueFull"
"""Why a `send` fails that leaves no trace in the run."""

UNPROCESSED = "UnprocessedUpdate"
"""The server's type of failure of an update that went out with a workflow task which ended without a word about it, as
one does that is lost and made again. The run has not heard of it, and its history does not know it: give it again.
"""

SEND_SIGNAL = "send"
"""Signal: `Send`, from who waits for no reply. What is refused is told to people only."""

MOVE_UPDATE = "move"
"""Update: `Move` in, `AnswerReply` out."""

TELL_UPDATE = "tell"
"""Update: `Tell` in, `AnswerReply` out."""

PART_QUERY = "part"
"""What another query answers, where that is too large to be answered at once."""
STATE_QUERY = "state"
"""Query: everything about a run as JSON (see `interpreter.core.view`); takes the number of the last note seen."""

REPORT_QUERY = "report"
"""Query: what a run leaves behind if it is stopped where it stands: `ChildReport`. A closed run answers it too."""

REPORT_SIGNAL = "report_to_parent"
"""Parent to child, before the parent continues as new: `ReportRequest`."""

AHEAD_OF_TASK = "something has just happened to the run, and no workflow task has told it yet; ask again"
"""How a query fails that would give the run events before their task (`interpreter.workflow.moments`)."""

CHILD_ENDED_SIGNAL = "child_ended"
"""Child to parent, when it was told to report: `ChildReport`."""

CALL_HEADER = "sf"
EARLIER_CALL_HEADER = "steadflow-call"
"""Activity header: what travels beside the arguments of a tool's call. It stands in the history of each step, so its
name is short, and it is bytes without metadata: of most calls only those of the signature's digest (`digest_bytes`),
else a JSON object. Runs that began earlier have it under its earlier name, with the digest as text.

`signature` is the digest of what the definition declares, `declared` the same in words, where a worker has asked for
them. `key` is the idempotency key, unless it is made of the ids that the activity has anyway (`key_of_activity`);
`attempt` that of the step, unless it is the first. `run` is the workflow id of the run, where another workflow carries
the call. `verifies` is of a verification the key of the call that it asks
about, `references` what of the arguments is a reference (`dsl.values.references`).
"""

FIRST_RUN_HEADER = "steadflow-first-run"
"""Activity header of a question to a model, and header of a child's start, where the run has continued as new: the id
of its first execution, which nothing else of the activity, or of the child, says.
"""

RUN_HEADER = "steadflow-run"
"""Beside it, where another workflow carries the question: the workflow id of the run."""

REFERENCES = "steadflow-references"
"""What of a tool's result is a reference (`dsl.values.references`), as JSON: metadata of the payload that our own
workers answer with. Nothing in a payload's data is taken for one.
"""

UNSEEN = "steadflow-unseen"
"""Beside `REFERENCES`: what lies in the store was held against a function's annotations at most, and not against the
type that the flow declares. Answers of a worker that says nothing of it, as in older histories, are believed.
"""

DEFINITION_FUNCTION = "steadflow_load_definition"
"""Extern function of the worker that the workflow may call: `(hash) -> bytes`, from memory, content-addressed."""

STATE_FUNCTION = "steadflow_load_state"
"""Extern function like it, for the state of a run that was too large to travel."""

ADMIT_FUNCTION = "steadflow_admit"
"""Extern function, where a worker begins only what is signed off: `(flow, hash, has_state)`, which raises."""

ADMIT_MOVE_FUNCTION = "steadflow_admit_move"
"""Extern function like it: `(flow, hash)`, of the definition that a run which was let in is to go on with."""

WATCH_FUNCTION = "steadflow_watch"
"""Extern function, where a worker has one: told of what has ended in a run (`interpreter.core.traces`)."""

FLOW_ATTRIBUTE = "SteadflowFlow"
HASH_ATTRIBUTE = "SteadflowHash"
REQUESTER_ATTRIBUTE = "SteadflowRequester"
GROUPS_ATTRIBUTE = "SteadflowWaitingGroups"
DEADLINE_ATTRIBUTE = "SteadflowDeadline"
USD_ATTRIBUTE = "SteadflowUsd"
"""The six search attributes: Keyword, Keyword, Keyword, KeywordList, Datetime, Double."""

MEMO_FLOW = "steadflow.flow"
MEMO_HASH = "steadflow.hash"
MEMO_SOURCE = "steadflow.source"
MEMO_DOUBTS = "steadflow.doubts"
"""Of a run that has failed: how many effects it leaves behind that nobody knows of, or that could not be undone."""
"""Memo: the flow's name, the definition's hash, and the digest of the source map in the store, for frames."""

MEMO_REPAIRS = "steadflow.repairs"
"""Memo of a run that repairs another: the id of that."""

MEMO_RECORDS = "steadflow.records"
"""Memo of one that undoes nothing, and only records what people have settled: true."""

MEMO_RECORD = "steadflow.record"
"""Memo of a run that was cancelled: how it went (`interpreter.boundary.archive`)."""

MEMO_MADE_UP = "steadflow.made-up"
REHEARSAL_WORD, STAGED_WORD = "rehearsal", "staged"
"""Memo: that answers of models were made up in this run, and that it writes nothing; absent where neither is so."""

MEMO_LACKING = "steadflow.lacking"
"""Memo: for each step that waits for an object of the store, the reason; absent while there is none. It can be read,
and listed, without any worker.
"""

LONGEST_ID = 900
"""Bytes. The server refuses ids over 1,000, and what asks for one would ask for ever."""


MARK_OF_AN_EXECUTION = 8
"""Characters at the end of the first run id that stand in the ids of children. Its beginning is the time, the same for
runs that begin within the same minute under one id."""


def key_of_activity(workflow_id: str, run_id: str, activity_id: str) -> str:
    """The idempotency key of most calls: of each first attempt in an execution that has not continued as new."""
    return f"{workflow_id}/{run_id}/{activity_id}"


DIGEST_BYTES = 8
"""Of a signature's digest: what a JSON object never has."""


def digest_bytes(digest: str) -> bytes:
    """The digest of a signature as a header has it."""
    return bytes.fromhex(digest)


_ATTEMPT = re.compile(r"~\d+$")


def id_of_call(workflow_id: str, first_run: str, activity_id: str) -> str:
    """What a call is known by outside: as its idempotency key, the same for each attempt."""
    return key_of_activity(workflow_id, first_run, _ATTEMPT.sub("", activity_id))


_UNDO = re.compile(r"/undo(/\d+)?$")


def path_of_an_undo(path: str) -> str | None:
    """The path of the step that the call at `path` undoes; None when it undoes nothing."""
    found = _UNDO.search(path)
    return None if found is None else path[: found.start()]


def child_id(parent: str, first_execution: str, path: str) -> str:
    """The workflow id of the run that the step at `path` starts; `first_execution` is the parent's first run id."""
    return fitting(f"{parent}/{first_execution[-MARK_OF_AN_EXECUTION:]}/{path}")


def carriers_of(run: str, first_execution: str) -> str:
    """A query for the carriers of a run's calls that are under way."""
    prefix = f"{run}/{first_execution[-MARK_OF_AN_EXECUTION:]}/".replace("\\", "\\\\").replace("'", "\\'")
    return f"WorkflowType = '{CARRIER}' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '{prefix}'"


def detached_id(parent: str, first_execution: str, path: str) -> str:
    """The same for a step that does not wait for it: nobody is its parent, as far as its id says."""
    return fitting(f"{parent}/~{first_execution[-MARK_OF_AN_EXECUTION:]}/{path}")


def repair_id(run: str, first_execution: str, number: int) -> str:
    """The workflow id of what repairs the run, the first that was started being number 1. Nobody is its parent."""
    return fitting(f"{run}/repair-{first_execution[-MARK_OF_AN_EXECUTION:]}/{number}")


_REPAIR = re.compile(rf"(.+)/repair-[0-9a-f-]{{{MARK_OF_AN_EXECUTION}}}/\d+")


def repaired_by(repair: str) -> str | None:
    """The run that what has this id repairs, as far as the id says."""
    found = _REPAIR.fullmatch(repair)
    return None if found is None else found[1]


def is_detached(child: str, parent: str) -> bool:
    """Whether a step of the run `parent` has started `child`, and did not wait for it."""
    return child.startswith(f"{parent}/~")


def parent_of(child: str, parent: str) -> tuple[str, str] | None:
    """The parent's workflow id and the end of its first run id, when the id of `child` says that a run of ours
    with the id `parent` has started it.
    """
    mark, _ = _parted(child, parent)
    return (parent, mark) if mark else None


def path_of_child(child: str, parent: str) -> str | None:
    """The path of the step that started `child`, when its id says that a step of the run `parent` did, and which."""
    mark, path = _parted(child, parent)
    return path if mark and child_id(parent, mark, path) == child else None


def _parted(child: str, parent: str) -> tuple[str, str]:
    """The end of the parent's first run id, and the path; empty when the id says nothing of `parent`."""
    mark, _, path = child.removeprefix(f"{parent}/").partition("/")
    ours = child.startswith(f"{parent}/") and len(mark) == MARK_OF_AN_EXECUTION
    return (mark, path) if ours else ("", "")


def fitting(id_: str) -> str:
    """An id as the server takes it: the end of one that is too long, as of a child far down, becomes a digest."""
    content = id_.encode()
    if len(content) <= LONGEST_ID:
        return id_
    return f"{content[: LONGEST_ID - 65].decode(errors='ignore')}~{hashlib.sha256(content).hexdigest()}"
