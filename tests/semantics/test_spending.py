"""The most that a flow can spend, as its text says it."""

from decimal import Decimal

import pytest

from dsl.analysis import analyse
from dsl.semantics.spending import Spending
from dsl.source import Source

HEAD = """edition 1
tool t() -> int read { retry 9 times }
tool w(x: int) write keyed { compensate none "kept" }
agent a(q: text) -> text { model "m" prompt "{{ q }}" }
agent two(q: text) -> text { model "m" then "n" prompt "{{ q }}" budget 900 tokens, 0.5 usd, 5 calls }
agent turns(q: text) -> text { model "m" prompt "{{ q }}" use t, one budget 9 turns, 900 tokens }
agent lavish(q: text) -> text { model "m" prompt "{{ q }}" use t budget 9 turns }
agent boss(q: text) -> text { model "m" prompt "{{ q }}" use t, lavish budget 2 turns }
agent notes() -> text { model "m" prompt "What was said?" budget 6 calls }
agent talks(q: text) -> text { model "m" prompt "{{ q }}" summarise by notes at 9k tokens }
agent works(q: text) -> text { model "m" prompt "{{ q }}" summarise by notes at 9k tokens use t budget 9 turns }
flow one() -> int { step x = t() return x }
flow three() -> int { step x = one() step y = one() step z = one() return x + y + z }
"""
NO_MODEL = Spending(calls=0, usual=0)


def calls(number: int | None) -> Spending:
    return Spending(calls=number, usual=number)


CASES = {
    "nothing": ("sleep 1s", calls(0)),
    "retries of a tool are one call": ("step x = t()", calls(1)),
    "through levels": ("step x = three() step y = one()", calls(4)),
    "the dearer way": ("if n > 0 { step x = three() } else { step y = t() }", calls(3)),
    "a try and its handler": (
        "try { step x = t() } on error e if e.step != null { step y = three() } on error { step z = t() }",
        calls(4),
    ),
    "rounds of a bounded list": ("for i in xs { step x = t() }", calls(7)),
    "rounds of the smaller bound": ("for i in xs at most 3 { step x = t() }", calls(3)),
    "rounds of a list literal": ("for i in [1, 2] { step x = t() }", calls(2)),
    "rounds of nothing": ("loop budget 1h { sleep 1s until n > 3 }", calls(0)),
    "side by side": ("parallel for i in xs up to 2 { step x = three() }", calls(21)),
    "branches": ("parallel { step x = t() branch b { step y = three() } }", calls(4)),
    "iterations": ("loop budget 4 iterations { step x = t() until x > 1 } on exhausted { step t() }", calls(5)),
    "only a deadline": ("loop budget 1h { step x = t() until x > 1 }", calls(None)),
    "a deadline and calls": ("loop budget 1h, 8 calls { step x = t() until x > 1 }", calls(8)),
    "a budget around": ("budget 2 calls { step x = three() }", calls(2)),
    "a model": ('step x = a(q: "q")', Spending(None, None, 21, 2)),
    "a model with tokens": ('step x = two(q: "q")', Spending(Decimal("0.5"), 900, 5, 2)),
    "a model that somebody may speak to": (
        'step x = a(q: "q") let t = transcript(x)',
        Spending(None, None, 10 * 21, 2),
    ),
    "a model that goes on": (
        'step x = two(q: "q") step y = a(q: "r") { continue transcript(x) }',
        Spending(None, None, 5 + 10 * 21, 4),
    ),
    "a model and its summary": ('step x = talks(q: "q")', Spending(None, None, 21 + 6, 4)),
    "a model with tools, and a summary in each turn": (
        'step x = works(q: "q")',
        Spending(None, None, 9 * (21 + 6 + 16), None),
    ),
    "a model with tools": ('step x = turns(q: "q")', Spending(None, 900, 9 * (21 + 16), None)),
    "a model with models as tools": (
        'step x = boss(q: "q")',
        Spending(None, None, 2 * (21 + 16 * 9 * (21 + 16)), None),
    ),
    "a model with tools in a budget": ('budget 40 calls { step x = lavish(q: "q") }', Spending(None, None, 40, 40)),
    "models in rounds": ('for i in xs { step x = two(q: "q") }', Spending(Decimal("3.5"), 6300, 35, 14)),
    "models in a budget": ('budget 5k tokens { step x = a(q: "q") }', Spending(None, 5000, 21, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_body_can_spend(name: str) -> None:
    body, most = CASES[name]
    analysis = analyse(Source("a", f"{HEAD}flow main(n: int, xs: [int at most 7]) budget 2h {{ {body} }}"))
    assert [each.message for each in analysis.diagnostics if each.severity == "error"] == []
    assert analysis.spends("main") == most


@pytest.mark.parametrize(
    ("head", "body", "most"),
    [
        ("depth 5", "step x = t() step below = main(n: n)", calls(5)),
        ("depth 3", "step x = t() step l = main(n: n) step r = main(n: n)", calls(7)),
        ("depth 1000", "step x = t() step below = main(n: n)", calls(None)),
        ("budget 50 calls depth 1000", "step x = t() step below = main(n: n)", calls(50)),
        ("depth 40", "step x = t() step l = main(n: n) step r = main(n: n)", calls(None)),
        ("depth 3", "step x = other(n: n) step y = t()", calls(6)),
    ],
)
def test_what_a_recursion_can_spend(head: str, body: str, most: Spending) -> None:
    other = "flow other(n: int) { step x = t() step y = main(n: n) }"
    analysis = analyse(Source("a", f"{HEAD}{other} flow main(n: int) {head} {{ {body} }}"))
    assert analysis.spends("main") == most


def test_a_long_chain_and_a_long_way_round_are_worked_out() -> None:
    chain = "".join(f"flow f{i}() {{ step f{i + 1}() }} " for i in range(1200))
    text = f"edition 1 tool t() read {chain} flow f1200() {{ step t() }}"
    assert analyse(Source("a", text)).spends("f0") == calls(1)
    analyse(Source("a", text.replace("step t()", "step f0()").replace("flow f7()", "flow f7() depth 3")))
