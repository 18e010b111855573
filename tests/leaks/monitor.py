"""Runs a flow again and again in worlds that differ in what is sensitive and in nothing else, and holds beside each
other what those see who do not see it: a label that the check lost shows as a difference, whichever way it went.

How long something takes is not looked at, and where a run fails, only what was seen until then: neither is promised.
"""

import hashlib
import json
from typing import Any

from dsl.analysis import Analysis
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.send import Send
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World

Seen = list[tuple[str, str]]
UNSEEING = ("low.send", "plain")


def sealed(source: Source, analysis: Analysis) -> Definition:
    return unseal(seal(analysis.facts, source, "main", gates=analysis.gates, spends=analysis.spends).json)


def letter(*parts: Any) -> str:
    return "abc"[hashlib.sha256(json.dumps(parts, default=str).encode()).digest()[0] % 3]


def world(secret: int) -> World:
    """What each side answers depends on what it is given; what is read has secrets of its own."""

    def read(command: CallTool) -> Planned:
        given = command.arguments
        items = [{"open": letter(given, at), "secret": letter(given, at, secret)} for at in range(2)]
        return Returns({"open": letter(given), "secret": letter(given, "own", secret), "items": items})

    def work(command: CallTool) -> Planned:
        return Returns(letter(command.tool, command.arguments))

    def check(command: CallTool) -> Planned:
        answer = letter("check", command.arguments)
        return Fails("Bad", answer) if answer == "a" else Returns(answer)

    def agent(request: ChatRequest) -> Planned:
        return Returns(letter(request.agent, request.prompt))

    tools = {"high.read": read, "high.check": check, "high.keep": lambda command: Returns("kept")}
    tools |= dict.fromkeys(("high.work", "low.send"), work)
    return World(tools=tools, agents=dict.fromkeys(("plain", "seeing"), agent))


def seen(definition: Definition, secret: int) -> tuple[Seen, bool]:
    """What was seen, and whether the run came to its end."""
    outside = world(secret)
    simulation = Simulation(definition, outside)
    run = simulation.run({"q": "a"})
    for at in range(6):
        items = [{"open": letter(at, "item"), "secret": letter(at, "item", secret)}]
        news = {"open": letter(at, "news"), "secret": letter(at, "news", secret), "items": items}
        run.send(Send(str(at), "news", news, "ann"))
    simulation.go()
    assert run.finish is not None
    told = [(each.name, json.dumps(each.arguments, default=str)) for each in outside.calls if each.name in UNSEEING]
    if run.finish.outcome == "completed":
        report = run.finish.report.result
        assert report is not None
        result: Any = report.value
        return [*told, ("result", json.dumps(result["open"]))], True
    return told, False


def differs(definition: Definition, secrets: int = 4) -> bool:
    """Whether someone who does not see the secrets could tell two of them apart."""
    first, first_ended = seen(definition, 0)
    for secret in range(1, secrets):
        other, ended = seen(definition, secret)
        shared = len(first) if first_ended and ended else min(len(first), len(other))
        if first[:shared] != other[:shared] or (first_ended and ended and len(first) != len(other)):
            return True
    return False
