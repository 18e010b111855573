"""Batches of those who ask nobody: each question is answered at once, and the batch is over when it is submitted."""

import asyncio

from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.in_order import PLACE
from interpreter.providers.provider import Provider, ProviderFailure


async def answered_at_once(provider: Provider, request: BatchRequest) -> BatchReply:
    if request.what != "submit":
        return BatchReply(request.batch, over=True)
    questions = [(place, each) for place, each in enumerate(request.requests) if each.model]
    answers = [await _answer(provider, place, each) for place, each in questions]
    return BatchReply("at once", over=True, answers=answers)


async def _answer(provider: Provider, place: int, each: ChatRequest) -> BatchAnswer:
    token = PLACE.set(str(place))
    try:
        return BatchAnswer(place, await provider.chat(each))
    except ProviderFailure as failure:
        return BatchAnswer(place, None, failure.kind, failure.message, failure.detail)
    finally:
        PLACE.reset(token)
        await asyncio.sleep(0)
