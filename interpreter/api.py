"""The public door of the run: what a program imports to submit flows, to answer them, and to be a worker for them.

`interpreter.client.sync` is the same client for scripts without `async`.
"""

from dsl.models.configured import Models, models_for
from interpreter.activities.context import ToolContext, current
from interpreter.activities.errors import ToolError
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.view import Note, QuestionView, RunView
from interpreter.client.client import Client, connect
from interpreter.client.costs import CostRow, Costs
from interpreter.client.errors import (
    AnswerKept,
    AnswerRefused,
    ClientError,
    ConfigRefused,
    EventRefused,
    EventUnanswered,
    FlowRefused,
    FlowUnreadable,
    IdRefused,
    InputRefused,
    MoveRefused,
    NothingLeft,
    NoWorker,
    PriceUnknown,
    QueueFull,
    RunCancelled,
    RunExists,
    RunFailed,
    RunOver,
    RunStuck,
    RunTerminated,
    RunUnderWay,
    TellRefused,
    Unconfigured,
    UnknownQuestion,
    UnknownRun,
    Unreachable,
    Unresolved,
    Unsigned,
)
from interpreter.client.listing import RunSummary
from interpreter.client.repairing import Act, Left, Repairs
from interpreter.client.run import Run, Signer
from interpreter.client.sync import SyncClient, SyncRun
from interpreter.client.sync import connect as connect_sync
from interpreter.client.waiting import MissingWorker
from interpreter.client.writing import Writing
from interpreter.encryption.errors import EncryptionError, MissingKey
from interpreter.encryption.keyring import Key, Keyring, read_keys
from interpreter.providers.cassette import Cassette, UnusableCassette
from interpreter.stores.directory import DirectoryStore
from interpreter.stores.encrypted import EncryptedStore
from interpreter.stores.kept_files import File, UnusableFile
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.running import run_worker
from interpreter.worker.tools import tool

__all__ = [
    "Act",
    "AnswerKept",
    "AnswerRefused",
    "AnswerReply",
    "Cassette",
    "Client",
    "ClientError",
    "ConfigRefused",
    "CostRow",
    "Costs",
    "DirectoryStore",
    "EncryptedStore",
    "EncryptionError",
    "EventRefused",
    "EventUnanswered",
    "File",
    "FlowPlugin",
    "FlowRefused",
    "FlowUnreadable",
    "IdRefused",
    "InputRefused",
    "Key",
    "Keyring",
    "Left",
    "MissingKey",
    "MissingWorker",
    "Models",
    "MoveRefused",
    "Moved",
    "NoWorker",
    "Note",
    "NothingLeft",
    "PriceUnknown",
    "QuestionView",
    "QueueFull",
    "Repairs",
    "Run",
    "RunCancelled",
    "RunExists",
    "RunFailed",
    "RunOver",
    "RunStuck",
    "RunSummary",
    "RunTerminated",
    "RunUnderWay",
    "RunView",
    "Signer",
    "SyncClient",
    "SyncRun",
    "TellRefused",
    "ToolContext",
    "ToolError",
    "Unconfigured",
    "UnknownQuestion",
    "UnknownRun",
    "Unreachable",
    "Unresolved",
    "Unsigned",
    "UnusableCassette",
    "UnusableFile",
    "Writing",
    "connect",
    "connect_sync",
    "current",
    "models_for",
    "read_keys",
    "run_worker",
    "tool",
]
