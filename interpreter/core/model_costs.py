"""What an attempt at a model may cost at most, and what it did cost.

The bound is certain, not likely: a token is at least one byte of UTF-8, so what is sent has at most as many tokens as
bytes, and the model is told how many it may answer with.
"""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from dsl.ast.declarations import AgentDeclaration
from dsl.expressions.values import Reference
from interpreter.boundary.payloads import ChatUsage
from interpreter.core import policies, purses
from interpreter.core.events import CallFailed
from interpreter.core.state import Amount, Frame, State

if TYPE_CHECKING:
    from interpreter.core.constructs.agent_step import AgentStepMemory

FRAMING_TOKENS = 64
"""What a chat adds to its texts, at most: roles, separators, the name of the schema."""


def most(state: State, frame: Frame, memory: "AgentStepMemory", agent: AgentDeclaration) -> Amount:
    """The most that the next attempt can cost: all that is sent, and as much answer as there is budget for."""
    price = state.prices.get(agent.models[memory.model])
    sent = tokens_sent(memory)
    answer = agent.budget.tokens if agent.budget and agent.budget.tokens else policies.DEFAULT_OUTPUT_TOKENS
    tokens_left = purses.left(state, frame.purse, "tokens")
    if tokens_left is not None:
        answer = max(1, min(answer, int(tokens_left) - sent))
    if price is None:
        return Amount(tokens=sent + answer, calls=1)
    sent_usd, output_price = sent * Decimal(price.input), Decimal(price.output)
    usd_left = purses.left(state, frame.purse, "usd")
    if usd_left is not None and output_price:
        answer = max(1, min(answer, int((usd_left - sent_usd) // output_price)))
    return Amount(sent_usd + answer * output_price, sent + answer, 1)


def tokens_sent(memory: "AgentStepMemory") -> int:
    """An upper bound of the tokens that the next attempt sends."""
    texts = (memory.prompt, memory.instructions, memory.feedback, json.dumps(memory.schema))
    return FRAMING_TOKENS + sum(_bytes(text) for text in texts if text is not None)


def of_usage(state: State, model: int, agent: AgentDeclaration, usage: ChatUsage) -> Amount:
    price = state.prices.get(agent.models[model])
    tokens = usage.input_tokens + usage.output_tokens
    if price is None:
        return Amount(tokens=tokens, calls=1)
    usd = usage.input_tokens * Decimal(price.input) + usage.output_tokens * Decimal(price.output)
    return Amount(usd, tokens, 1)


def of_failure(state: State, frame: Frame, model: int, agent: AgentDeclaration, event: CallFailed) -> Amount:
    """What a failed attempt cost: nothing, what was reported, or all that was reserved when nobody can say."""
    detail = event.details[0] if event.details and type(event.details[0]) is dict else {}
    usage = detail.get("usage")
    if event.certainty == "not_started" or detail.get("charge") == "none":
        return Amount()
    if usage is not None:
        return of_usage(state, model, agent, ChatUsage(usage["input_tokens"], usage["output_tokens"]))
    return cast(Amount, frame.reserved)


def _bytes(text: str | Reference) -> int:
    return len(text.encode()) if isinstance(text, str) else text.size
