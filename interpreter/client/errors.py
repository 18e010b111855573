"""What can go wrong for a caller. Each message can be shown as it is; none is a bug of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dsl.diagnostics.inert import inert
from dsl.values.references import shown
from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import KEPT_BACK
from interpreter.core.snapshot import decode

if TYPE_CHECKING:
    from dsl.diagnostics.diagnostic import Diagnostic
    from dsl.source import Source


_MOST_TOLD = 5
"""Problems of a file that a message names."""


class ClientError(Exception):
    """The base of everything below."""


class Unreachable(ClientError):
    """No Temporal server answers at the address, or not with this namespace."""


class Unconfigured(ClientError):
    """Temporal's own configuration, or that of models, cannot be used."""


class FlowRefused(ClientError):
    """The file does not pass the check: every problem of it stands in `diagnostics`, and the first of them in the
    message, each with its place; `summary` only counts them."""

    def __init__(self, source: "Source", diagnostics: "Sequence[Diagnostic]") -> None:
        count = len(diagnostics)
        self.summary = f"{source.name} has {count} problem{'s' if count != 1 else ''}"
        told = [_with_its_place(source, each) for each in diagnostics[:_MOST_TOLD]]
        more = [f"and {count - _MOST_TOLD} more"] if count > _MOST_TOLD else []
        super().__init__("\n  ".join([f"{self.summary}:", *told, *more]))
        self.source = source
        self.diagnostics = tuple(diagnostics)


class FlowUnreadable(ClientError):
    """There is no such file, or it is not text."""


class DefinitionRefused(ClientError):
    """What was given as a sealed definition is none: every problem of it stands in `problems`, with its path."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["this is no sealed definition:", *(f"  {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class InputRefused(ClientError):
    """The input does not fit the flow: every problem of it stands in `problems`."""

    def __init__(self, flow: str, problems: Sequence[str]) -> None:
        super().__init__(
            "\n".join([f"the input does not fit the flow {flow}:", *(f"  {problem}" for problem in problems)])
        )
        self.problems = tuple(problems)


class ConfigRefused(ClientError):
    """The values of the deployment do not fit the flow: every problem of them stands in `problems`."""

    def __init__(self, flow: str, problems: Sequence[str]) -> None:
        lines = [f"the values of the deployment (`config`) do not fit the flow {flow}:"]
        super().__init__("\n".join([*lines, *(f"  {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class Unsigned(ClientError):
    """Only what is signed off is started here, and this is not: who must sign it, and what has changed since somebody
    did."""


class PriceUnknown(ClientError):
    """The flow has a budget in usd, and a model that it may ask has no known price."""


class IdRefused(ClientError):
    """This cannot be the id of a run."""


class RunExists(ClientError):
    """There is a run of this id: under way, or one that has ended, and how is told."""


class UnknownRun(ClientError):
    """There is no such run, or it is not one of ours."""


class UnknownQuestion(ClientError):
    """The run does not ask this, or asks several things."""


class AnswerRefused(ClientError):
    """The run did not take the answer: too late, not that person, or not the right shape."""


class MoveRefused(ClientError):
    """The run cannot go on with that text from where it stands, or not now; the message says why."""


class TellRefused(ClientError):
    """Nobody would hear this: no agent with a conversation is under way, or it is not said which is meant."""


class EventRefused(ClientError):
    """The run did not take the event: it waits for none of this name, the event does not fit, or the run is ending."""


class EventUnanswered(ClientError):
    """The run has ended, or has forgotten the event, and its flow has replied nothing to it."""


class QueueFull(EventRefused):
    """So many events wait to be taken that there is no room for more; one can be sent again later, under its id."""


class NoWorker(ClientError):
    """The run cannot say how it stands, because nothing works on its task queue."""


class AnswerKept(NoWorker):
    """Nobody took the answer yet. The server keeps it, in memory, for the next worker: it may still count."""


class RunStuck(ClientError):
    """The run's workflow task keeps failing: it neither goes on nor answers until that is mended."""


class RunUnderWay(ClientError):
    """Only a run that has ended is repaired, and this one, or a repair of it, has not."""


class NothingLeft(ClientError):
    """No undo of this run can be called now: nothing is left, or what is left is for people, and for what."""


class Unresolved(ClientError):
    """What somebody says of an effect settles nothing, and why."""


class RunOver(ClientError):
    """The run has ended meanwhile, so it can be neither answered nor ended."""


class RunCancelled(ClientError):
    """The run was cancelled; what it had done is undone."""


class RunTerminated(ClientError):
    """The run was ended from outside, without undoing anything."""


@dataclass(frozen=True)
class FailureDetail:
    """Why a run failed. `path` is the step; `ledger` what stands, `undo_failures` what could not be undone.
    `kept_back`: something sensitive may stand in `message`, `details` and the reasons of the ledger.
    """

    kind: str
    message: str
    path: str | None = None
    details: JSON = None
    spent: JSON = None
    ledger: tuple[JSON, ...] = ()
    undo_failures: tuple[JSON, ...] = ()
    rehearsal: bool = False
    kept_back: bool = False

    @property
    def told(self) -> str:
        """Its words, as they may stand in a log or on a screen."""
        return KEPT_BACK if self.kept_back else self.message


class RunFailed(ClientError):
    """The run came to a bad end that its flow did not handle."""

    def __init__(self, detail: FailureDetail) -> None:
        super().__init__(f"{detail.kind}: {detail.told}")
        self.detail = detail

    @property
    def kind(self) -> str:
        return self.detail.kind

    @property
    def path(self) -> str | None:
        return self.detail.path


def failure_detail(kind: str | None, message: str, details: Sequence[Any]) -> FailureDetail:
    """Read what the workflow put into its `ApplicationError`."""
    record: Mapping[str, Any] = details[0] if details and isinstance(details[0], Mapping) else {}
    failure: Mapping[str, Any] = record.get("failure") or {}
    return FailureDetail(
        kind=failure.get("kind") or kind or "Failed",
        message=failure.get("message") or message,
        path=failure.get("path"),
        details=shown(decode(failure.get("details"))),
        spent=record.get("spent"),
        ledger=tuple(record.get("ledger") or ()),
        undo_failures=tuple(record.get("undo_failures") or ()),
        rehearsal=bool(record.get("rehearsal")),
        kept_back=bool(record.get("kept_back")),
    )


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """The end of a message about an unknown name: what was probably meant, else all there is."""
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there is: {', '.join(names)}" if names else ""


def _with_its_place(source: "Source", problem: "Diagnostic") -> str:
    file, span = source.within(problem.primary.span)
    place = file.position(span.start)
    return inert(f"{file.name}:{place.line}:{place.column}: {problem.code}: {problem.message}")
