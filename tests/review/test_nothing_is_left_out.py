"""A report never fails on a flow that passes the check, and leaves nothing out: random flows, whose sealed definitions
say which irreversible calls there are, and whose runs show who is given what is sensitive.

`pytest -m soak tests/review` makes many more of them.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice

import pytest
from jsonschema import Draft202012Validator

from dsl.ast.declarations import AgentDeclaration, ToolDeclaration, Use
from dsl.ast.node import walk
from dsl.ast.statements import AwaitApproval, Step
from dsl.definition.definition import Definition
from dsl.definition.unseal import unseal
from dsl.review.document import document, schema
from dsl.review.html_page import html_page
from dsl.review.model import Review
from dsl.review.questions import worded
from dsl.review.text_page import lines
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.send import Send
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Planned, Returns, World
from tests.heart.agent_flows import some_agent_flow
from tests.heart.asking_flows import asking_flow
from tests.heart.flows import some_flow
from tests.heart.gated_flows import gated_flow
from tests.leaks.flows import HEAD
from tests.leaks.flows import some_flow as leaking_flow
from tests.review.reviewed import checked, reviewed

QUICK, SOAK = 2, 600
VALID = Draft202012Validator(schema())
MAKERS: dict[str, Callable[[int], str]] = {
    "statements": some_flow,
    "agents": some_agent_flow,
    "questions": asking_flow,
    "gates": gated_flow,
    "leaks": leaking_flow,
}
SIDES = {
    "(q: text) -> text write keyed final\nagent": '(q: text) -> text write keyed final { sees "s" }\nagent',
    'plain(q: text) -> text { model "m" ': 'plain(q: text) -> text { sees "s" model "m" ',
    "plain_hand(q: text) -> text {\n": 'plain_hand(q: text) -> text { sees "s"\n',
    "after approval from": 'after approval sees "s" from',
    "low.undo(q: text) -> text write keyed {": 'low.undo(q: text) -> text write keyed { sees "s"',
    "low.back(q: text) -> text write keyed final": 'low.back(q: text) -> text write keyed final { sees "s" }',
    "text irreversible keyed final": 'text irreversible keyed final { sees "s" }',
    " budget 1M tokens": ' sees "s" budget 1M tokens',
}
"""Those who do not see it, and how they would."""
GIVING = """flow inner(q: text) -> { open: text, secret: text sensitive "s" } budget 1M tokens, 5k calls {
  step kept = high.keep(q: q)
  return { open: kept, secret: q }
}
flow main(q: text) -> { open: text, secret: text sensitive "s" } budget 1M tokens, 5k calls {
  step rec = high.read(q: q)
  step below = inner(rec.secret)
  step said = plain(q: "about {{ below.secret }}")
  step sent = low.send(q: said)
  return { open: q, secret: rec.items[0].secret }
}
"""
MARK = "7x7"
"""In everything that is sensitive, and in nothing else."""


def passing(maker: Callable[[int], str], first: int) -> Iterator[tuple[str, Review]]:
    for seed in count(first):
        found = reviewed(text := maker(seed), flow="main")
        if found is not None:
            yield text, found


def look(text: str, found: Review) -> None:
    assert list(VALID.iter_errors(json.loads(json.dumps(document(found))))) == []
    page = worded(found)
    assert html_page(page)
    assert list(lines(page))
    known = checked(text, flow="main")
    assert known is not None
    look_at_calls(found, unseal(known[1].json, known[1].hash))


def look_at_calls(found: Review, definition: Definition) -> None:
    """Each call of what is irreversible is there, and each that an approval opens is said to be behind it."""
    steps = [each for flow in definition.flows.values() for each in walk(flow) if isinstance(each, Step)]
    uses = [each for agent in definition.agents.values() for each in walk(agent) if isinstance(each, Use)]
    called = Counter(step.call.target for step in steps) + Counter(use.target for use in uses)
    told = Counter(each.tool for each in found.lasting)
    for name, tool in definition.tools.items():
        if tool.effect.kind == "irreversible" or tool.effect.final:
            assert told[name] == called[name], name
        undone = tool.compensate is not None and tool.compensate.calls
        written = [each for each in found.writes if each.tool == name]
        assert bool(written) == (tool.effect.kind != "read" and _is_called(name, definition)), name
        assert not undone or any(each.undo for each in written) or not called[name], name
    approvals = [each for flow in definition.flows.values() for each in walk(flow) if isinstance(each, AwaitApproval)]
    opened = sum(len(each.gates) for each in approvals)
    behind = sum(gate.how == "call" for each in found.lasting for gate in each.gates)
    assert behind == opened
    assert all(each.gates or each.unasked for each in found.lasting if each.effect == "irreversible")


def _is_called(name: str, definition: Definition) -> bool:
    """By a step, a model, or to undo: whatever but to verify."""
    declared = (*definition.flows.values(), *definition.agents.values(), *definition.tools.values())
    verifying = [each.verify.call for each in definition.tools.values() if each.verify is not None]
    calls = [each for one in declared for each in walk(one) if getattr(each, "target", None) == name]
    return any(not isinstance(each, ToolDeclaration | AgentDeclaration) and each not in verifying for each in calls)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_a_report_never_fails_and_has_every_irreversible_call(maker: Callable[[int], str]) -> None:
    for text, found in islice(passing(maker, 0), QUICK):
        look(text, found)


def test_gates_are_among_what_is_looked_at() -> None:
    some = [found for _, found in islice(passing(gated_flow, 0), 3 * QUICK)]
    assert sum(gate.how == "call" for found in some for each in found.lasting for gate in each.gates) > 1


# -- who is given what is sensitive


def marked_world(given: Counter[tuple[str, str]]) -> World:
    """Every secret that there is has the mark, and whatever is given it is written down."""

    def heard(to: str, name: str, what: object) -> str:
        given[to, name] += MARK in json.dumps(what, default=str)
        return MARK if MARK in json.dumps(what, default=str) else "a"

    def tool(command: CallTool) -> Planned:
        return Returns(heard("tool", command.tool, command.arguments))

    def read(command: CallTool) -> Planned:
        open_ = heard("tool", command.tool, command.arguments)
        items = [{"open": open_, "secret": MARK} for _ in range(2)]
        return Returns({"open": open_, "secret": MARK, "items": items})

    def agent(request: ChatRequest) -> Planned:
        return Returns(heard("model", request.agent, request.prompt))

    others = ("high.work", "high.check", "low.send", "low.undo", "low.back", "low.gated")
    tools = {"high.read": read} | dict.fromkeys(others, tool)
    tools["high.keep"] = lambda command: Returns("kept" if heard("tool", command.tool, command.arguments) else "")
    return World(tools=tools, agents=dict.fromkeys(("plain", "seeing", "plain_hand", "seeing_hand"), agent))


def given_in_a_run(text: str) -> Counter[tuple[str, str]]:
    given: Counter[tuple[str, str]] = Counter()
    known = checked(text, flow="main")
    assert known is not None
    simulation = Simulation(unseal(known[1].json), marked_world(given))
    run = simulation.run({"q": "a"})
    for at in range(4):
        news = {"open": "a", "secret": MARK, "items": [{"open": "a", "secret": MARK}]}
        run.send(Send(str(at), "news", news, "ann"))
    simulation.go()
    assert run.finish is not None
    if run.finish.outcome == "completed":
        result = run.finish.report.result
        assert result is not None
        given["result", "main"] += MARK in json.dumps(result.value, default=str)
    return +given


def seeing(text: str) -> str:
    """The same where everybody sees it, so that it goes everywhere."""
    for side, sees in SIDES.items():
        assert side in text
        text = text.replace(side, sees)
    return re.sub(r'(?<! sees "s") from "leads" timeout 1h then reject }', ' sees "s"\\g<0>', text)


def look_at_crossings(texts: Iterable[str]) -> int:
    crossed = 0
    for text in texts:
        found = reviewed(text, flow="main")
        if found is not None:
            told = {(each.to, each.name) for each in found.data.crossings}
            given = set(given_in_a_run(text))
            assert given <= told, text
            crossed += len(given)
    return crossed


def test_whoever_is_given_what_is_sensitive_is_told() -> None:
    text = seeing(HEAD + GIVING)
    sides = {("tool", "high.keep"), ("model", "plain"), ("tool", "low.send"), ("result", "main")}
    assert set(given_in_a_run(text)) == sides
    assert look_at_crossings([text]) == len(sides)
    look_at_crossings(seeing(leaking_flow(seed)) for seed in range(QUICK))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_reports_leave_nothing_out() -> None:
    for maker in MAKERS.values():
        for text, found in islice(passing(maker, 10_000), SOAK):
            look(text, found)
    assert look_at_crossings(seeing(leaking_flow(seed)) for seed in range(10 * SOAK)) > SOAK / 10
