"""What sealing takes away, one thing after another: each comes back, as people would write it."""

import json
import random
from typing import Any

import pytest

from dsl.ast.expressions import Entry, Expression, Literal, Name, RecordLiteral, Template
from dsl.decompiling.decompile import decompile
from dsl.decompiling.expressions import expression
from dsl.decompiling.writing import Writing
from dsl.definition.canonical import canonical
from dsl.definition.unseal import unseal
from dsl.formatting.format import format_text
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.decompiling.trips import analysed, back, sealed_flows

HEAD = "edition 1\n"


def come_back(text: str, flow: str = "main") -> str:
    analysis = analysed(HEAD + text)
    assert analysis.ok, [(each.code, each.message) for each in analysis.diagnostics]
    (sealed,) = (each for each in sealed_flows(analysis) if each.flow == flow)
    return back(unseal(sealed.json))


TOOL = "tool pay(amount: decimal, to: text) -> { id: text } write keyed final\n"

COMES_BACK = {
    "a conversion": (
        'type N { n: number, s: text = "x" } tool t(n: N) read flow main(n: int) { step t(n: { n: n }) }',
        ["step t(n: { n: n })", 's: text = "x"'],
    ),
    "a type that is called": (
        "type P { a: int } flow main(j: json) -> P? { return P(j, or: null) }",
        ["return P(j, or: null)"],
    ),
    "a declared function": (
        "fn half(x: number, by: number = 2) -> number = x / by flow main(n: int) -> number { return half(n) }",
        ["fn half(x: number, by: number) -> number = x / by", "return half(x: n, by: 2)"],
    ),
    "functions that call others, and one that shapes what a model sees": (
        (
            'fn one(xs: [text]) -> text = join(xs, ", ") fn two(xs: [text], n: int) -> text = "{{ one(xs[:n]) }}" '
            'tool find() -> [text] read agent a(n: int) -> text { model "gpt-4o" prompt "{{ n }}" use find then two(n) '
            "budget 3 turns, 10k tokens } flow main(n: int) -> text { step r = a(n) return r }"
        ),
        ["use find then two(n: n)", "fn one(xs: [text]) -> text", "budget 10k tokens, 3 turns"],
    ),
    "constants": (
        (
            'let RATE = 0.05 let NAME = "shop" let MOST = 5k let LONG = 2h '
            'flow main(n: decimal) -> text budget MOST tokens, LONG { return "{{ NAME }}: {{ n * RATE }}" }'
        ),
        ["budget 5k tokens, 2h", '"{{ "shop" }}: {{ n * 0.05 }}"'],
    ),
    "a text that is nothing but a constant": (
        'let NAME = "shop" flow main() -> text { return "{{ NAME }}" }',
        ['return "{{ "shop" }}"'],
    ),
    "a price that a constant says": (
        (
            "let PRICE = 0.01 tool t() -> text read { costs PRICE at most 0.05 usd } "
            "flow main() -> text budget 1 usd { step r = t() return r }"
        ),
        ["let price = 0.01", "costs price at most 0.05 usd"],
    ),
    "the envelope of an event": (
        (
            "type M { text: text } flow main(c: text) -> text budget 3d { await event mail as m: M from c where "
            'm.text != "" at most 9 waiting timeout 1d else { return "" } return "{{ m.id }} {{ m.by }} {{ m.text }}" }'
        ),
        ["event mail as m: M from c", "{{ m.id }} {{ m.by }} {{ m.text }}", "at most 9 waiting"],
    ),
    "what is left, and the run": (
        (
            'flow main() -> text budget 5k tokens, 1h { let l = budget.left return "{{ l.tokens }} '
            '{{ budget.left.time }} {{ run.id }} {{ run.requester }}" }'
        ),
        ["budget.left.time", "run.id", "run.requester"],
    ),
    "conversations": (
        (
            'agent a(q: text) -> text { model "gpt-4o" prompt "{{ q }}" } '
            "flow main(talk: conversation) -> int budget 1M tokens { var t: conversation at most 60 messages = talk "
            'step r = a(q: "x") { continue last(talk, 20) } set t = transcript(r) return len(last(t, 3)) + len(t) }'
        ),
        ["continue last(talk, 20)", "set t = transcript(r)", "len(last(t, 3)) + len(t)"],
    ),
    "a record with a field called sizes": (
        "type R { sizes: [int] } flow main(r: R) -> int { return len(r.sizes) }",
        ["len(r.sizes)"],
    ),
    "a sum of durations": (
        "flow main(xs: [duration]) -> duration { return sum(xs) }",
        ["return sum(xs)"],
    ),
    "a value of the deployment": (
        (
            'config region: text = "eu" config limit: int at least 1 '
            'flow main() -> text { return "{{ region }}{{ limit }}" }'
        ),
        ['config region: text = "eu"', "config limit: int at least 1"],
    ),
    "tools of a server": (
        (
            'tools notes from mcp "npx notes {root}" auth "n" { tool find(q: text) -> [text] at most 5 from '
            '"search-all" read { errors Missing when "not (found|there)", Other } '
            'resource style(l: text) -> text from "notes://{l}" } '
            'flow main() -> int { step n = notes.find(q: "x") step s = notes.style(l: "a") return len(n) + len(s) }'
        ),
        ['tools notes from mcp "npx notes {root}" auth "n" {', 'from "search-all" read', 'from "notes://{l}"'],
    ),
    "groups that data chooses": (
        (
            'let BOSS = "board" type Team = "a" | "b" flow main(t: Team, n: int) -> bool { await approval ok "Go?" { '
            'from 2 of group t, group (if n > 1 then "x" else "y"), group BOSS, "c" timeout 1h then ask '
            'from all of group Team("{{ n }}"), person "{{ n }}" timeout 1h then reject } return ok.approved }'
        ),
        [
            'from 2 of group t, group (if n > 1 then "x" else "y"), "board", "c" timeout 1h then ask',
            'from all of group Team("{{ n }}"), person "{{ n }}" timeout 1h then reject',
        ],
    ),
    "a flow that its callees call": (
        (
            "flow odd(n: int) -> bool depth 3 { if n == 0 { return false } step r = even(n - 1) return r } "
            "flow even(n: int) -> bool depth 3 { if n == 0 { return true } step r = odd(n - 1) return r } "
            "flow start(n: int) -> bool { step r = odd(n) return r }"
        ),
        ["flow start_odd(n: int) -> bool {"],
    ),
}


@pytest.mark.parametrize("name", COMES_BACK)
def test_it_comes_back_as_it_is_written(name: str) -> None:
    text, parts = COMES_BACK[name]
    made = come_back(text, "odd" if "callees" in name else "main")
    for part in parts:
        assert part in made, made


def test_defaults_are_not_written_out() -> None:
    made = come_back(
        "tool t() -> text read { timeout 30s heartbeat 5s retry 3 times backoff 1s to 1m } flow main() { step t() }"
    )
    assert "timeout" not in made
    assert "heartbeat" not in made
    assert "retry 3 times\n" in made


PIECES = [
    *("a", "b ", " ", "\n", "\n", "\n  ", "\t", '"', '""', '"""', "{", "{{", "}}", "\\", "\r", "\u2028", "\x00", "é"),
    *("#", "  \n", " \n", "\\n", "\x85", "\ufeff", "\U0001f600"),
]


def some_text(chance: random.Random, depth: int = 0) -> Expression:
    """A text, or a template with texts, names and other templates in it."""

    def plain() -> Literal:
        return Literal("".join(chance.choices(PIECES, k=chance.randint(0, 8))))

    if chance.random() < 0.5:
        return plain()
    kinds = [plain, plain, lambda: Name("x")]
    if depth < 2:
        kinds += [
            lambda: some_text(chance, depth + 1),
            lambda: RecordLiteral((Entry("a", some_text(chance, depth + 1)),)),
        ]
    return Template(tuple(chance.choice(kinds)() for _ in range(chance.randint(1, 4))))


@pytest.mark.parametrize("seed", range(3))
def test_any_text_is_read_as_what_it_is(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(150):
        node = some_text(chance)
        laid = format_text(f"edition 1\nlet c = {expression(node, Writing())}\n")
        assert laid is not None, node
        parsed = parse(Source("texts.flow", laid))
        assert not parsed.diagnostics, laid
        assert parsed.module.declarations[0].value == node, laid  # type: ignore[union-attr]


def test_what_was_sealed_without_the_types_of_functions_can_be_read_all_the_same() -> None:
    analysis = analysed(f"{HEAD}fn half(x: number) -> number = x / 2 flow main(n: int) -> number {{ return half(n) }}")
    (sealed,) = sealed_flows(analysis)

    def without(node: Any) -> Any:
        if isinstance(node, list):
            return [without(each) for each in node]
        if not isinstance(node, dict):
            return node
        left_out = ("parameters", "returns") if node.get("node") == "Apply" else ()
        return {name: without(each) for name, each in node.items() if name not in left_out}

    made = decompile(unseal(canonical(without(json.loads(sealed.json)))))
    assert "fn half(x: number) -> json = x / 2" in made.text
    assert "return half(x: n)" in made.text
    assert made.difference is not None or not made.analysis.ok


@pytest.mark.parametrize("groups", [["a"], ["b", "a"], ["a", "b", "c"]])
def test_which_groups_data_may_choose_follows_from_the_text(groups: list[str]) -> None:
    asked = 'await approval ok "Go?" { from group t timeout 1h then reject }'
    text = f'flow main(t: "a" | "b") -> bool {{ {asked} return ok.approved }}'
    (sealed,) = sealed_flows(analysed(HEAD + text))
    form = json.loads(sealed.json)
    form["flows"]["main"]["body"]["statements"][0]["stages"][0]["whom"][0]["groups"] = groups
    made = decompile(unseal(canonical(form)))
    assert made.difference is not None
    assert "/whom/0/groups" in made.difference.pointer
