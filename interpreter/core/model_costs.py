"""What an attempt at a model may cost at most, and what it did cost.

The bound of a text is certain, not likely: a token is at least one byte of UTF-8, so what is sent has at most as many
tokens as bytes, and the model is told how many it may answer with. That of a file (`dsl.values.file_tokens`) is what
providers say that they count, and no more certain than that. What is sent is reserved for at the highest of its prices:
a provider that reads a prompt from its cache takes less, one that writes it there may take more.

A lost attempt (a killed worker, a broken connection) is charged as if it had cost all that was
reserved for it, because nobody can say. So an attempt never takes all that is left: it takes the answer's ceiling, and
no more than half of what the purse has for prompts and answers, so that there is as much again for one more. Only where
half is too little for an answer it takes the whole, because two answers that are cut off are worth less than one. The
ceiling is what the agent declares, or what the model can give, whichever is less.
"""

from decimal import Decimal

from dsl.expressions.values import Reference, Value
from dsl.values.conversations import size_of, size_of_files
from interpreter.boundary import numbers
from interpreter.boundary.payloads import REFUSABLE, ChatRequest, ChatUsage, Price
from interpreter.boundary.talk import Talk
from interpreter.core import lefts, policies
from interpreter.core.events import CallFailed
from interpreter.core.state import Amount, State

FRAMING_TOKENS = 64
"""What a chat adds to its texts, at most: roles, separators, the name of the schema."""
SMALLEST_SHARE = 64
"""Tokens of an answer; with less for each of two attempts, one gets what both would have."""


def ceiling(state: State, model: str, declared: int | None) -> int:
    """The most tokens that one answer of `model` may have."""
    known = state.max_output.get(model)
    return lefts.smaller(declared, known) or policies.DEFAULT_OUTPUT_TOKENS


def tokens_sent(request: ChatRequest) -> int:
    """An upper bound of the tokens that the request sends."""
    again = sum(_bytes(text) for text in (request.feedback, request.refused) if text is not None)
    return FRAMING_TOKENS + again + texts_sent(request) + (_of_talk(request.talk, request.model) if request.talk else 0)


def texts_sent(request: ChatRequest, *, to_any: bool = False) -> int:
    """The bytes of what the first request of a conversation carries, and is kept for all that follow; `to_any`: where
    those may go to other models."""
    tools = request.talk.tools_text if request.talk is not None else None
    texts = (request.prompt, request.instructions, request.schema_text, tools)
    files = size_of_files(request.files, None if to_any else request.model)
    return sum(_bytes(text) for text in texts if text is not None) + files


def most(state: State, purse: str, request: ChatRequest, most_answer: int, *, whole: bool = False) -> Amount:
    """The most that the next attempt can cost: all that is sent, and an answer of up to `most_answer` tokens, as far as
    the purse at `purse` has them. `whole`: it need not leave anything for another one.
    """
    sent = tokens_sent(request)
    half = _answer_in(state, purse, request, sent, 2)
    alone = whole or (half is not None and half < min(SMALLEST_SHARE, most_answer)) or _one_call_left(state, purse)
    room = _answer_in(state, purse, request, sent, 1) if alone else half
    answer = max(1, most_answer if room is None else min(most_answer, room))
    return _price(state, request, sent, answer)


def price_of(state: State, request: ChatRequest) -> Price | None:
    """What a token of it costs, where that is known; in a batch it is less."""
    price = state.prices.get(request.model)
    if price is None or not request.batch or price.batch is None:
        return price
    rates = (price.input, price.output, price.cached, price.cache_write)
    return Price(*(None if rate is None else str(Decimal(rate) * Decimal(price.batch)) for rate in rates))  # type: ignore[arg-type]


def of_usage(state: State, request: ChatRequest, usage: Value) -> Amount | None:
    """What a provider's report comes to, by its own prices; None when there is none that can be true."""
    told = usage if type(usage) is dict else {}
    sent, answer = numbers.tokens(told.get("input_tokens")), numbers.tokens(told.get("output_tokens"))
    if sent is None or answer is None:
        return None
    price = price_of(state, request)
    if price is None:
        return Amount(Decimal(0), sent + answer, 1)
    cached, written = (numbers.tokens(told.get(name)) or 0 for name in ("cached_tokens", "cache_write_tokens"))
    if cached + written > sent:
        cached = written = 0
    read, write = Decimal(price.cached or price.input), Decimal(price.cache_write or price.input)
    usd = (sent - cached - written) * Decimal(price.input) + cached * read + written * write
    return Amount(usd + answer * Decimal(price.output), sent + answer, 1)


def of_failure(state: State, request: ChatRequest, event: CallFailed, reserved: Amount) -> Amount:
    """What a failed attempt cost: nothing, what was reported, or all that was reserved when nobody can say."""
    detail = event.detail
    if event.certainty == "not_started" or detail.get("charge") == "none":
        return Amount()
    return of_usage(state, request, detail.get("usage")) or reserved


def reported(event: CallFailed) -> ChatUsage | None:
    """What the provider of a failed attempt has reported, where that can be true."""
    usage = event.detail.get("usage")
    told = usage if type(usage) is dict else {}
    sent, answer = numbers.tokens(told.get("input_tokens")), numbers.tokens(told.get("output_tokens"))
    return None if sent is None or answer is None else ChatUsage(sent, answer)


def was_cut(event: CallFailed, request: ChatRequest) -> bool:
    """Whether the answer ended because it was as long as it might be."""
    detail = event.detail
    return detail.get("cut") is True or as_long_as_it_may_be(detail.get("usage"), request)


def as_long_as_it_may_be(usage: Value, request: ChatRequest) -> bool:
    answer = numbers.tokens(usage.get("output_tokens")) if type(usage) is dict else None
    return answer is not None and answer >= request.max_output_tokens


def room(state: State, purse: str, request: ChatRequest) -> int | None:
    """How many tokens of answer the purse has for one more attempt, and nothing after it; None is no limit."""
    return _answer_in(state, purse, request, tokens_sent(request), 1)


def refused_parts(event: CallFailed) -> list[str]:
    """What of a request its server says that it does not take."""
    told = event.detail.get("refuses")
    return [part for part in REFUSABLE if part in told] if type(told) is list else []


def told_ceiling(event: CallFailed) -> tuple[int, bool] | None:
    """How many tokens an answer may have, as the server says, and whether that holds for any answer of the model."""
    for name, of_model in (("most", True), ("most_here", False)):
        most = numbers.tokens(event.detail.get(name))
        if most:
            return most, of_model
    return None


def _answer_in(state: State, purse: str, request: ChatRequest, sent: int, attempts: int) -> int | None:
    """How many tokens of answer the purse has for each of so many attempts; None is no limit."""
    tokens_left, usd_left = lefts.left(state, purse, "tokens"), lefts.left(state, purse, "usd")
    price = price_of(state, request)
    room = None if tokens_left is None else tokens_left // attempts - sent
    if price is None or usd_left is None or not Decimal(price.output):
        return room
    usd = usd_left / attempts - sent * _dearest_sent(price)
    return lefts.smaller(room, int(usd // Decimal(price.output)))


def _one_call_left(state: State, purse: str) -> bool:
    """Whether there can be no other attempt anyway."""
    calls_left = lefts.left(state, purse, "calls")
    return calls_left is not None and calls_left < 2


def _price(state: State, request: ChatRequest, sent: int, answer: int) -> Amount:
    """So many tokens, and what they cost at most when that is known."""
    price = price_of(state, request)
    usd = sent * _dearest_sent(price) + answer * Decimal(price.output) if price else Decimal(0)
    return Amount(usd, sent + answer, 1)


def dearest(price: Price) -> Decimal:
    """Of any token."""
    return max(_dearest_sent(price), Decimal(price.output))


def _dearest_sent(price: Price) -> Decimal:
    return max(Decimal(each) for each in (price.input, price.cached, price.cache_write) if each is not None)


def _of_talk(talk: Talk, model: str) -> int:
    sent = [*talk.opening, *talk.messages[talk.hidden :]]
    return talk.kept_bytes + len(talk.notice or "") + sum(size_of(message, model) for message in sent)


def _bytes(text: str | Reference) -> int:
    return len(text.encode()) if isinstance(text, str) else text.size
