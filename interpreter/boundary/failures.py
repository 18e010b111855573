"""Failures as they stand in history: the type and details of an `ApplicationError`, and what each kind means.

Three kinds of failure only: the author's flow failed (any kind), the outside failed (the kinds below), we have a bug
(any other exception: it fails the workflow *task*, never the run). The kinds are those of `dsl.semantics.kinds`, which
no tool may declare and no flow may fail with.
"""

UNDECLARED = "Undeclared"
"""A tool ended in a way that it did not declare: an exception, a stopping worker, a result that cannot be recorded."""

SIGNATURE_MISMATCH = "SignatureMismatch"
"""The worker's tool has another signature than the definition declares. Nothing was called. Details: `[declared,
offered]`.
"""

NOT_CALLED = "NotCalled"
"""The worker could not call the tool: an argument does not fit, or cannot be read from the store. Nothing happened."""

OBJECT_MISSING = "ObjectMissing"
"""An object of the store that a value refers to is gone, damaged, or cannot be read. Nothing was done. Details:
`[digest]`.
"""

RATE_LIMITED = "RateLimited"
OVERLOADED = "Overloaded"
QUOTA_EXCEEDED = "QuotaExceeded"
INVALID_REQUEST = "InvalidRequest"
AUTHENTICATION = "Authentication"
REFUSED = "Refused"
CONTENT_FILTERED = "ContentFiltered"
MALFORMED_OUTPUT = "MalformedOutput"
MODEL_TIMEOUT = "ModelTimeout"
CONNECTION_FAILED = "ConnectionFailed"
ATTEMPT_LOST = "AttemptLost"
NOT_ASKED = "NotAsked"
NO_PROVIDER = "NoProvider"
CIRCUIT_OPEN = "CircuitOpen"
NOT_SCRIPTED = "NotScripted"
NOT_RECORDED = "NotRecorded"
BATCH_EXPIRED = "BatchExpired"
BATCH_CANCELLED = "BatchCancelled"
MODEL_FAILURES = frozenset(
    {
        RATE_LIMITED,
        OVERLOADED,
        QUOTA_EXCEEDED,
        INVALID_REQUEST,
        AUTHENTICATION,
        REFUSED,
        CONTENT_FILTERED,
        MALFORMED_OUTPUT,
        MODEL_TIMEOUT,
        CONNECTION_FAILED,
        ATTEMPT_LOST,
        NOT_ASKED,
        NO_PROVIDER,
        CIRCUIT_OPEN,
        NOT_SCRIPTED,
        NOT_RECORDED,
        BATCH_EXPIRED,
        BATCH_CANCELLED,
    }
)
"""How an attempt at a model fails: the reasons of `EveryModelFailed`, no kinds. The first detail of the
`ApplicationError` is a `ModelFailureDetail` as a dictionary:

`retry_after` (seconds to wait, the provider's words where those cannot be, or null), `usage` (a
`ChatUsage` when the provider reported it, or null), `cut` (the answer is as long as it might be), `refuses` (what
of `payloads.REFUSABLE` the server does not take), `most` and `most_here` (how many tokens an answer of this model, or
the one to this prompt, may have, as the server says), `unreached` (nothing answers at the address), `charge`: `"none"`
(certainly not billed: 429, authentication, invalid request), `"usage"` (as reported), or `"reservation"` (unknown: a
timeout, a broken stream). What is not so is left out. `NoProvider`: the worker that took the call can ask no model,
which says nothing about the model; another worker may, or this one later. `CircuitOpen`: the worker leaves a provider
alone that failed again and again; it was not asked. `NotScripted`, `NotRecorded`: the worker answers from a file,
which has nothing for this request.
"""

STILL_RUNNING = "StillRunning"
"""The call that a verification asks about still runs in this worker, so the tool was not asked."""

NOT_REGISTERED = "NotRegistered"
"""The worker that took the call has no activity of that name."""

WORKER_BUSY = "WorkerBusy"
"""The worker has no thread for the tool: calls of it that ran past their timeout hold as many as there may be. Nothing
was called; another worker may have one, or this one later.
"""

SERVER_UNAVAILABLE = "ServerUnavailable"
"""The worker cannot start or reach the server of the tool, or the server would not take the call. Nothing was called;
another worker may reach it, or this one later. Details, where the server of a request says when to ask again:
`[{retry_after}]`, in seconds.
"""

HTTP_REFUSED = "HttpRefused"
EVENT_NOT_TAKEN = "EventRefused"
"""The server answered a request with a status that says that it will not do it. Nothing happened. Details: `[{status,
body}]`.
"""

TOOL_CHANGED = "ToolChanged"
"""The MCP server offers another tool than was pinned. Nothing was called. Details: `[{server, name, diff}]`."""

TIMED_OUT = "TimedOut"
OUTCOME_UNKNOWN = "OutcomeUnknown"
BUDGET_EXCEEDED = "BudgetExceeded"
INVALID_OUTPUT = "InvalidOutput"
INVALID_INPUT = "InvalidInput"
APPROVAL_TIMED_OUT = "ApprovalTimedOut"
LOCK_TIMED_OUT = "LockTimedOut"
UNDO_FAILED = "UndoFailed"
CANCELLED = "Cancelled"
RUN_LOST = "RunLost"
"""A called run did not end by itself: it was terminated, or is gone."""

ALL_FAILED = "AllFailed"
"""Too few branches of a `race` can come to a value. Details: a list of `{branch, kind, message, step}`."""

WITHDRAWN = "Withdrawn"
"""No failure of anything: what the outcome of a branch says that `stop when` has ended, or not begun."""

STUCK = "Stuck"
"""An agent asked for the same call again and again."""

EVERY_MODEL_FAILED = "EveryModelFailed"
EXPRESSION_FAILED = "ExpressionFailed"
"""An expression has no value. Details: `{"reason": …}`, as `dsl.expressions.errors` names it."""
