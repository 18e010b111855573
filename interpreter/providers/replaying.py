"""Models whose answers were recorded. What was not recorded is a failure that says what is different, and nobody is
asked in its place.

What was asked in the same words several times is answered in the order in which it was, first what was answered at the
same step. A failure that cost nothing and was followed by an answer to the same question is passed over: nobody has to
wait for that again.
"""

from collections.abc import Iterator, Sequence
from json import dumps

from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.failures import NOT_RECORDED
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult
from interpreter.providers.at_once import answered_at_once
from interpreter.providers.in_order import InOrder, step_that_asks, turn_of
from interpreter.providers.provider import Heard, ProviderFailure
from interpreter.providers.recorded_calls import Asked, RecordedCall, asked_of, key_of

MOST_DIFFERENCES = 3
_SHOWN = 60
"""Characters of a text that differs, from a little before where it does."""
_BEFORE = 20
ANEW = "if that is meant, record it anew: --record instead of --replay"

Difference = tuple[str, JSON, JSON]
"""Where, what was recorded, and what is asked now."""
NOTHING = object()


class ReplayingProvider:
    def __init__(self, name: str, calls: Sequence[RecordedCall]) -> None:
        self._name = name
        self._calls = calls
        self._by_key: dict[str, list[int]] = {}
        for place, call in enumerate(calls):
            self._by_key.setdefault(call.key, []).append(place)
        self._given: InOrder[RecordedCall] = InOrder()

    async def chat(self, request: ChatRequest) -> ChatResult:
        return await self.chat_streamed(request, None)

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        call = self._given.again() or self._given.gave(self._next(request))
        if isinstance(call.came, ProviderFailure):
            raise call.came.with_traceback(None)
        if heard is not None and call.came.text:
            heard(call.came.text)
        return call.came

    def _next(self, request: ChatRequest) -> RecordedCall:
        told, step = asked_of(request), step_that_asks()
        key = key_of(told)
        given, recorded = self._given.places(key), self._by_key.get(key, [])
        left = [place for place in recorded if place not in given]
        left = [place for place in left if not self._was_answered_after(place, left)]
        if not left:
            raise self._missing(request, told, len(recorded))
        place = next((place for place in left if self._calls[place].step == step), left[0])
        given.add(place)
        return self._calls[place]

    def _was_answered_after(self, place: int, left: Sequence[int]) -> bool:
        return self._calls[place].is_passing_trouble and any(
            later > place and isinstance(self._calls[later].came, ChatResult) for later in left
        )

    def _missing(self, request: ChatRequest, told: Asked, recorded: int) -> ProviderFailure:
        step = step_that_asks()
        place = f" ({step})" if step else ""
        why = (
            f"it was asked for once more than recorded, {recorded} times"
            if recorded
            else _nearest(request.agent, step, told, self._calls)
        )
        turn = turn_of(request)
        message = f"{self._name} has no answer for turn {turn} of `{request.agent}`{place}: {why}; {ANEW}"
        return ProviderFailure(NOT_RECORDED, message, charge="none")

    async def batch(self, request: BatchRequest) -> BatchReply:
        return await answered_at_once(self, request)

    async def close(self) -> None:
        """Nothing is open."""


def _nearest(agent: str, step: str, told: Asked, calls: Sequence[RecordedCall]) -> str:
    """What differs from the recorded request that is most like it: of the same step, or of the same agent."""
    alike = [call for call in calls if call.agent == agent]
    alike = [call for call in alike if call.step == step] or alike
    if not alike:
        return f"nothing of `{agent}` was recorded"
    compared = [(call, list(differences(call.asked, told, ""))) for call in alike]
    nearest, found = min(compared, key=lambda each: (len(each[1]), _first_message(each[1])))
    words = "; ".join(_told(difference) for difference in found[:MOST_DIFFERENCES])
    more = f"; and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
    where = f" at {nearest.step}" if nearest.step and nearest.step != step else ""
    return f"of what was recorded{where}, the nearest differs in {words}{more}"


def _first_message(found: Sequence[Difference]) -> int:
    """The later in the conversation they begin to differ, the nearer they are."""
    places = (where.removeprefix("messages[").partition("]")[0] for where, *_ in found if where.startswith("messages["))
    return -int(next(places, 0))


def differences(recorded: JSON, told: JSON, where: str) -> Iterator[Difference]:
    if type(recorded) is dict and type(told) is dict:
        for name in dict.fromkeys([*recorded, *told]):
            inner = f"{where}.{name}" if where else name
            yield from differences(recorded.get(name, NOTHING), told.get(name, NOTHING), inner)
        if recorded == told and list(recorded) != list(told):
            yield f"the order of {where or 'fields'}", list(recorded), list(told)
    elif type(recorded) is list and type(told) is list:
        for place in range(max(len(recorded), len(told))):
            one = recorded[place] if place < len(recorded) else NOTHING
            other = told[place] if place < len(told) else NOTHING
            yield from differences(one, other, f"{where}[{place}]")
    elif recorded != told or type(recorded) is not type(told):
        yield where, recorded, told


def _told(difference: Difference) -> str:
    where, recorded, told = difference
    if type(recorded) is str and type(told) is str:
        same = next((n for n, (one, other) in enumerate(zip(recorded, told, strict=False)) if one != other), None)
        start = max(0, (min(len(recorded), len(told)) if same is None else same) - _BEFORE)
        return f"{where} (recorded {_cut(recorded, start)}, now {_cut(told, start)})"
    return f"{where} (recorded {_shown(recorded)}, now {_shown(told)})"


def _shown(value: JSON) -> str:
    if value is NOTHING:
        return "nothing"
    if type(value) is str:
        return _cut(value, 0)
    text = dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _cut(text: str, start: int) -> str:
    quoted = dumps(text[start : start + _SHOWN], ensure_ascii=False)[1:-1]
    return f'"{"…" if start else ""}{quoted}{"…" if start + _SHOWN < len(text) else ""}"'
