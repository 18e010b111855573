"""Random flows around agents with tools, the same for the same seed: agents that call tools of every effect, gated or
not, side by side or one after the other, an agent and a flow, with budgets of their own and around them, some of which
people may raise, also of a flow within what it was lent. Two of the tools cost money.
"""

import random
from decimal import Decimal

from interpreter.boundary.payloads import Price
from tests.heart.declared import DECLARATIONS, UNDONE

PRICES = {
    "gpt-4o": Price("0.0000025", "0.00001", cached="0.00000125"),
    "gpt-4o-mini": Price("0.00000015", "0.0000006", cached="0.000000075"),
}
CALLED = (*UNDONE, "t.read", "t.billed", "t.stays")
KEYED_COSTS = Decimal("0.003")
MOST_BILLED = Decimal("0.01")
_KNOWN = (
    DECLARATIONS.replace('"first"', '"gpt-4o"')
    .replace('"second"', '"gpt-4o-mini"')
    .replace("write keyed {\n", f"write keyed {{\n  costs {KEYED_COSTS} usd\n", 1)
    + f"tool t.billed(x: text) -> {{ id: text, usd: decimal }} read {{ costs result.usd at most {MOST_BILLED} usd }}\n"
)
_LEAF = """
flow leaf(x: text) -> text budget 8 calls, 4k tokens {
  step billed = t.billed(x: x)
  step written = t.keyed(x: billed.id)
  step said = ask_little(x: written.id)
  return said
}
"""
_DEEP = """
flow deep(x: text) -> text budget {small} {asks} {{
  step billed = t.billed(x: x)
  step said = ask_little(x: billed.id)
  step again = t.billed(x: said)
  return again.id
}}
"""
_SUMMARY = '\nagent notes() -> text { model "gpt-4o-mini" prompt "What was said?" }\n'
_PARTS = (
    'step a{n} = act(q: "{{{{ x }}}}{n}")',
    'step b{n} = boss(q: "{{{{ x }}}}{n}")',
    'parallel {{ step l{n} = boss(q: "l{n}") step r{n} = act(q: "r{n}") }}',
    'parallel for each in ["1", "2", "3"] up to 2 as p{n} keep going {{ step s{n} = act(q: each) yield s{n}.answer }}',
    'try {{ step t{n} = act(q: "t{n}") fail t{n}.answer }} on error {{ step h{n} = t.read(x: "h") }}',
    'parallel {{ step c{n} = leaf(x: "c{n}") step d{n} = leaf(x: "d{n}") step e{n} = t.billed(x: "e{n}") }}',
    'budget {small} {{ step k{n} = t.keyed(x: "k{n}") step m{n} = act(q: "m{n}") step f{n} = leaf(x: "f{n}") }} {asks}',
    'budget {small} {{ parallel for each in ["1", "2"] as q{n} {{ step y = t.billed(x: each) yield y.id }} }} {asks}',
    'loop budget 2 iterations, {small} {{ step o{n} = leaf(x: "o{n}") step g{n} = boss(q: "g{n}") }} {asks}',
    'step w{n} = deep(x: "w{n}")',
    'try {{ step w{n} = deep(x: "w{n}") }} on error BudgetExceeded {{ step z{n} = t.read(x: "z") }}',
    'budget {small} {{ step w{n} = deep(x: "w{n}") }} {asks}',
    'budget {budget} {{ step u{n} = boss(q: "u{n}") }} on exhausted {{ step v{n} = t.read(x: "v") }}',
)
_STAGES = (
    'from "leads" timeout 5s then reject',
    'from "leads" timeout 2s then ask from 2 of "leads", "board" timeout 4s then reject',
    'from all of "leads", "board" timeout 6s then fail',
    'from all of "leads", group (if q != "" then "board" else "leads") timeout 6s then fail',
)
_ASKS = (
    'on exhausted ask "leads" timeout 3s then fail',
    'on exhausted ask "leads" timeout 2s then ask from 2 of "leads", "board" timeout 4s then fail',
)
_SMALL = ("0.004 usd", "0.02 usd", "900 tokens", "3 calls")
_BUDGETS = ("3k tokens", "6k tokens", "9 calls", "0.02 usd", "0.2 usd", "30s")


def some_agent_flow(seed: int) -> str:
    chance = random.Random(f"agents/{seed}")
    agents = _SUMMARY + _agent(chance, "act", []) + _agent(chance, "boss", ["act", "leaf"])
    parts = [
        chance.choice(_PARTS).format(
            n=number, budget=chance.choice(_BUDGETS), small=chance.choice(_SMALL), asks=chance.choice(_ASKS)
        )
        for number in range(chance.randint(1, 3))
    ]
    budget = chance.choice(["", "", *(f"budget {each}" for each in (*_BUDGETS, *_SMALL))])
    budget += f" {chance.choice(_ASKS)}" if budget not in ("", "budget 30s") and chance.random() < 0.6 else ""
    deep = _DEEP.format(small=chance.choice(_SMALL), asks=chance.choice(_ASKS))
    return f"{_KNOWN}{_LEAF}{deep}{agents}\nflow main(x: text) -> text {budget} {{\n" + "\n".join(
        [*parts, "return x\n}\n"]
    )


def _agent(chance: random.Random, name: str, others: list[str]) -> str:
    tools = sorted({chance.choice(CALLED) for _ in range(chance.randint(1, 3))})
    limit = chance.choice(["", "", *(f", {each}" for each in _BUDGETS)])
    lines = [
        'model "gpt-4o" then "gpt-4o-mini"' if chance.random() < 0.5 else 'model "gpt-4o-mini"',
        'prompt "{{ q }}"',
        f"use {', '.join([*tools, *others])}",
        chance.choice(["", "", "one at a time", "up to 2"]),
        chance.choice(["", "tell budget"]),
        chance.choice(["", "", "summarise by notes at 40 tokens"]),
        chance.choice(["", "answer at most 200 tokens"]),
        f"budget {chance.randint(2, 5)} turns{limit}",
        chance.choice(["", "", *_ASKS]),
    ]
    if chance.random() < 0.6:
        gated = chance.choice(["t.pay", *(each for each in UNDONE if each not in tools)])
        lines.append(f"use {gated} after approval {chance.choice(_STAGES)}")
    return f"\nagent {name}(q: text) -> {{ answer: text }} {{\n" + "\n".join(filter(None, lines)) + "\n}\n"
