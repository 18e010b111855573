"""Runs a flow again and again in worlds that differ in what is sensitive and in nothing else, and holds beside each
other what those see who do not see it: a label that the check lost shows as a difference, whichever way it went.

How long something takes is not looked at, and where a run fails, only what was seen until then: neither is promised.
"""

import hashlib
import json
from functools import partial
from typing import Any

from dsl.analysis import Analysis
from dsl.ast.node import walk
from dsl.ast.statements import AwaitApproval, Parallel, ParallelFor
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.boundary.payloads import Answer, ChatRequest
from interpreter.boundary.send import Send
from interpreter.boundary.talk import AskedCall
from interpreter.core.commands import CallTool, Command
from interpreter.core.events import Event
from interpreter.core.question import Question
from interpreter.simulation.simulation import SimulatedRun, Simulation, Watch
from interpreter.simulation.world import Fails, Planned, Recorded, Returns, World

Seen = list[tuple[str, str]]
UNSEEING = ("low.send", "low.undo", "low.back", "low.gated", "plain", "plain_hand", "leads")


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

    def hand(request: ChatRequest) -> Planned:
        """Calls something in its first turns, and answers then."""
        assert request.talk is not None
        heard = [each.get("text") or each.get("value") for each in request.talk.messages]
        said = letter(request.agent, request.prompt, heard)
        if len(heard) > 2 or said == "c":
            return Returns(said)
        able = ("low-send", "low-undo", "low-gated") if request.agent == "plain_hand" else ("high-read", "high-work")
        name = able["abc".index(letter(said, heard)) % len(able)]
        return Returns(calls=(AskedCall(f"c{len(heard)}", name, json.dumps({"q": said})),))

    tools = {"high.read": read, "high.check": check, "high.keep": lambda command: Returns("kept")}
    tools |= dict.fromkeys(("high.work", *UNSEEING[:4]), work)
    agents = dict.fromkeys(("plain", "seeing"), agent) | dict.fromkeys(("plain_hand", "seeing_hand"), hand)
    return World(tools=tools, agents=agents)


def answering(outside: World) -> Watch:
    """Somebody answers each question, by what is shown there. What is asked of people who see no secrets is kept."""
    asked: set[tuple[str, str]] = set()

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        for question in run.state.questions.values():
            if (run.state.key_base, question.id) in asked:
                continue
            asked.add((run.state.key_base, question.id))
            shown = (question.text, [(each.name, str(each.value)) for each in question.shown])
            if not seeing(run.definition, question):
                outside.calls.append(Recorded(run.simulation.now, "leads", shown, "", 1, Returns()))
            decision = "approve" if letter(shown) != "a" else "reject"
            answer = Answer(question.id, question.id, decision, "ann", None, "leads", letter("note", shown))
            run.simulation.at(run.simulation.now + 0.1, partial(run.answer, answer))

    return watch


def seeing(definition: Definition, question: Question) -> bool:
    """Whether the people who are asked see the class."""
    nodes = (node for flow in definition.flows.values() for node in walk(flow) if type(node) is AwaitApproval)
    return any(node.name == question.name and node.sees for node in nodes)


def seen(definition: Definition, secret: int) -> tuple[Seen, bool]:
    """What was seen, and whether the run came to its end."""
    outside = world(secret)
    simulation = Simulation(definition, outside, watch=answering(outside))
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
    """Whether someone who does not see the secrets could tell two of them apart. Of what goes on side by side the order
    is a matter of how long the others take, and so is what was still done when one of them failed.
    """
    beside = any(type(node) in (Parallel, ParallelFor) for flow in definition.flows.values() for node in walk(flow))
    first, first_ended = seen(definition, 0)
    for secret in range(1, secrets):
        other, ended = seen(definition, secret)
        if beside:
            if first_ended and ended and sorted(first) != sorted(other):
                return True
            continue
        shared = len(first) if first_ended and ended else min(len(first), len(other))
        if first[:shared] != other[:shared] or (first_ended and ended and len(first) != len(other)):
            return True
    return False
