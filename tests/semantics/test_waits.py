"""What waits and what writes, from the text alone: a statement, a block, and what is called through others."""

import pytest

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Step
from dsl.semantics.longest_wait import LongestWaits
from dsl.semantics.staleness.effects import Effects, is_wait
from tests.semantics.reading import facts_of

ASKS = 'ask "more?" from "g" timeout {} then fail'
HEAD = """type T = { id: text }
tool look() -> int read
tool post() write keyed final
tool pay() irreversible keyed final
tool locked(x: text) read { exclusive by x within 3m }
tool waits_for_ever(x: text) read { exclusive by x }
agent plain() -> text { model "m" prompt "q" budget 9 calls }
agent gated() -> text { model "m" prompt "q" use pay after approval from "g" timeout 4m then reject budget 9 calls }
agent uses_gated() -> text { model "m" prompt "q" use sleeps budget 9 calls }
flow quick() { step look() }
flow writes() { step post() }
flow sleeps() { sleep 5m }
flow bounded() budget 1h { sleep 5m }
flow handed_on() { step sleeps() }
flow starts() { step sleeps() { detached } }
flow round() depth 3 { sleep 2m step other() }
flow other() { step round() }
flow beside() { parallel { step post() step look() } }
flow asks() { parallel { await approval ok "q" { from "g" timeout 9m then reject } step look() } }
flow last_of_round() depth 3 { step mid_of_round() }
flow mid_of_round() { step last_of_round() step top_of_round() }
flow top_of_round() { sleep 3m step mid_of_round() }
"""
WAITS = [
    ("sleep 60s", True),
    ("sleep 59s", False),
    ("sleep n at most 7d", True),
    ('await approval ok "q" { from "g" timeout 1m then reject }', True),
    ('await approval ok "q" { from "g" timeout 59s then reject }', False),
    ('await approval ok "q" { from "g" timeout 5s then from "h" timeout 1m then reject }', True),
    ("await event e: T timeout 1m else { }", True),
    ("await event e: T timeout 59s else { }", False),
    ("await first { event e: T { } after 1m { } }", True),
    ("await first { event e: T { } after 59s { } }", False),
    ("exclusive by a within 1m { }", True),
    ("exclusive by a within 59s { }", False),
    ("loop budget 3 iterations every 1m { until c } on exhausted { }", True),
    ("loop budget 3 iterations every 59s { until c } on exhausted { }", False),
    ("loop budget 3 iterations { until c } on exhausted { }", False),
    ("step look()", False),
    ("let x = n", False),
]
BODIES = [
    ("step look()", False, False),
    ("step post()", True, False),
    ("step pay()", True, False),
    ("step writes()", True, False),
    ("step sleeps()", False, True),
    ("step handed_on()", False, True),
    ("step starts()", False, False),
    ("step sleeps() { detached }", False, False),
    ("step writes() { detached }", True, False),
    ("step s = plain()", False, False),
    ("step s = gated()", True, True),
    ("step s = uses_gated()", False, True),
    ("step round()", False, True),
    ("step quick()", False, False),
    ("step nobody()", False, False),
    ("step beside()", True, False),
    ("step asks()", False, True),
    ("step last_of_round()", False, True),
    ("if c { step post() } else { sleep 5m }", True, True),
    ("parallel { step post() branch b { sleep 5m } }", True, True),
    ("await first { step p = post() { } event e: T { sleep 5m } after 5s { } }", True, True),
    ("try { step look() } on error { step post() }", True, False),
    ("budget 3 calls { step look() } on exhausted { step post() }", True, False),
    ("for x in [1, 2] { sleep 30s }", False, False),
]


def flow_of(body: str) -> tuple[FlowDeclaration, Effects]:
    facts = facts_of(f"{HEAD}\nflow main(a: text, n: duration, c: bool) budget 9d {{ {body} }}")
    (flow,) = [each for each in facts.all(FlowDeclaration) if each.name == "main"]
    assert flow.body.statements, body
    return flow, Effects(facts)


@pytest.mark.parametrize(("body", "waits"), WAITS, ids=[body for body, _ in WAITS])
def test_a_minute_is_a_wait(body: str, waits: bool) -> None:
    flow, effects = flow_of(body)
    (statement,) = flow.body.statements
    assert is_wait(statement) is waits
    assert (effects.of(statement).wait is statement) is waits


@pytest.mark.parametrize(("body", "writes", "waits"), BODIES, ids=[body for body, _, _ in BODIES])
def test_what_is_done_in_a_statement(body: str, writes: bool, waits: bool) -> None:
    flow, effects = flow_of(body)
    found = effects.of_block(flow.body)
    assert (found.write is not None, found.wait is not None) == (writes, waits)


def test_the_first_of_several_and_what_is_behind_each() -> None:
    flow, effects = flow_of("step a1 = look() step b1 = post() sleep 5m step c1 = pay() sleep 6m return")
    statements = flow.body.statements
    found = effects.of_block(flow.body)
    assert (found.write, found.wait) == (statements[1], statements[2])
    assert {each.__name__ for each in found.leaves} == {"Return"}
    behind = effects.behind(flow.body)
    assert behind == (statements[1], statements[3], statements[3], None, None, None)
    assert all(isinstance(each, Step) for each in behind[:3])


LONGEST = {
    "quick": None,
    "sleeps": (300_000, "a `sleep`", "takes"),
    "bounded": None,
    "handed_on": (300_000, "a `sleep`", "takes"),
    "starts": None,
    "round": (120_000, "a `sleep`", "takes"),
    "other": (120_000, "a `sleep`", "takes"),
    "plain": None,
    "asks": (540_000, "approval `ok`", "may wait"),
    "last_of_round": (180_000, "a `sleep`", "takes"),
    "mid_of_round": (180_000, "a `sleep`", "takes"),
    "top_of_round": (180_000, "a `sleep`", "takes"),
    "gated": (240_000, "the gate of `pay`", "may wait"),
    "uses_gated": (300_000, "a `sleep`", "takes"),
}
OWN = [
    ("sleep 2m sleep 7m sleep 3m", (420_000, "a `sleep`")),
    ("sleep 7m step gated()", (420_000, "a `sleep`")),
    ("sleep 3m step s = gated()", (240_000, "the gate of `pay`")),
    ('await approval ok "q" { from "g" timeout 2m then from "h" timeout 3m then reject }', (300_000, "approval `ok`")),
    ("await event e: T timeout 2m else { }", (120_000, "event `e`")),
    ("await first { event e: T { } after 2m { } }", (120_000, "`await first`")),
    ("exclusive by a within 2m { }", (120_000, "`exclusive`")),
    ("exclusive by a { }", None),
    ("step locked(a)", (180_000, "`locked`")),
    ("step waits_for_ever(a)", None),
    ("if c { for x in [1] { sleep 9s } }", (9_000, "a `sleep`")),
    ("step sleeps() { detached } sleep 1s", (1_000, "a `sleep`")),
    ("step sleeps() { detached } step sleeps()", (300_000, "a `sleep`")),
    (
        'loop budget 3 iterations { until c } on exhausted ask "q" from "g" timeout 8m then fail',
        (480_000, "asking for more of a budget"),
    ),
]


@pytest.mark.parametrize("name", LONGEST)
def test_how_long_what_is_called_may_wait(name: str) -> None:
    found = LongestWaits(facts_of(f"{HEAD}\nflow main() {{ }}")).within(name)
    assert (None if found is None else (found.milliseconds, found.words, found.does)) == LONGEST[name]


@pytest.mark.parametrize(("body", "longest"), OWN, ids=[body for body, _ in OWN])
def test_the_longest_wait_of_a_flow(body: str, longest: tuple[int, str] | None) -> None:
    found = LongestWaits(facts_of(f"{HEAD}\nflow main(a: text, c: bool) {{ {body} }}")).within("main")
    assert (None if found is None else (found.milliseconds, found.words)) == longest
