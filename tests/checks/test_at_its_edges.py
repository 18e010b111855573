"""Checks at the values where they change, and each of the words in which they say what to do."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source


def told(code: str, text: str) -> list[str]:
    """What is said under this code: the message, and what to do."""
    found = analyse(Source("case.flow", f"edition 1\n{text}")).diagnostics
    unread = [each.message for each in found if each.code == "SF001"]
    assert not unread or code == "SF001", unread
    return [f"{each.message} | {each.help}" for each in found if each.code == code]


def is_told(code: str, text: str, words: str) -> None:
    found = told(code, text)
    assert len(found) == 1, found
    assert words in found[0]


def says(code: str, text: str, words: str | None) -> None:
    if words is None:
        assert told(code, text) == []
    else:
        is_told(code, text, words)


WAIT = "the budget around it ends after 1h"
TOOLS = """
tool w(a: text) write keyed final
tool r(a: text) -> {{ n: int }} read
agent think() -> text {{ model "gpt-4o" prompt "?" answer at most {answer} tokens }}
flow slow() budget {slow} {{ sleep 1s }}
"""


def within(budget: str, body: str, answer: str = "100", slow: str = "1h") -> str:
    return f"{TOOLS.format(answer=answer, slow=slow)}\nflow main() budget {budget} {{ {body} }}"


@pytest.mark.parametrize(
    ("fits", "beyond", "words"),
    [
        ("sleep 1h", "sleep 3601s", "a `sleep` takes 1h1s"),
        (
            'step x = r("a") { timeout 1h } step w("{{ x.n }}")',
            'step x = r("a") { timeout 61m } step w("{{ x.n }}")',
            "`x` may take 1h1m",
        ),
        (
            'await approval a "?" { from "g" timeout 1h then reject } step w("{{ a.approved }}")',
            'await approval a "?" { from "g" timeout 61m then reject } step w("{{ a.approved }}")',
            "approval `a` may wait 1h1m",
        ),
        ("budget 1h { sleep 1s }", "budget 61m { sleep 1s }", "a budget of 1h1m inside one of 1h"),
        (
            'exclusive by "a" within 1h { sleep 1s }',
            'exclusive by "a" within 61m { sleep 1s }',
            "`exclusive` may wait for its lock 1h1m",
        ),
    ],
)
def test_what_lasts_as_long_as_the_budget_fits_and_what_lasts_longer_does_not(
    fits: str, beyond: str, words: str
) -> None:
    assert told("SF305", within("1h", fits)) == []
    is_told("SF305", within("1h", beyond), words)


def test_a_flow_may_take_all_the_time_that_there_is() -> None:
    assert told("SF305", within("1h", "step slow()", slow="1h")) == []
    is_told("SF305", within("1h", "step slow()", slow="61m"), f"flow `slow` may take 1h1m, and {WAIT}")


@pytest.mark.parametrize("unit", ["usd", "tokens", "calls"])
def test_a_budget_may_have_all_of_the_one_around_it(unit: str) -> None:
    assert told("SF305", within(f"5 {unit}", f"budget 5 {unit} {{ sleep 1s }}")) == []
    is_told(
        "SF305", within(f"5 {unit}", f"budget 6 {unit} {{ sleep 1s }}"), f"a budget of 6 {unit} inside one of 5 {unit}"
    )
    smaller = f"budget 3 {unit} {{ budget 4 {unit} {{ sleep 1s }} }}"
    is_told("SF305", within(f"5 {unit}", smaller), f"a budget of 4 {unit} inside one of 3 {unit}")
    after = f"budget 3 {unit} {{ sleep 1s }} on exhausted {{ budget 5 {unit} {{ sleep 1s }} }}"
    assert told("SF305", within(f"5 {unit}", after)) == [], "what comes after it has what is around it"


def test_a_call_may_cost_all_that_there_is() -> None:
    tool = "tool buy() -> int read { costs 0.5 usd }\n"
    assert told("SF305", f"{tool}flow main() -> int budget 0.5 usd {{ step x = buy() return x }}") == []
    is_told(
        "SF305",
        f"{tool}flow main() -> int budget 0.4 usd {{ step x = buy() return x }}",
        "up to 0.5 usd, and there are 0.4",
    )


def _least(answer: int) -> int:
    """Tokens of one question, as the message says."""
    (message,) = told("SF305", within("1 tokens", "step x = think() step w(x)", answer=str(answer)))
    return int(message.partition(" takes ")[2].partition(" ")[0].replace(",", ""))


def test_a_question_may_take_all_the_tokens_that_there_are() -> None:
    least = _least(100)
    asks = "step x = think() step w(x)"
    assert told("SF305", within(f"{least} tokens", asks)) == []
    is_told(
        "SF305", within(f"{least - 1} tokens", asks), f"takes {least:,} tokens at least, and there are {least - 1:,}"
    )


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ('step w("a") step w("b")', 2),
        ('for each in ["a", "b"] { step w(each) }', 2),
        ('for n in range(3) { step w("{{ n }}") }', 3),
        ('for n in range(2, 5) { step w("{{ n }}") }', 3),
        ('for n in range(1) { step w("{{ n }}") step w("b") }', 2),
        ('parallel for each in ["a", "b"] { step w(each) }', 2),
        ('parallel { branch a { step w("a") } branch b { step w("b") } }', 2),
        ('loop l budget 3 iterations { step w("a") } on exhausted { }', 3),
        ('exclusive by "a" { step w("a") step w("b") }', 2),
        ('budget 1h { step w("a") step w("b") }', 2),
        ('try { step w("a") } on error { } step w("b")', 2),
        ('sleep 1s try { sleep 1s step w("a") } on error { } step w("b")', 2),
        ('loop l budget 3 iterations { for n in range(2) { step w("{{ n }}") } } on exhausted { }', 6),
        ('for n in range(2) { for m in range(2) { if m == n { break } step w("{{ m }}") } step w("{{ n }}") }', 2),
        ('for n in range(2) { if n > 0 { continue } step w("b") } step w("a") step w("c")', 2),
    ],
)
def test_so_many_calls_are_enough_and_one_less_is_not(body: str, calls: int) -> None:
    assert told("SF305", within(f"{calls} calls", body)) == []
    is_told(
        "SF305",
        within(f"{calls - 1} calls", body),
        f"{calls} calls are made here whatever happens, and the budget ends after {calls - 1} | give it more calls",
    )


@pytest.mark.parametrize(
    "body",
    [
        'for n in range(3, 2) { step w("{{ n }}") step w("b") }',
        'for n in range(-2) { step w("{{ n }}") step w("b") }',
        'for n in range(stop: 3) { step w("{{ n }}") }',
        'loop l budget 3 iterations, 1h { step w("a") } on exhausted { }',
        'loop l budget 3 iterations, 9 calls { step w("a") } on exhausted { }',
        'loop l budget 3 iterations, 9k tokens { step w("a") } on exhausted { }',
        'loop l budget 3 iterations, 9 usd { step w("a") } on exhausted { }',
        'budget 1h { step w("a") step w("b") } on exhausted { }',
        'try { step w("a") step w("b") } on error { }',
        'parallel as p first 1 { branch a { step w("a") } branch b { step w("b") } } step r("{{ len(p) }}")',
        'step nobody("a") step w("b")',
        'step slow() step w("b")',
    ],
)
def test_what_is_not_certain_is_not_counted(body: str) -> None:
    assert not any("whatever happens" in each for each in told_or_unread(within("1 calls", body)))


def told_or_unread(text: str) -> list[str]:
    return [each.message for each in analyse(Source("case.flow", f"edition 1\n{text}")).diagnostics]


@pytest.mark.parametrize(
    ("body", "slept"),
    [
        ("sleep 30m sleep 31m", "1h1m"),
        ("sleep 30m sleep until at sleep 31m", "1h1m"),
        ("sleep 30m sleep d at most 30m sleep 31m", "1h1m"),
        ("for n in range(2) { sleep 31m }", "1h2m"),
        ("loop l budget 3 iterations { sleep 21m } on exhausted { }", "1h3m"),
        ("sleep 30m sleep 30m", None),
        ("sleep d at most 50m sleep 20m", None),
        ("parallel { branch a { sleep 31m } branch b { sleep 31m } }", None),
        ("sleep 20m sleep 1h", "1h20m"),
    ],
)
def test_what_is_slept_in_all(body: str, slept: str | None) -> None:
    text = f"flow main(at: time, d: duration) budget 1h {{ {body} }}"
    says(
        "SF305",
        text,
        slept and f"this sleeps {slept} in all, and the budget ends after 1h | give it more time, or sleep less",
    )


@pytest.mark.parametrize(("budget", "warns"), [("7s", False), ("6s", True), ("6999ms", True)])
def test_the_pauses_of_a_retry_may_take_all_the_time(budget: str, warns: bool) -> None:
    tool = "tool t() -> int read { retry 3 times errors Away }\n"
    text = f"{tool}flow main() -> int {{ var x = 0 budget {budget} {{ step y = t() set x = y }} return x }}"
    says("SF305", text, "the pauses between the attempts at `t` take 7s" if warns else None)


@pytest.mark.parametrize(
    ("retry", "paused"),
    [
        ("retry 1 times backoff 2s to 2s", "2s"),
        ("retry 2 times backoff 2s to 3s", "5s"),
        ("retry 3 times backoff 2s to 1m", "14s"),
        ("retry 2 times backoff 1h to 1h", "2h"),
    ],
)
def test_pauses_double_up_to_the_longest(retry: str, paused: str) -> None:
    body = "var x = 0 budget 1s { step y = t() set x = y } return x"
    text = f"tool t() -> int read {{ {retry} errors Away }}\nflow main() -> int {{ {body} }}"
    is_told(
        "SF305", text, f"the pauses between the attempts at `t` take {paused}, and the budget around it ends after 1s"
    )


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ("read { timeout 1m heartbeat 1m }", None),
        ("read { timeout 1m heartbeat 61s }", "`t` may be silent for 1m1s, and an attempt ends after 1m"),
        ("read quick { timeout 5s }", None),
        ("read quick { timeout 6s }", "`t` is `quick`, and its timeout is 6s"),
    ],
)
def test_times_of_an_attempt(declared: str, words: str | None) -> None:
    says("SF306", f"tool t() -> int {declared}\nflow main() -> int {{ step x = t() return x }}", words)


@pytest.mark.parametrize(("remind", "warns"), [("59m", False), ("1h", True), ("61m", True)])
def test_a_reminder_comes_before_the_end(remind: str, warns: bool) -> None:
    asks = f'await approval a "?" {{ remind every {remind} from "g" timeout 1h then reject }}'
    text = f"flow main() -> bool {{ {asks} return a.approved }}"
    says("SF306", text, "approval `a` is over after 1h, before its first reminder" if warns else None)


@pytest.mark.parametrize(
    ("most", "words"), [("1", None), ("0", "nothing can run with so few at once"), ("-1", "nothing can run")]
)
def test_one_at_a_time_is_the_least(most: str, words: str | None) -> None:
    says("SF306", f"flow main(xs: [int] at most 3) {{ parallel for x in xs up to {most} {{ sleep 1s }} }}", words)


# -- who may lose


@pytest.mark.parametrize(
    ("fan", "where", "advice"),
    [
        ("race as z {{ {} sleep 1s }}", "it loses the race", "or let the others end: `finish rest`"),
        ("race as z finish rest {{ {} sleep 1s }}", None, ""),
        (
            "parallel for x in [1, 2] as z stop when len(z) > 0 {{ {} yield x }}",
            "it is stopped",
            "or do it after the `parallel`",
        ),
        ("parallel for x in [1, 2] as z {{ {} yield x }}", None, ""),
        ('await first {{ step w("b") {{ {} }} after 1h {{ sleep 1s }} }}', None, ""),
        (
            'race as o {{ sleep 1s sleep 2s }} await first {{ step w("b") {{ sleep 1s }} after 1h {{ sleep 1s }} }} {}',
            "something else comes first",
            "or do it when something has come first",
        ),
    ],
)
def test_what_cannot_be_undone_where_it_may_lose(fan: str, where: str | None, advice: str) -> None:
    body = fan.format('step w("a")')
    found = told("SF410", f"tool w(a: text) write keyed final\nflow main() {{ {body} }}")
    if where is None:
        assert [each for each in found if '"a"' in each] == []
        return
    assert found
    assert where in found[0]
    assert advice in found[0]


@pytest.mark.parametrize(
    ("around", "body", "times"),
    [
        ("parallel for b in bs", 'step w("a")', 1),
        ("parallel for b in bs", "step w(b)", 0),
        ("parallel for b in bs up to 1", 'step w("a")', 0),
        ("parallel for b in bs up to 2", 'step w("a")', 1),
        ("parallel for b in bs", 'if b != "" { step w("a") }', 0),
        ("parallel for b in bs", 'step w("a") step w("a")', 2),
        ("race for b in bs as z", 'step w("a") yield b', 0),
        ("for b in bs", 'step w("a")', 0),
    ],
)
def test_what_each_item_writes_is_its_own(around: str, body: str, times: int) -> None:
    text = f"tool w(a: text) write keyed final\nflow main(bs: [text] at most 5) {{ {around} {{ {body} }} }}"
    found = told("SF612", text)
    assert len(found) == times
    assert all(
        each.startswith("each item calls `w` with the same arguments, side by side | call it once") for each in found
    )


@pytest.mark.parametrize(
    ("branches", "times"),
    [
        ('step w("a") step w("a")', 1),
        ('step w("a") step w("b")', 0),
        ('branch p { step w("a") step w("b") } branch q { step w("b") }', 1),
        ('branch p { step w("a") step w("a") } sleep 1s', 0),
        ('step w("a") step w("a") step w("a")', 2),
    ],
)
def test_what_each_branch_writes_is_its_own(branches: str, times: int) -> None:
    found = told("SF612", f"tool w(a: text) write keyed final\nflow main() {{ parallel {{ {branches} }} }}")
    assert len(found) == times
    assert all(each.startswith("two branches call `w` with the same arguments") for each in found)


# -- loops


@pytest.mark.parametrize(
    ("budget", "body", "ends"),
    [
        ("3 iterations", "sleep 1s", True),
        ("1h", "sleep 1s", True),
        ("3 calls", "sleep 1s", False),
        ("3 calls", 'step w("a")', True),
        ("3 usd", 'step w("a")', False),
        ("3 usd", "step x = think() step w(x)", True),
        ("3k tokens", 'step w("a")', False),
        ("3k tokens", "step slow()", True),
        ("3 calls", "step think()", True),
    ],
)
def test_a_budget_ends_a_loop_that_spends_it(budget: str, body: str, ends: bool) -> None:
    text = within("9d", f"loop l budget {budget} {{ {body} }} on exhausted {{ }}")
    says(
        "SF301",
        text,
        None
        if ends
        else "the budget of loop `l` does not end it: no step in it spends any | add `iterations` or a time",
    )


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("loop", "this loop has no budget | write how often it may run: `loop budget 10 iterations { … }`"),
        ("loop l", "loop `l` has no budget | write how often it may run: `loop l budget 10 iterations { … }`"),
        (
            "loop l every 1h",
            "loop `l` has no budget | write how often it may run: `loop l budget 10 iterations every 1h { … }`",
        ),
    ],
)
def test_a_loop_has_a_budget(head: str, words: str) -> None:
    is_told("SF301", f"flow main() {{ {head} {{ sleep 1s break }} }}", words)


@pytest.mark.parametrize(
    ("body", "warns"),
    [
        ("loop l budget 3 iterations { sleep 1s }", True),
        ("loop l budget 3 iterations { sleep 1s } on exhausted { }", False),
        ("loop l budget 3 iterations every 1h { sleep 1s }", False),
        ("loop l budget 3 iterations { sleep 1s until a }", False),
        ("loop l budget 3 iterations { if a { break } sleep 1s }", False),
        ("loop l budget 3 iterations { if a { return } sleep 1s }", False),
    ],
)
def test_a_loop_ends_before_its_budget_on_some_way(body: str, warns: bool) -> None:
    text = f"flow main(a: bool) {{ {body} }}"
    says("SF305", text, "nothing ends this loop but its budget, and then it fails" if warns else None)
