"""One mistake is told once: what follows from it is not, and what has nothing to do with it is."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

PAYS = """
tool pay(to: text) -> { ref: text } irreversible keyed final
tool r(a: text) -> { n: int } read { errors Gone }
"""
ASKS = 'await approval ok "Pay {{ to }}?" { show to from "g" timeout 1h then reject }'
ANSWERS = 'await approval ok "?" { show to answer { n: int } from "g" timeout 1h then reject }'
SPENDS = """
agent think() -> text { model "gpt-4o" prompt "?" }
flow f() -> text { step t = think() return t }
flow main() budget 1 usd { parallel { step a = f() step b = f() }"""


def told(text: str) -> list[str]:
    """Code and text of each, and how many second places it has, where there are any."""
    source = Source("case.flow", f"edition 1\n{text}")
    shown = []
    for each in analyse(source).diagnostics:
        places = f" +{len(each.secondary)}" if each.secondary else ""
        shown.append(f"{each.code} {source.slice(each.primary.span)}{places}")
    return shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("flow a() { sleep 1s }\nflow b() { sleep 1s }", ["SF106 b +1"]),
        ("flow a() { step nobody() }\nflow b() { sleep 1s }", ["SF101 nobody"]),
        ("flow a() { let x = y }\nflow b() { sleep 1s }", ["SF101 y"]),
        ("flow a() { loop l budget 1h { break m } }\nflow b() { sleep 1s }", ["SF101 m", "SF106 b +1"]),
        ("flow a() { set x = 1 }\nflow b() { sleep 1s }", ["SF101 x", "SF106 b +1"]),
    ],
)
def test_who_is_called_by_nobody_may_be_whom_a_misspelt_name_means(text: str, found: list[str]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tool idle() read\nflow main() { sleep 1s }", ["SF608 idle"]),
        ("tool idle() read\nflow main() { let x = y }", ["SF101 y"]),
        ("tool idle() read\nflow main() { sleep 1s } }", ["SF007 }"]),
        ("tool idle() read\nflow main(a: bool) { if a { } else if a { sleep 1s } }", ["SF608 idle", "SF610 a"]),
    ],
)
def test_what_is_used_by_nobody_may_be_used_by_what_is_wrong(text: str, found: list[str]) -> None:
    assert sorted(told(text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("flow main(to: text) { step pay(to) let x = y }", ["SF101 y"]),
        ("flow main(to: text) { step pay(to) }", ["SF501 pay"]),
        (
            "flow main(to: text) { step pay(to) let x = y } flow z(to: text) { step pay(to) }",
            ["SF101 y", "SF501 pay"],
        ),
        (
            "flow main(to: text) { step pay(to) } flow z(to: text) { step pay(to) let x = y }",
            ["SF501 pay", "SF101 y"],
        ),
        (f"flow main(to: text) {{ {ASKS} if not ok.aproved {{ return }} step pay(to) }}", ["SF105 aproved"]),
        (
            f"flow main(to: text) {{ step pay(to) {ASKS} if not ok.aproved {{ return }} step pay(to) }}",
            ["SF501 pay", "SF105 aproved"],
        ),
        ("flow main(to: text) { try { step x = r(to) step nobody() } on error Nope { } }", ["SF101 nobody"]),
        ("flow main(to: text) { try { step x = r(to) } on error Nope { } step nobody() }", ["SF101 nobody"]),
    ],
)
def test_what_a_condition_or_a_call_with_a_mistake_would_have_told_is_not_known(text: str, found: list[str]) -> None:
    assert [each for each in told(PAYS + text) if not each.startswith(("SF106", "SF603"))] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if b != null { sleep 1s } return a + 1", ["SF101 b"]),
        ("let c = a + 1 if b != null { sleep 1s } return c", ["SF202 a", "SF101 b"]),
        ("match b { 1 => { sleep 1s } else => { } } return a + 1", ["SF101 b"]),
        ("let d = b return a + 1 + d", ["SF101 b", "SF202 a"]),
    ],
)
def test_only_behind_it(text: str, found: list[str]) -> None:
    assert told(f"flow main(a: int?) -> int {{ {text} }}") == found
    other = "flow other(a: int?) -> int { return a + 1 }"
    assert "SF202 a" in told(f"flow main(a: int?) -> int {{ {text} }}\n{other}")


def test_an_answer_that_is_none_is_told_with_the_call_of_its_flow() -> None:
    pays = "tool pay(to: text, n: int) -> { ref: text } irreversible keyed final\n"
    uses = "return ok.answer.n }"
    called = f"flow main(to: text) -> int {{ {ANSWERS} step x = pay(to, ok.answer.n) {uses}"
    alone = f"flow other(to: text) -> int {{ {ANSWERS} {uses}"
    assert [each for each in told(f"{pays}{called}") if each[:5] in ("SF501", "SF202")] == ["SF501 pay +1"]
    both = told(f"{pays}{called}\n{alone}")
    assert [each for each in both if each[:5] in ("SF501", "SF202")] == ["SF501 pay +1", "SF202 ok.answer"]
    null = f"flow main(to: text?) -> int {{ {ANSWERS} step x = pay(to, 1) {uses}"
    assert sorted(each[:5] for each in told(f"{pays}{null}") if each[:5] in ("SF501", "SF202")) == ["SF202", "SF501"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("return 1 let x = 2 return x", ["SF601 let x = 2 +1"]),
        ("return 1 let x = 2 let z = x + q return z", ["SF601 let x = 2 +1", "SF101 q"]),
    ],
)
def test_of_what_is_never_reached_that_is_told(text: str, found: list[str]) -> None:
    assert told(f"flow main() -> int {{ {text} }}")[-1] == found[-1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('set x = r("a") return 1', ["SF107 r +1"]),
        ('set x = r("a") return x', ["SF107 r +1"]),
        ("set x = 1 return 1", ["SF101 x"]),
        ('set x = 1 set y = r("a") return 1', ["SF101 x", "SF107 r +1"]),
        ('let q = foo(r("a")) return 1', ["SF101 foo"]),
        ('let q = foo(r("a")) let p = r("b") return 1', ["SF101 foo"]),
    ],
)
def test_a_call_that_is_none_is_told_and_not_what_it_would_have_set(text: str, found: list[str]) -> None:
    assert told(f"tool r(a: text) -> int read\nflow main() -> int {{ {text} }}") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("let x = 2 let x = 3 return y", ["SF102 x +1", "SF102 x +2"]),
        ("let x = 2 return y", ["SF102 x +2"]),
        ("let x = 2 return y + z", ["SF102 x +1", "SF101 y", "SF101 z"]),
        ("let q = 2 return y", ["SF101 y"]),
    ],
)
def test_a_name_that_is_missing_is_shown_beside_one_that_is_there_twice(text: str, found: list[str]) -> None:
    assert told(f"flow a(x: int) -> int {{ {text} }}") == found
    twice = "flow b() { let c = 1 let c = 2 }"
    assert [each for each in told(f"flow a(x: int) -> int {{ {text} }}\n{twice}") if each[:5] != "SF106"] == [
        *found,
        "SF102 c +1",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{PAYS}flow main(to: text) {{ step pay(to) ) sleep 1s }}", ["SF001 ) +1"]),
        (
            f"{PAYS}flow main(to: text) {{ step pay(to) ) sleep 1s }}\nflow other(to: text) {{ step pay(to) }}",
            ["SF001 ) +1", "SF501 pay"],
        ),
        (f"{PAYS}tool odd(a: text) write (\nflow other(to: text) {{ step pay(to) }}", ["SF001 ("]),
        ("tool w(a: text) write\ntool odd(a: text) idempotent (\nflow main(to: text) { step w(to) }", ["SF001 ("]),
        ("tool w(a: text) write\nflow main(to: text) { step w(to) ) }", ["SF401 w", "SF001 ) +1"]),
        ("type T { a: text ( }\nflow main(t: T) -> text { return t.b }", ["SF001 ("]),
        (
            'flow main(to: text) -> text { if to == "x" { { return "a" } return z }\nflow o() -> text { return z }',
            ["SF007 {", "SF101 z"],
        ),
        ("flow main() -> int { let a = 1 return aif true }", ["SF001 true"]),
        ("flow main(x: text) -> bool { return x and ) x }", ["SF001 )"]),
        ("flow main(x: int) -> bool { return x and x }", ["SF201 x"]),
        ("flow o() { sleep ) 1s }\nflow main(x: int) -> bool { return x and x }", ["SF001 )", "SF201 x"]),
        (
            "tool bad(a: text) -> int read )\nflow main(x: text) -> int { step b = ba(x) step c = zz(x) return b + c }",
            ["SF001 )", "SF101 zz"],
        ),
        ("flow main(a: int?) -> int { let c = a + 1 { return a + 1 }", ["SF007 {"]),
        ("tool w(run: text) -> int read { emit e to run ) }\nflow main() { sleep 1s }", ["SF001 ) +1"]),
        (
            'tool w(x: text) -> json write final { http get "http://h.example.com/" ( }\nflow main() { sleep 1s }',
            ["SF001 ("],
        ),
        (f"{SPENDS} }}", ["SF307 f +1", "SF307 f +1"]),
        (f"{SPENDS} }} )", ["SF001 )"]),
        (f"{SPENDS} sleep ) 1s }}", ["SF001 )"]),
    ],
)
def test_of_what_cannot_be_read_that_is_told_and_what_it_says_nothing_of(text: str, found: list[str]) -> None:
    assert [each for each in told(text) if each[:5] not in ("SF106", "SF603", "SF608")] == found


def test_behind_damage_of_a_block_a_value_may_be_checked_and_before_it_is_not() -> None:
    other = "flow other(a: int?) -> int { return a + 1 }"
    head = "flow main(a: int?) -> int { let c = a + 1 "
    hidden = told(f"{head}if c == 1 {{ {{ sleep 1s }} let d = a + 1 return d }}\n{other}")
    assert [each for each in hidden if each.startswith("SF202")] == ["SF202 a"] * 2
    told_all = told(f"{head}\n let e = )\n let d = a + 1\n return d }}\n{other}")
    assert [each for each in told_all if each.startswith("SF202")] == ["SF202 a"] * 3


def test_a_question_that_cannot_be_read_may_have_an_end() -> None:
    asks = 'await approval ok "?" {{ show to from "g" {} }} if ok.approved {{ sleep 1s }}'
    broken, endless = asks.format("timeout 1h )"), asks.format("")
    found = told(f"flow main(to: text) {{ {broken} }}\nflow other(to: text) {{ {endless} }}")
    assert [each for each in found if each.startswith("SF302")] == ['SF302 from "g"']
    found = told(f"flow main(to: text) {{ {broken} }}")
    assert [each for each in found if each.startswith("SF302")] == []


THINKS = 'agent think() -> text { model "gpt-4o" prompt "?" }\nflow f() -> text { step t = think() return t }\n'


@pytest.mark.parametrize(
    ("before", "head", "body", "code"),
    [
        (PAYS, "main(to: text)", "try { step x = r(to) } on error Nope { } ", "SF109"),
        (PAYS, "main(to: text)", "step pay(to) ", "SF501"),
        ("", "main()", "loop l budget 2 iterations { sleep 1s } ", "SF305"),
        ("", "main() budget 1h", "sleep 31m sleep 31m ", "SF305"),
        (PAYS, "main(to: text) budget 1 calls", "step r(to) step r(to) ", "SF305"),
        (THINKS, "main() budget 1 usd", "parallel { step a = f() step b = f() } ", "SF307"),
        ("", "main()", "let x = 1 ", "SF603"),
        ("tool idle() read\n", "main()", "sleep 1s ", "SF608"),
        ("", "main(unread: int)", "sleep 1s ", "SF611"),
        ("", "main() -> int", "sleep 1s ", "SF605"),
        ("", "main() -> int", "return 1 sleep 1s ", "SF601"),
    ],
)
def test_in_a_flow_that_was_read_in_part_nothing_is_said_to_be_missing(
    before: str, head: str, body: str, code: str
) -> None:
    def codes(text: str) -> set[str]:
        return {each[:5] for each in told(f"{before}flow {head} {{ {text}}}")}

    assert code in codes(body)
    assert code not in codes(f"{body}sleep ( ")
    assert code not in codes(f"sleep ) 1s {body}")


LEAKS = """
tool send(body: text) write keyed final
flow main(note: text sensitive "health") { step send(note) }
"""


def test_who_sees_what_may_be_said_in_what_could_not_be_read() -> None:
    assert any(each.startswith("SF70") for each in told(LEAKS))
    for broken in ("tool odd( idempotent", "flow other() { sleep ) 1s }"):
        assert not any(each.startswith("SF70") for each in told(f"{LEAKS}{broken}"))
