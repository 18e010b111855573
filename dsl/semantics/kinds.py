"""The kinds of errors that are the machine's own, and what raises each: one closed table.

There are three sorts of kinds, which never share a name: those that tools declare (`errors`), those that flows `fail`
with, and these. So what a handler names means one thing. What an attempt at a model or an expression failed with is no
kind but the reason of one, and a tool may use such a name for an error of its own.

The run knows them by the constants of `interpreter.boundary.failures`; a test compares both, and the reference.
"""

from collections.abc import Mapping
from typing import Literal

from dsl.dataclass import dataclass

Caught = Literal["in general", "by its name", "around its budget"]
"""`in general`: also by a handler that names no kind. `around its budget`: by a `try` that what has the budget stands
in, and by none inside of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`when` ends the sentence "it is raised when …"."""

    when: str
    caught: Caught = "in general"


FAILED = "Failed"
"""What `fail` means that names no kind: the only one that a flow may name too."""

KINDS: Mapping[str, Kind] = {
    FAILED: Kind("`fail` gives a text, or names no `kind`"),
    "Undeclared": Kind("a tool ends in a way that it does not declare, and nothing is in doubt"),
    "TimedOut": Kind("an attempt takes longer than its `timeout`"),
    "NotCalled": Kind("the worker cannot call the tool: an argument cannot be read there"),
    "NotRegistered": Kind("no worker has the tool, for longer than `patience` allows"),
    "SignatureMismatch": Kind("the tool has other parameters or another result on the worker than in the text"),
    "WorkerBusy": Kind("each worker with the tool is held up by calls of it that ran past their timeout"),
    "ServerUnavailable": Kind(
        "no worker can start or reach the server of a tool, or it takes no calls, for longer than `patience` allows"
    ),
    "HttpRefused": Kind("a server answers a request with a status from 400 to 499 that the tool does not declare"),
    "EventRefused": Kind("the run that a tool sends an event to does not take it, has ended, or was never there"),
    "ToolChanged": Kind("an MCP server offers another tool than is pinned in `flow.lock`: `details.diff` shows both"),
    "StillRunning": Kind("a verification asks about a call that has not ended"),
    "ObjectMissing": Kind("an undo or a verification needs a large value that the store has lost, for a day"),
    "InvalidInput": Kind("the arguments of a call do not fit its parameters"),
    "InvalidOutput": Kind("a result does not fit its type, and nothing is in doubt"),
    "OutcomeUnknown": Kind("nobody knows whether a call took effect", "by its name"),
    "UndoFailed": Kind(
        "what a `try`, a branch or a called flow did could not be undone, or a `finally` was not done", "by its name"
    ),
    "BudgetExceeded": Kind(
        "a budget, or the `depth` of a flow, is used up: `details` say `limit`, `allowed` and `spent`; of a cap over "
        "runs, which nothing catches, also `cap` and `renews`",
        "around its budget",
    ),
    "ApprovalTimedOut": Kind("a stage ends with `then fail`"),
    "LockTimedOut": Kind("an `exclusive` waits for its lock longer than `within` allows"),
    "AllFailed": Kind(
        "too few branches of a `race` can come to a value: `details` list `branch`, `kind`, `message`, `step`"
    ),
    "Withdrawn": Kind("never: it stands in the outcome of a branch that `stop when` has ended, or not begun"),
    "Stuck": Kind("an agent asks for the same call again and again"),
    "EveryModelFailed": Kind(
        "each model of an agent has failed: `details` list `model`, `kind`, `message`, and the `budget` without room"
    ),
    "ExpressionFailed": Kind("an expression has no value: `details.reason` says why"),
    "InvalidValue": Kind("a `var` is set to a value that does not fit its type"),
    "InvalidLimit": Kind("a limit that is worked out is over its cap, or not more than 0"),
    "TooManyItems": Kind("a list has more items than `at most` allows"),
    "Cancelled": Kind("the run of a called flow is cancelled by itself"),
    "RunLost": Kind("the run of a called flow is terminated, or gone"),
    "ChildFailed": Kind("the run of a called flow fails in a way that cannot be read"),
}

EXPRESSION_REASONS: Mapping[str, str] = {
    "DivisionByZero": "division by zero",
    "IndexOutOfRange": "a list has no item at this position",
    "InvalidArgument": "a function cannot take this argument",
    "LimitExceeded": "a value grows too large, or an expression takes too long",
    "NotFound": "there is no such field or key",
    "NullValue": "null, where a value is needed",
    "TypeMismatch": "a value of another type than is needed, in `json`",
}

MODEL_REASONS: Mapping[str, str] = {
    "RateLimited": "the provider takes no more calls for now",
    "Overloaded": "the provider has trouble of its own",
    "QuotaExceeded": "the account has no credit left",
    "InvalidRequest": "the provider refuses what it was asked",
    "Authentication": "the key is missing, or not valid",
    "Refused": "the model refuses to answer",
    "ContentFiltered": "a filter of the provider stopped the answer",
    "MalformedOutput": "the answer does not fit its type, asked for again and again",
    "ModelTimeout": "no answer in time",
    "ConnectionFailed": "the provider cannot be reached, or the answer broke off",
    "AttemptLost": "the worker was lost while the model answered: nobody knows what came of it",
    "NotAsked": "the budget has no room for the question",
    "CircuitOpen": "the provider failed again and again, and the worker leaves it alone for now",
    "NoProvider": "the worker can ask no model: it has no key; the call waits for one that can",
    "NotScripted": "answers come from a file, and it has none for this",
    "BatchExpired": "the batch was over before this question of it was answered",
    "BatchCancelled": "somebody has cancelled the batch at its provider",
    "NotRecorded": "answers come from a recording, and nothing of it was asked in these words",
}
