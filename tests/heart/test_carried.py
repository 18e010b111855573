"""Which calls are carried: those that may take long, and beside which much may come."""

from typing import Any

import pytest

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.defaults import MOST_TURNS_TOLD
from dsl.ast.statements import Budget
from interpreter.core.advance import advance
from interpreter.core.carrying import _turns, may_carry
from interpreter.core.commands import AttemptModel, CallTool
from interpreter.core.events import Started
from interpreter.core.state import State
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Returns, World
from tests.heart.watched import definition_of

HEAD = """edition 1
tool slow(n: int) -> int read { timeout 301s }
tool fast(n: int) -> int read { timeout 300s }
tool stop(n: int) -> int write { timeout 1s compensate undo(n: n) }
tool undo(n: int) idempotent { timeout 1h }
"""
MANY = "loop many budget 200 iterations { step fast(n: 1) }"
FEW = "loop few budget 20 iterations { step fast(n: 1) }"

CASES = {
    "alone": ("step slow(n: 1)", [False]),
    "before much": (f"step slow(n: 1) {MANY}", [False]),
    "beside much": (f"parallel {{ step slow(n: 1) branch b {{ {MANY} }} }}", [True]),
    "beside little": (f"parallel {{ step slow(n: 1) branch b {{ {FEW} }} }}", [False]),
    "five minutes and no more": (f"parallel {{ step fast(n: 1) branch b {{ {MANY} }} }}", []),
    "as its step says": (f"parallel {{ step slow(n: 1) {{ timeout 5m }} branch b {{ {MANY} }} }}", [False]),
    "much beside itself": (f"parallel {{ branch a {{ step slow(n: 1) {MANY} }} step fast(n: 1) }}", [False]),
    "deep below a branch": (
        f"parallel {{ branch a {{ try {{ if true {{ step slow(n: 1) }} }} on error {{ }} }} branch b {{ {MANY} }} }}",
        [True],
    ),
    "a race": (f"race as r {{ branch a {{ step slow(n: 1) yield 1 }} branch b {{ {MANY} yield 2 }} }}", [True]),
    "losers finish, and much follows": (
        f"race as r finish rest {{ branch a {{ step slow(n: 1) yield 1 }} branch b {{ yield 2 }} }} {MANY}",
        [True],
    ),
    "after a race whose losers finish": (
        f"race as r finish rest {{ branch a {{ {MANY} yield 1 }} branch b {{ yield 2 }} }} step slow(n: 1)",
        [True],
    ),
    "few items": ("parallel for n in range(3) at most 500 { step slow(n: n) yield 1 }", [False] * 3),
    "many items": ("parallel for n in range(102) at most 500 { step slow(n: n) yield 1 }", [True] * 102),
    "one after the other": ("for n in range(3) at most 500 { step slow(n: n) }", [False] * 3),
    "a round that nobody has counted": (
        "parallel { step slow(n: 1) branch b { loop budget 1h { step f = fast(n: 1) until f == 1 } } }",
        [True],
    ),
    "an undo": (
        f'parallel {{ branch a {{ try {{ step stop(n: 1) fail "x" }} on error {{ }} }} branch b {{ {MANY} }} }}',
        [True],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_carried(case: str) -> None:
    body, expected = CASES[case]
    text = HEAD + f"flow main() {{ {body} }}\n"
    assert carried(text) == expected


@pytest.mark.parametrize(
    ("event", "expected"), [("await event word as w: text timeout 1h else { }", True), ("", False)]
)
def test_a_flow_that_is_sent_events_carries_what_takes_long(event: str, expected: bool) -> None:
    text = HEAD + f"flow main() {{ step slow(n: 1) {event} }}\n"
    assert carried(text) == [expected]


def carried(text: str) -> list[bool]:
    """Of each call that may take longer than five minutes."""
    definition = definition_of(text)
    assert definition is not None
    seen: list[bool] = []

    def play(command: CallTool) -> Returns:
        if command.tool in ("slow", "undo"):
            seen.append(command.carried)
        return Returns(1, 0.0)

    simulation = Simulation(definition, World(dict.fromkeys(definition.tools, play)))
    simulation.run({})
    simulation.go()
    assert may_carry(definition) or not any(seen)
    return seen


@pytest.mark.parametrize(
    ("within", "beside", "expected"),
    [("6m", MANY, True), ("5m", MANY, False), ("6m", FEW, False), ("6m { timeout 1m }", MANY, False)],
)
def test_an_attempt_at_a_model_is_carried_as_a_call_is(within: str, beside: str, expected: bool) -> None:
    within, _, step = within.partition(" ")
    text = (
        f'{HEAD}agent talks(n: int) -> text {{ model "m" prompt "say {{{{ n }}}}" answer within {within} }}\n'
        f"flow main() {{ parallel {{ step told = talks(n: 1) {step} branch b {{ {beside} }} }} }}\n"
    )
    definition = definition_of(text)
    assert definition is not None
    commands = advance(definition, State("main", "hash", "run"), Started(0.0, {}))
    assert [command.carried for command in commands if type(command) is AttemptModel] == [expected]


@pytest.mark.parametrize(
    ("uses", "budget", "turns"),
    [
        ((), None, 1),
        ((), Budget(turns=9), 1),
        (("t",), None, MOST_TURNS_TOLD),
        (("t",), Budget(tokens=9), MOST_TURNS_TOLD),
        (("t",), Budget(turns=9), 9),
    ],
)
def test_an_agent_takes_as_many_turns_as_it_says_and_one_where_it_calls_nothing(
    uses: tuple[Any, ...], budget: Budget | None, turns: int
) -> None:
    agent = AgentDeclaration("a", (), None, ("m",), None, uses=uses, budget=budget)  # type: ignore[arg-type]
    assert _turns(agent) == turns
