"""Models whose answers are written down: for tests and demonstrations that are the same each time, and ask nobody.

What is not written down is a failure that says what was asked for, never an answer that was made up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.values.offers import name_for_providers
from interpreter.boundary import failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.providers.at_once import answered_at_once
from interpreter.providers.in_order import InOrder, turn_of
from interpreter.providers.provider import Charge, ProviderFailure

MODEL = "scripted"

_OURS = frozenset(
    {failures.ATTEMPT_LOST, failures.NOT_ASKED, failures.NO_PROVIDER, failures.NOT_SCRIPTED, failures.NOT_RECORDED}
)
FAILING = sorted(failures.MODEL_FAILURES - _OURS)
"""How a scripted model can fail."""

_BILLED = (failures.MODEL_TIMEOUT, failures.CONNECTION_FAILED)
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Scripted:
    """What the model of an agent says once: an `answer`, the text that it `says` as it stands, `calls`, each with its
    arguments, or that it `fails`. With `when` it is said only to a prompt that holds that text.
    """

    answer: JSON = None
    says: str | None = None
    calls: tuple[tuple[str, JSON], ...] = ()
    fails: str | None = None
    retry_after: float | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class ModelScript:
    """What each agent's model says, in order; `name` is that of the file."""

    name: str
    agents: Mapping[str, Sequence[Scripted]]


class ScriptedProvider:
    def __init__(self, script: ModelScript) -> None:
        self._script = script
        self._given: InOrder[Scripted] = InOrder()

    async def chat(self, request: ChatRequest) -> ChatResult:
        said = self._given.again() or self._given.gave(self._next(request))
        if said.fails is not None:
            charge: Charge = "reservation" if said.fails in _BILLED else "none"
            message = f"{self._script.name} says that it fails"
            raise ProviderFailure(said.fails, message, charge=charge, retry_after=said.retry_after)
        calls = [
            AskedCall(f"call-{turn_of(request)}-{number}", name_for_providers(name), json.dumps(arguments))
            for number, (name, arguments) in enumerate(said.calls, 1)
        ]
        output = None if calls or said.says is not None else said.answer
        usage = ChatUsage(_tokens(request), min(len(str(said)) // 4 + 1, request.max_output_tokens))
        return ChatResult(output, usage, MODEL, rehearsal=True, text=said.says, calls=calls)

    def _next(self, request: ChatRequest) -> Scripted:
        """The first that was not said yet, and fits the prompt."""
        agent, turn = request.agent, turn_of(request)
        written = self._script.agents.get(agent)
        if written is None:
            raise self._missing(request, f"it says nothing of `{agent}`")
        given = self._given.places(agent)
        if not given:
            given |= _said_before(written, turn, str(request.prompt))
        left = [place for place in range(len(written)) if place not in given]
        for place in left:
            if _fits(written[place], str(request.prompt)):
                given.add(place)
                return written[place]
        if not left:
            raise self._missing(request, f"what it says of `{agent}`, {len(written)} times, was all said")
        raise self._missing(request, f"no `when` of the {len(left)} that are left for `{agent}` is in its prompt")

    def _missing(self, request: ChatRequest, why: str) -> ProviderFailure:
        prompt = " ".join(str(request.prompt).split())
        shown = prompt if len(prompt) <= _LONGEST_SHOWN else f"{prompt[: _LONGEST_SHOWN - 1]}…"
        message = (
            f"{self._script.name} has no answer for turn {turn_of(request)} of `{request.agent}`: {why}; "
            f"the prompt begins {json.dumps(shown, ensure_ascii=False)}"
        )
        return ProviderFailure(failures.NOT_SCRIPTED, message, charge="none")

    async def batch(self, request: BatchRequest) -> BatchReply:
        return await answered_at_once(self, request)

    async def close(self) -> None:
        """Nothing is open."""


def _fits(said: Scripted, prompt: str) -> bool:
    return said.when is None or said.when in prompt


def _said_before(written: Sequence[Scripted], turn: int, prompt: str) -> set[int]:
    """To an agent that is in the middle of its turns, when this worker was not there for the first."""
    before: set[int] = set()
    fitting = [(place, said) for place, said in enumerate(written) if _fits(said, prompt)]
    for place, said in fitting:
        if turn == 1:
            break
        before.add(place)
        turn -= said.fails is None
    return before


def _tokens(request: ChatRequest) -> int:
    talk = "" if request.talk is None else f"{request.talk.messages}{request.talk.tools_text or ''}"
    return len(f"{request.instructions or ''}{request.prompt}{request.feedback or ''}{talk}") // 4 + 1
