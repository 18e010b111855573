"""The tools of the random flows, carried out: they write into the bank, and go wrong in every way that a tool can.

How a call goes depends on the run's name, the path of the step and the attempt, so a seed repeats it.
"""

import asyncio
import json
import os
import random
import re
import signal
import time
from dataclasses import dataclass, replace
from typing import Any

from temporalio import activity

from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.worker.tools import tool
from tests.soak.bank import Bank, Call

BANK = "SOAK_BANK"
"""The environment variable that names the file of the bank."""
PAUSES = (0.0, 0.02, 0.1, 0.3, 0.7)
LINGERS = (3.1, 3.4)
"""Seconds that a tool may outlast its timeout of 3 by: less than the interpreter waits before it takes it for over."""
KNOWN_FOR = 4.0
LARGE = 80_000
"""Characters of a text that travels as a reference."""
_CHILD = re.compile(r"/[0-9a-f]{8}/")


@dataclass
class Made:
    id: str


class Refused(ToolError):
    """Nothing happened, and the tool says so."""


class Final(ToolError):
    """The same, for good."""


def place(workflow_id: str, path: str) -> tuple[str, str]:
    """The run at the top, and the path of the step as that run's ledger names it."""
    top, *calls = _CHILD.split(workflow_id)
    return top, "/".join([*calls, path.split("~", maxsplit=1)[0]])


def _call(name: str) -> tuple[Call, random.Random]:
    told = current()
    run, path = place(told.workflow_id, told.path)
    return Call(name, told.key, run, path, told.attempt), random.Random(f"{run} {path} {told.path} {told.attempt}")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _act(
    name: str, errors: tuple[type[ToolError], ...] = (), *, honours: bool = False, known_for: float | None = None
) -> str:
    """Take effect, or not, and answer, or not."""
    call, chance = _call(name)
    bank, began = Bank(os.environ[BANK]), time.time()
    execution, first = bank.begin(call)
    try:
        time.sleep(chance.choice(PAUSES))
        trouble = chance.random()
        # A keyed tool refuses only when it knows that no earlier attempt took effect, or will.
        if trouble < 0.08 and errors and (first or not honours):
            raise chance.choice(errors)("not today")
        _go_wrong_before(chance.random(), chance)
        result = bank.commit(call, honours=honours, known_for=known_for, began=began)
        return _go_wrong_after(chance.random(), result)
    finally:
        bank.end(execution)


def _go_wrong_before(trouble: float, chance: random.Random) -> None:
    if trouble < 0.03:
        raise RuntimeError("broken before anything happened")
    if trouble < 0.04:
        _die()
    if trouble < 0.07:
        time.sleep(chance.choice(LINGERS))


def _go_wrong_after(trouble: float, result: str) -> str:
    if trouble < 0.02:
        _die()
    if trouble < 0.06:
        raise RuntimeError("broken after it happened")
    if trouble < 0.08:
        return ""
    time.sleep(trouble / 4)
    return result


def _made(result: str) -> Any:
    """Without a result, an answer that does not fit its type."""
    return Made(result) if result else "what is this?"


@tool("t.read")
def read(x: str) -> str:
    call, chance = _call("t.read")
    time.sleep(chance.choice(PAUSES))
    if chance.random() < 0.05:
        raise RuntimeError("cannot be read now")
    return f"r{chance.randint(0, 99)}" if chance.random() > 0.1 else call.path[-1] * LARGE


@tool("t.idempotent")
def idempotent(x: str) -> str:
    return _act("t.idempotent", honours=True)


@tool("t.write")
def write(x: str) -> Made:
    return _made(_act("t.write", (Refused,)))


@tool("t.named")
def named(x: str) -> Made:
    return _made(_act("t.named", (Refused,)))


@tool("t.verified")
def verified(x: str) -> Made:
    return _made(_act("t.verified", (Refused,)))


@tool("t.find")
def find(key: str) -> Made | None:
    found = Bank(os.environ[BANK]).find(key)
    return None if found is None else Made(found)


@tool("t.keyed")
def keyed(x: str) -> Made:
    return _made(_act("t.keyed", (Refused, Final), honours=True))


@tool("t.remembered")
def remembered(x: str) -> Made:
    return _made(_act("t.remembered", known_for=KNOWN_FOR))


@tool("t.stays")
def stays(x: str) -> None:
    _act("t.stays")


@tool("t.pay")
def pay(x: str) -> Made:
    return _made(_act("t.pay", honours=True))


_OF_AN_UNDO = re.compile(r"/undo(/\d+)?$")


def _take_back(name: str, argument: str) -> None:
    """The key of an undo is that of the call that it undoes, with a word behind it."""
    call, chance = _call(name)
    bank = Bank(os.environ[BANK])
    execution, _ = bank.begin(call)
    try:
        time.sleep(chance.choice(PAUSES))
        _go_wrong_before(chance.random() * 1.5, chance)
        bank.undo(call, _OF_AN_UNDO.sub("", call.key), argument)
        _go_wrong_after(chance.random() * 2, "")
    finally:
        bank.end(execution)


@tool("t.undo")
def undo(x: str) -> None:
    _take_back("t.undo", x)


@tool("t.undo_once")
def undo_once(x: str) -> None:
    _take_back("t.undo_once", x)


TOOLS = [read, idempotent, write, named, verified, find, keyed, remembered, stays, pay, undo, undo_once]


class MoodyProvider(RehearsalProvider):
    """Answers made up, after a while; sometimes none. They count as a model's own: a rehearsal would write nothing.
    Agents with tools call some of them, turn after turn, now and then one that there is not.
    """

    async def chat(self, request: ChatRequest) -> ChatResult:
        said = len(request.talk.messages) if request.talk is not None else 0
        chance = random.Random(f"{request.prompt} {said} {request.attempt} {os.getpid()}")
        await asyncio.sleep(chance.choice(PAUSES))
        if chance.random() < 0.08:
            raise ProviderFailure("Overloaded", "come back later", charge="none")
        calls = _calls(request.talk, chance) if request.talk is not None and chance.random() < 0.7 else []
        if calls:
            return await _counted(ChatResult(None, ChatUsage(20, 10), request.model, calls=calls))
        answered = await super().chat(replace(request, talk=None))
        return await _counted(replace(answered, rehearsal=False))


async def _counted(answer: ChatResult) -> ChatResult:
    """As a provider does: also what nobody hears, because the worker is killed."""
    top, *_ = _CHILD.split(activity.info().workflow_id)
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    await asyncio.to_thread(Bank(os.environ[BANK]).answered, top, tokens)
    return answer


def _calls(talk: Talk, chance: random.Random) -> list[AskedCall]:
    offered = [
        (told["name"], next(iter(told["parameters"]["properties"]))) for told in json.loads(talk.tools_text or "[]")
    ]
    if not offered:
        return []
    chosen = [chance.choice([*offered, *offered, ("nothing", "x")]) for _ in range(chance.randint(1, 2))]
    return [
        AskedCall(f"c{len(talk.messages)}-{place}", name, json.dumps({parameter: f"a{chance.randint(0, 99)}"}))
        for place, (name, parameter) in enumerate(chosen)
    ]
