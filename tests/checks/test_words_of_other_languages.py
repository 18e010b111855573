"""What people bring from other languages is answered by one message, with what says the same here."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

HEAD = """edition 1
type Opinion { kind: "refund" | "repair", score: int }
tool find(id: text) -> { id: text, phone: text? } read { errors NotFound }
tool pay(id: text) write keyed final
flow main(id: text, ids: [text] at most 5, n: int, wait: duration) -> text budget 1 usd, 1d {
"""
SAID = {
    "words-of-other-languages": {
        'return if id == None then "a" else id': ("`None` is `null` here", "write `null`"),
        'if True { return "a" }': ("`True` is `true` here", "write `true`"),
        "return str(n)": ("there is no function `str`", "text(…)"),
        "return length(ids)": ("there is no function `length`", "len(…)"),
        "return text(ids.length)": ("a list has no field `length`", "write `len(ids)`"),
        "return id.upper()": ("there are no methods here: `.upper()`", "write `upper(id)`"),
        'return f"hello {id}"': ("texts need no `f`", 'write `"hello {{ id }}"`'),
        'return "n: " + n': ("`+` does not join a text and an int", '`"n: {{ n }}"`'),
        'return n > 3 ? "a" : "b"': ("there is no `?` here", "if C then A else B"),
        "x = 5": ("a name is given with `let`", "`let x = …`, or `set x = …` for a `var`"),
        "finally { step pay(id: id) }": ("found `finally`", "behind what it belongs to: `try { … } finally"),
        "n += 1": ("a `var` is given another value with `set`", "set n = n + 1"),
        "string x = id": ("a name is given with `let`, not with `string`", "let x = …"),
        'step f = find(id="c")': ("an argument is named with `:`", "`id: …`"),
        "while n > 3 { }": ("there is no `while` here", "loop NAME"),
        "goto end": ("there is no `goto` here", "break"),
        'match n { 1 -> { return "a" } else => { return "b" } }': ("a case is written", "write `=>`"),
        'match n { 1: { return "a" } else: { return "b" } }': ("a case is written", "write `=>`"),
        'match n { case 1 => { return "a" } else => { return "b" } }': ("a case is written", "leave `case` out"),
        'match n { 1 { return "a" } else => { return "b" } }': ("a case is written", "put `=>` before the `{`"),
        'match n { 1 => return "a" else => { } }': ("what a case does stands in braces", "`=> { return … }`"),
        'match n as x { 1 => "a" }': ("what a case does stands in braces", "`=> { yield … }`"),
        'match n { 1 | 2 => { return "a" } else => { return "b" } }': ("are divided by `,`", '`"a", "b" => { … }`'),
        'match n { 1 => { return "a" }, else => { return "b" } }': (
            "nothing stands between two cases",
            "leave the `,`",
        ),
        'match n { 1 => { return "a" } _ => { return "b" } }': ("what is left is `else` here", "else => { … }"),
        'match n { 1 if n > 0 => { return "a" } else => { return "b" } }': ("a case has no condition", "else if"),
        'match n { < 1 => { return "a" } else => { return "b" } }': ("a case is a value", "else if"),
        'match n as x { 1 => { "a" } else => { "b" } }': ("a block has no value", "yield"),
        'let x = match n { 1 => { yield "a" } else => { yield "b" } }  return x': (
            "is a statement, and no value",
            "as x",
        ),
        'let x = if n > 3 { "a" } else { "b" }  return x': ("expected `then`", "if c then a else b"),
        "every 1h { sleep 1s }": ("there is no `every` here", "every 1h"),
        "var k = 1 set k += 2": ("a `var` is given another value with `=`", "write `set k = k + 2`"),
        "var k = 1 set k++": ("a `var` is given another value with `=`", "write `set k = k + 1`"),
        "k := 1": ("a name is given with `let`", "write `let k = …`"),
        "k: int = 1": ("a name is given with `let`", "write `let k: int = …`"),
        'step f = find(id => "c")': ("an argument is named with `:`", "write `id: …`"),
        "let k = { a => 1 }": ("a field is named with `:`", "write `a: …`"),
        "let k = { a = 1 }": ("a field is named with `:`", "write `a: …`"),
        "step f -> find(id: id)": ("a step takes its value with `=`", "write `step f = …`"),
        "-- a comment": ("found `-`", "a comment begins with `#`"),
        'return id ++ "a"': ("there is no `++` here", "one `+` joins"),
        'return id . "a"': ("texts are joined by `+`, not by `.`", "write `+`"),
        'return "a %s" % id': ("`%` takes two numbers", "{{ x }}"),
        'if id in ("a", "b") { }': ("values of a list stand in square brackets", "write `[…]`"),
        "let k = (1, 2)": ("values of a list stand in square brackets", "write `[…]`"),
        'let k = new Opinion(kind: "refund")': ("there is no `new` here", "the place that takes the record"),
        "let k = lambda a: a": ("there is no `lambda` here", "declare `fn NAME"),
        "let k = (a) => a": ("there is no `=>` here", "declare `fn NAME"),
        "let k = function(a) { return a }": ("there is no `function(…)` here", "declare `fn NAME"),
        "if id instanceof Opinion { }": ("there is no `instanceof` here", "told apart by a field"),
        "if isinstance(id, Opinion) { }": ("there is no function `isinstance`", "match x.kind"),
        'if typeof id == "a" { }': ("there is no `typeof` here", "told apart by a field"),
        "retry 3 { step f = find(id: id) }": ("`retry` belongs to one step or tool", "{ retry 3 times }"),
        "timeout 5m { step f = find(id: id) }": ("a block has a budget of time", "budget 5m { … }"),
        "parallel [ step f = find(id: id) ]": ("stands in braces", "write `parallel {"),
        'ids.append("a")': ("`ids` is a parameter", "let more = ids + [item]"),
        "budget tokens { step f = find(id: id) }": ("a number is missing before `tokens`", "budget 10 tokens"),
        "loop l budget iterations { sleep 1h }": ("a number is missing before `iterations`", "budget 10 iterations"),
        "parallel { branch k { step f = find(id: id) } }  return k.f.id": ("there is no name `k`", "such as `f`"),
        'let k = if n > 1 || id then "a" else "b"': ("`||` means nothing here", "write `or`"),
        'throw "no"': ("there is no `throw` here", "fail"),
        'print("x")': ("there is no `print` here", "return"),
        "if n > 3 then { }": ("`then` belongs to a choice between values", "leave out `then`"),
        'if n { return "a" }': ("the condition of `if` takes bool: this is int", "write `n != 0`"),
        'if id { return "a" }': ("this is text", 'write `id != ""`'),
        'if ids { return "a" }': ("takes bool", "write `len(ids) > 0`"),
        'if n and id { return "a" }': ("each side of `and` takes bool: this is int", "write `n != 0`"),
        'return id or "none"': ("each side of `or` takes bool: this is text", "if x != null then x else y"),
        'await approval ok "Go?" { from "leads" timeout 1h then reject } if ok { return "a" }': (
            "takes bool: this is approval",
            "write `ok.approved`",
        ),
        "for x in id { step find(id: x) }": ("`for` takes a list: this is text", 'write `split(id, ",")`'),
        "for x in n { step find(id: id) }": ("`for` takes a list: this is int", "write `range(n)`"),
        "step find(id: ids)": ("takes text: this is [text at most 5]", 'write `join(ids, ", ")`'),
        'let all = ids + "x"': ("beside [text at most 5]", 'write `["x"]`'),
        'return "hello {id}"': ("`{id}` is sent as it stands", "{{ id }}"),
        'return "hello ${id}"': ("`${id}` is sent as it stands", "{{ id }}"),
    },
    "no-help-where-one-is-easy": {
        'find(id: "c")': ("a tool is called by a step", "step find(…)"),
        'let m = { "1": 10 }  return text(m[id])': ("a record is no map", "var m: map[int]"),
        'let p = Page { title: "x" }': ("a record is written without its type", "leave `Page` out"),
        'fail NotAllowed "why"': ("a failure with a kind is a record", 'kind: "NotAllowed"'),
        'await approval ok "Send?" from support': ("stands in braces behind the question", "{ from support … }"),
        "await approval ok from support": ("stands in braces behind the question", "{ from support … }"),
        "for x in parse_json(id) at most 9 { let y = x }": ("json has to be told apart first", "convert it first"),
    },
    "one-mistake-many-messages": {
        'return a.find(id: "c")': ("a tool is called by a step", "step r = a.find(…)"),
        'try { step pay(id: id) } catch e { return "no" }': ("there is no `catch` here", "on error e"),
        "sleep wait": ("`sleep` with a value that is worked out says what it is at most", "wait at most 7d"),
        'return "{{ join(ids, \\"; \\") }}"': ("no backslash is needed inside `{{ }}`", 'join(xs, "; ")'),
    },
    "braces-units-and-blocks": {
        "step: find": ("`step` is followed by a name, not by `:`", "step x = tool(…)"),
        "if n > 3: { }": ("a block stands in braces", "{ … }"),
        "sleep 24 hours": ("`24 hours` is no duration", "24h"),
        "sleep 2 weeks": ("`2 weeks` is no duration", "2w"),
        "sleep 3 months": ("`3 months` is no duration", "90d"),
        "budget $5 { }": ("money is written `1 usd`", "5 usd"),
        "budget 5 eur { }": ("only `usd` is known", "5 usd"),
    },
}


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in SAID.items() for line in lines])
def test_one_message_says_what_says_the_same_here(kind: str, line: str) -> None:
    more = "" if "return" in line.split("{", maxsplit=1)[0] or "}  return" in line else '  return "x"\n'
    told = analyse(Source("case.flow", f"{HEAD}  {line}\n{more}}}\n")).diagnostics
    (found,) = (each for each in told if each.code not in ("SF608", "SF611"))
    message, advice = SAID[kind][line]
    assert (message in found.message, advice in (found.help or "")) == (True, True), found


DECLARED = {
    "words-of-other-languages": {
        'import "lib.flow"': ("other files are read with `use`", 'write `use "lib/name.flow"` at the beginning'),
        "type A { x: string }": ("there is no type `string`", "write `text`"),
        "type A { x: list[text] }": ("there is no type `list`", "[text] at most N"),
        "type A { x: List<text> }": ("`List<…>` is no type", "[text] at most N"),
        "type A { x: text[] }": ("`text[]` is no type", "[text] at most N"),
        "type A { x: text | None }": ("there is no type `None`", "text?"),
        "tool a(id: text) -> void read": ("there is no type `void`", "leave that out"),
        "tool a(id: text) -> null read": ("expected a type, found `null`", "leave that out"),
        "tool a(id: text) -> () read": ("expected a type, found `)`", "leave that out"),
        "tool a(id: text) wirte keyed final": ("found `wirte`", "did you mean `write`?"),
        "config { region: text }": ("expected a name", "`config region: text`"),
        "class A { x: text }": ("there is no `class` here", "type Name"),
        "type A { n: int from 0 to 100 }": ("bounds of a number", "write `int at least 0 at most 100`"),
        "type A { n: int max 3, x: text }": ("bounds of a number", "write `int at most 3`"),
        "tool a(n: int between 1 and 5) read": ("bounds of a number", "write `int at least 1 at most 5`"),
        "tool a(n: number min 1, x: text) read": ("bounds of a number", "write `number at least 1`"),
    },
    "one-mistake-many-messages": {
        'type A { x: "a" or "b" }': ("`or` means nothing in a type", "write `|`"),
    },
    "braces-units-and-blocks": {
        "tool a(id: text) { id: text } read": ("a tool's result follows `->`", "-> { … }"),
        "tool a(id: text): text read": ("a result follows `->`", "-> text"),
    },
    "no-help-where-one-is-easy": {
        'flow a() -> text timeout 5m { return "x" }': ("a flow has a budget of time", "budget 5m"),
    },
}


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in DECLARED.items() for line in lines])
def test_so_do_declarations(kind: str, line: str) -> None:
    text = f"edition 1\n{line}\nflow main(id: text) -> text {{ return id }}\n"
    (found,) = [each for each in analyse(Source("case.flow", text)).diagnostics if each.code != "SF106"]
    message, advice = DECLARED[kind][line]
    assert (message in found.message, advice in (found.help or "")) == (True, True), found


@pytest.mark.parametrize(
    "config",
    [
        "config { a b }",
        "config a b",
        'config { a: text = "x", b: int = 1 }',
        'config {\n  a: text = "x"\n  b: int\n}',
        "config:\n  a: text\n  b: int",
        "config a = 3\nconfig b: int = 1",
    ],
)
def test_values_of_a_damaged_config_are_not_told_to_be_missing(config: str) -> None:
    text = f'edition 1\n{config}\nflow main() -> text {{ return "{{{{ a }}}} {{{{ b }}}} {{{{ c }}}}" }}\n'
    found = [each.message for each in analyse(Source("t.flow", text)).diagnostics]
    assert found[1:] == ["there is no name `c`"], found


def test_what_a_damaged_agent_may_spend_is_not_told_to_be_missing() -> None:
    text = """edition 1
agent think(q: text) -> {
  model "gpt-4o"
  prompt "{{ q }}"
  budget 8k tokens
}
flow one(q: text) -> text { step a = think(q) return text(a) }
flow main(qs: [text] at most 3) -> [text] budget 1 usd {
  parallel for q in qs up to 3 as rs { step r = one(q) yield r }
  return rs
}
"""
    found = [each.message for each in analyse(Source("t.flow", text)).diagnostics]
    assert found == ["a result and an effect come before the options"], found
