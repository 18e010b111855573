"""What a condition told holds on some ways only. Each case is a pair: where it still holds, and the same where it does
not, because a round, a `continue`, a handler or an exhausted budget leads there as well.
"""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

HEAD = """edition 1
tool t.may(x: text) -> text? read
tool t.needs(x: text) -> text read
tool t.pay(x: text) irreversible keyed { compensate none "paid is paid" }
"""
ASK = 'await approval ok "Pay?" { show a from "leads" timeout 1h then reject }'
NARROW = "if v == null { return }"
PAY = "step t.pay(x: a)"
NEEDS = "step t.needs(x: v)"

STILL = {
    "for that leaves it alone": f"{NARROW} for i in n {{ {NEEDS} }} {NEEDS}",
    "continue of the others": f"for i in n {{ if v == null {{ continue }} {NEEDS} }}",
    "continue, and set before": f'for i in n {{ if v == null {{ set v = "x" continue }} {NEEDS} }}',
    "handler that leaves": f'try {{ if v == null {{ fail "x" }} }} on error {{ return }} {NEEDS}',
    "handler beside a set": f'try {{ set v = null }} on error {{ set v = "x" {NEEDS} }}',
    "budget that leaves it alone": f"{NARROW} budget 3 calls {{ {NEEDS} }} on exhausted {{ {NEEDS} }} {NEEDS}",
    "exhausted that leaves": f"budget 3 calls {{ {NARROW} }} on exhausted {{ return }} {NEEDS}",
    "until": f"loop l budget 3 iterations {{ set v = m until v != null }} {NEEDS}",
    "behind an until": f"loop l budget 3 iterations {{ until v == null {NEEDS} }}",
    "loop exhausted that leaves": f"loop l budget 3 iterations {{ until v != null }} on exhausted {{ return }} {NEEDS}",
    "approved in each round": f"for i in n {{ {ASK} if not ok.approved {{ continue }} {PAY} }}",
    "approved or left": f'{ASK} try {{ if not ok.approved {{ fail "no" }} }} on error {{ return }} {PAY}',
    "approved before": f"{ASK} if not ok.approved {{ return }} budget 3 calls {{ }} on exhausted {{ }} {PAY}",
}
NO_MORE = {
    "set in an earlier round": (f"{NARROW} for i in n {{ {NEEDS} set v = null }}", "SF202"),
    "set in a round": (f"{NARROW} for i in n {{ set v = null }} {NEEDS}", "SF202"),
    "found out in rounds that may not come": (f"for i in n {{ {NARROW} }} {NEEDS}", "SF202"),
    "left by break": (f"for i in n {{ if v == null {{ break }} }} {NEEDS}", "SF202"),
    "continue of the wrong ones": (f"for i in n {{ if v != null {{ continue }} {NEEDS} }}", "SF201"),
    "set before a continue": (f"{NARROW} for i in n {{ if i == a {{ set v = null continue }} {NEEDS} }}", "SF202"),
    "set before a continue, and behind": (
        f"{NARROW} for i in n {{ if i == a {{ set v = null continue }} }} {NEEDS}",
        "SF202",
    ),
    "found out behind a continue": (f"for i in n {{ if i == a {{ continue }} {NARROW} }} {NEEDS}", "SF202"),
    "continue of a loop": (
        f'{NARROW} loop l budget 3 iterations {{ {NEEDS} if a == "" {{ set v = null continue }} until a == "x" }}',
        "SF202",
    ),
    "set before it failed": (f"{NARROW} try {{ set v = null step t.may(x: a) }} on error {{ {NEEDS} }}", "SF202"),
    "handled": (f'try {{ if v == null {{ fail "x" }} }} on error {{ }} {NEEDS}', "SF202"),
    "one of two handlers": (
        f'try {{ {NARROW} }} on error e if e.message == "A" {{ return }} on error {{ }} {NEEDS}',
        "SF202",
    ),
    "set in a handler": (f"{NARROW} try {{ step t.may(x: a) }} on error {{ set v = null }} {NEEDS}", "SF202"),
    "condition of a handler": (
        f"try {{ step t.may(x: a) }} on error e if v != null {{ }} on error {{ {NEEDS} }}",
        "SF202",
    ),
    "set before it was exhausted": (f"{NARROW} budget 3 calls {{ set v = null }} on exhausted {{ {NEEDS} }}", "SF202"),
    "exhausted": (f"budget 3 calls {{ {NARROW} }} on exhausted {{ }} {NEEDS}", "SF202"),
    "set where exhausted": (f"{NARROW} budget 3 calls {{ }} on exhausted {{ set v = null }} {NEEDS}", "SF202"),
    "broken off": (
        f'loop l budget 3 iterations {{ if a == "" {{ break }} set v = m until v != null }} {NEEDS}',
        "SF202",
    ),
    "loop exhausted": (f"loop l budget 3 iterations {{ until v != null }} on exhausted {{ }} {NEEDS}", "SF202"),
    "where a loop is exhausted": (
        f'loop l budget 3 iterations {{ {NARROW} until a == "" set v = m }} on exhausted {{ {NEEDS} }}',
        "SF202",
    ),
    "no value after an error": ("var d: text try { set d = a } on error { } step t.needs(x: d)", "SF103"),
    "no value without a round": ("var d: text for i in n { set d = i } step t.needs(x: d)", "SF103"),
    "no value when exhausted": (
        "var d: text budget 3 calls { set d = a } on exhausted { } step t.needs(x: d)",
        "SF103",
    ),
    "no value after a continue": (
        "var d: text for i in n { if i == a { continue } set d = i } step t.needs(x: d)",
        "SF103",
    ),
    "approved in a round": (f"{ASK} for i in n {{ if not ok.approved {{ return }} }} {PAY}", "SF501"),
    "refusal handled": (f'{ASK} try {{ if not ok.approved {{ fail "no" }} }} on error {{ }} {PAY}', "SF501"),
    "refusal exhausted": (
        f"{ASK} budget 3 calls {{ if not ok.approved {{ return }} }} on exhausted {{ }} {PAY}",
        "SF501",
    ),
    "refusal continued": (f"{ASK} for i in n {{ if ok.approved {{ continue }} {PAY} }}", "SF501"),
}


def errors(body: str) -> list[str]:
    text = f"{HEAD}flow main(a: text, m: text?, n: [text] at most 5) {{ var v = m {body} }}"
    found = analyse(Source("facts.flow", text)).diagnostics
    return [f"{each.code} {each.message}" for each in found if each.severity == "error"]


@pytest.mark.parametrize("body", STILL.values(), ids=STILL)
def test_it_holds(body: str) -> None:
    assert errors(body) == []


@pytest.mark.parametrize(("body", "code"), NO_MORE.values(), ids=NO_MORE)
def test_it_holds_no_more(body: str, code: str) -> None:
    assert [each[:5] for each in errors(body)] == [code]
