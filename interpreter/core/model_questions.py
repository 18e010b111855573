"""What is asked of one model, as its call remembers it; and what came of it, as the step above is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from dsl.expressions.values import Reference, Value
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.boundary.talk import AskedCall
from interpreter.core import caps, outcomes
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class ModelCallMemory(Memory):
    """`id` is that of the step's first attempt's command, `attempt` counts all of the step, `tries` those here,
    `unfit` those of workers that could ask no model. An
    answer has at most `most_answer` tokens; with `whole` an attempt need not leave room for another. `patience` and
    `timeout` are milliseconds. `lost` is how the latest attempt failed, `waits` what is waited for, for people;
    `unread` counts how often a text of the prompt could not be read; `lowered`: its server has said how long the answer
    may be; one of no more than `too_short` tokens is not worth asking for. `asked_at`: when the attempt was made;
    `refused` counts the latest attempts that were not made, because caps have refused their claims.
    """

    request: ChatRequest = field(default_factory=lambda: ChatRequest("", "", ""))
    id: str = ""
    most_answer: int = 1
    timeout: int = 0
    patience: int = 0
    whole: bool = False
    attempt: int = 0
    tries: int = 0
    unfit: int = 0
    phase: Literal["reserving", "asking", "in a batch", "waiting"] = "reserving"
    command: str = ""
    lost: Failure | None = None
    waits: str = ""
    unread: int = 0
    lowered: bool = False
    too_short: int = 0
    asked_at: float = 0.0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model said: its `text`, or `output` that needs no reading; or how it failed. `attempts` counts those of
    the step so far; `cut`: the answer was as long as it might be, which was `most` tokens; `budget`: what did not fit,
    when that is why the model was not asked again. Of a conversation also the `calls` that it asks for, and the
    references of what was kept of it, and what it was `measured` as: the tokens that were reported for so many bytes.
    """

    failure: Failure | None
    attempts: int = 0
    output: Value = None
    text: str | None = None
    rehearsal: bool = False
    cut: bool = False
    most: int = 0
    budget: Value = None
    calls: Sequence[AskedCall] = ()
    head: Reference | None = None
    preamble: Reference | None = None
    measured: Sequence[int] = ()


def said(result: ChatResult, attempts: int, *, cut: bool, most: int, sent: int) -> Exit:
    told: dict[str, Any] = {"output": result.output, "text": result.text, "rehearsal": result.rehearsal}
    told |= {"calls": result.calls} if result.calls else {}
    told |= {"measured": [result.usage.input_tokens, sent]} if result.head and not result.rehearsal else {}
    for name, kept in (("head", result.head), ("preamble", result.preamble)):
        told |= {name: Reference(*kept)} if kept else {}
    return outcomes.done(cast(Value, {"attempts": attempts, **told, "cut": cut, "most": most}))


def failed(failure: Failure, attempts: int, *, cut: bool = False, most: int = 0, budget: Value = None) -> Exit:
    return outcomes.failed(replace(failure, details={"attempts": attempts, "cut": cut, "most": most, "budget": budget}))


def heard(exit_: Exit) -> Heard:
    """Of an end that is not cancelled. A failure before the first attempt says nothing more than itself."""
    if exit_.failure is not None and caps.is_reached(exit_.failure):
        return Heard(exit_.failure, cast(int, exit_.failure.details["attempts"]))
    told = exit_.value if exit_.failure is None else exit_.failure.details
    return Heard(exit_.failure, **(cast("dict[str, Any]", told) if type(told) is dict and "attempts" in told else {}))
