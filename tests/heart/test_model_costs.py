"""What an attempt is charged is what its provider asks for its tokens, and never more than was reserved for it."""

from decimal import Decimal
from random import Random

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.core import model_costs
from interpreter.core.machine import ROOT
from interpreter.core.state import Purse, State

CACHED = Price("0.002", "0.01", "0.0005", "0.003")
ASKED = ChatRequest("a", "m", "")


def state_with(price: Price) -> State:
    return State("main", "h", "k", prices={"m": price}, purses={ROOT: Purse(ROOT, None)})


def usd(price: Price, **usage: int) -> Decimal:
    amount = model_costs.of_usage(state_with(price), ASKED, {"input_tokens": 100, "output_tokens": 10, **usage})
    assert amount is not None
    assert (amount.tokens, amount.calls) == (110, 1)
    return amount.usd


def test_what_was_read_from_a_cache_or_written_there_has_a_price_of_its_own() -> None:
    assert usd(CACHED) == Decimal("0.3")
    assert usd(CACHED, cached_tokens=60) == Decimal("0.21")
    assert usd(CACHED, cached_tokens=60, cache_write_tokens=40) == Decimal("0.25")
    assert usd(CACHED, reasoning_tokens=9) == Decimal("0.3")


def test_without_a_price_of_its_own_it_is_priced_as_any_other() -> None:
    assert usd(Price("0.002", "0.01"), cached_tokens=60, cache_write_tokens=40) == Decimal("0.3")


def test_in_a_batch_it_costs_a_share_of_that() -> None:
    halved, asked = Price("0.002", "0.01", "0.0005", "0.003", batch="0.5"), ChatRequest("a", "m", "", batch=True)
    state, usage = state_with(halved), {"input_tokens": 100, "output_tokens": 10, "cached_tokens": 60}
    amounts = [model_costs.of_usage(state, each, usage) for each in (asked, ASKED)]
    assert [amount.usd for amount in amounts if amount is not None] == [Decimal("0.105"), Decimal("0.21")]
    reserved = [model_costs.most(state, ROOT, each, 50).usd for each in (asked, ASKED)]
    assert reserved[0] * 2 == reserved[1]


def test_a_report_of_more_than_was_sent_makes_nothing_cheaper() -> None:
    assert usd(CACHED, cached_tokens=60, cache_write_tokens=41) == Decimal("0.3")
    assert usd(CACHED, cached_tokens=-5) == Decimal("0.3")


def test_a_reservation_is_enough_whatever_the_provider_has_in_its_cache() -> None:
    dice = Random(9)
    for _ in range(300):
        price = Price(*(str(Decimal(dice.randrange(1, 50)) / 1000) for _ in range(4)))
        state = state_with(price)
        request = ChatRequest("a", "m", "word " * dice.randrange(1, 50))
        reserved = model_costs.most(state, ROOT, request, dice.randrange(1, 500))
        sent = dice.randrange(model_costs.tokens_sent(request) + 1)
        cached = dice.randrange(sent + 1)
        written = dice.randrange(sent - cached + 1)
        most = reserved.tokens - model_costs.tokens_sent(request)
        report = {"input_tokens": sent, "output_tokens": dice.randrange(most + 1)}
        spent = model_costs.of_usage(state, ASKED, {**report, "cached_tokens": cached, "cache_write_tokens": written})
        assert spent is not None
        assert spent.usd <= reserved.usd
        assert spent.tokens <= reserved.tokens
