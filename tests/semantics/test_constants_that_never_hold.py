"""What can be known without running is an error of the check; and names that an undo or a verification means."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

TOOLS = """edition 1
type Size = "small" | "large"
type Box { width: int at most 3, name: text matches "a+" }
tool bd(a: int at most 3 = 1, s: text matches "a+" = "a", b: Box? = null) -> text read
"""

REFUSED = {
    "a field of what is returned": ('flow main() -> Box { return { width: 4, name: "a" } }', "SF203"),
    "a field beside one that is not known": ("flow main(t: text) -> Box { return { width: 4, name: t } }", "SF203"),
    "a field of a var": ('flow main() { var b: Box = { width: 3, name: "b" } step bd(b: b) }', "SF203"),
    "a field in a list": (
        'flow main() -> [Box] { return [{ width: 3, name: "a" }, { width: 9, name: "a" }] }',
        "SF203",
    ),
    "a default that calls a type": ('flow main(s: Size = Size("huge")) { }', "SF203"),
    "a default that calls a record": ('flow main(b: Box = Box("{\\"width\\": 9, \\"name\\": \\"a\\"}")) { }', "SF203"),
    "a default that says what else": ('flow main(a: int at most 3 = int("x", or: 7)) { }', "SF203"),
    "a default of a field that calls a type": ('type T { at: time = time("noon") } flow main(t: T) { }', "SF203"),
    "a default without an end": ("type T { below: T? = {} } flow main(t: T) { }", "SF203"),
    "a default without an end, in a list": ("type T { below: [T] = [{}] } flow main(t: T) { }", "SF203"),
    "a conversion that never holds": ('flow main() -> Size { return Size("huge") }', "SF203"),
    "a division by zero": ("flow main() -> decimal { return 1 / 0 }", "SF203"),
    "an item that is not there": ("flow main() -> int { return [1][5] }", "SF203"),
    "a text that is no number": ('flow main() -> int { return int("x") }', "SF203"),
    "len of json": ("flow main(j: json) -> int { return len(j) }", "SF201"),
    "keys of json": ("flow main(j: json) -> [text] { return keys(j) }", "SF201"),
    "values of json": ("flow main(j: json) -> [json] { return values(j) }", "SF201"),
    "json that is spread": ("flow main(j: json) -> map[json] { return { ...j } }", "SF201"),
    "a sum of a decimal and a number": ("flow main(d: decimal, n: number) -> bool { return sum([d], n) }", "SF201"),
    "a default over its bound": ("flow main(a: int at most 3 = 2 + 2) { }", "SF203"),
    "a default that divides by zero": ("flow main(a: decimal = 1 / 0) { }", "SF203"),
    "a default beyond the list": ("flow main(a: int = [1][5]) { }", "SF203"),
    "an argument over its bound": ("flow main() { step bd(a: 500) }", "SF203"),
    "an argument that is worked out": ("flow main() { step bd(a: 2 * 2) }", "SF203"),
    "an argument against its pattern": ('flow main() { step bd(s: "zz") }', "SF203"),
    "a field of an argument": ('flow main() { step bd(b: { width: 4, name: "a" }) }', "SF203"),
    "an int over 64 bits": ("flow main() -> int { return 99999999999999999999 }", "SF203"),
    "parameter-named-result": (
        (
            'tool t(result: text) -> text write { verify none "x" compensate u(x: result) }\n'
            "tool u(x: text) idempotent\nflow main() { }"
        ),
        "SF102",
    ),
    "a let called result": (
        (
            'tool t() -> text write { verify none "x" compensate none "y" }\ntool u(x: text) idempotent\n'
            'flow main() { let result = "a" step t() { compensate u(x: result) } }'
        ),
        "SF102",
    ),
    "a parameter called key": (
        (
            'tool t(key: text) -> text write { verify f(key: key) compensate none "x" }\n'
            "tool f(key: text) -> text? read\nflow main() { }"
        ),
        "SF102",
    ),
    "a key that is given by its position": (
        'tool t(s: text, k: text) write keyed final { key as k }\nflow main() { step t("a", "b") }',
        "SF104",
    ),
    "a key that is no text": ("tool t(k: int) write keyed final { key as k }\nflow main() { step t() }", "SF203"),
    "a key of a choice": (
        'tool t(k: "a" | "b") write keyed final { key as k }\nflow main() { step t() }',
        "SF203",
    ),
    "a key with a pattern": (
        'tool t(k: text matches "a+") write keyed final { key as k }\nflow main() { step t() }',
        "SF203",
    ),
    "a kind that is no text": ('flow main() { fail { kind: 5, message: "x" } }', "SF201"),
    "for over json": ("flow main(j: json) { for x in j at most 3 { step bd() } }", "SF201"),
    "a slice of json": ("flow main(j: json) -> json { return j[1:2] }", "SF201"),
    "in json": ('flow main(j: json) -> bool { return "a" in j }', "SF201"),
    "json that is compared": ("flow main(j: json) -> bool { return j < 3 }", "SF201"),
    "a conversion of a number to a record": ("flow main(n: int) -> Box { return Box(n) }", "SF201"),
    "a conversion of what may be null": ("flow main(n: text?) -> Size { return Size(n) }", "SF202"),
    "an or of another kind": ('flow main(n: text) -> Size { return Size(n, or: "other") }', "SF201"),
}
TAKEN = {
    "defaults that call types": """type T {
      at: time = time("2026-11-21T09:13:00Z"), size: Size = Size("small")
      box: Box = Box("{\\"width\\": 1, \\"name\\": \\"a\\"}")
      below: [T] = [], upper: T? = { upper: null }
    }
    flow main(ts: [T] at most 2 = [{ size: "large" }, {}]) -> [T] { return ts }""",
    "a key that may be left out": """tool t(s: text, k: text? = null) write keyed final { key as k }
    flow main() { step t("a") }""",
    "what is divided by what is not known": "flow main(n: int) -> decimal { return 1 / n + int(text(n)) }",
    "what holds": 'flow main(a: int at most 3 = 1 + 2) { step bd(a: 3, s: "aa", b: { width: 3, name: "a" }) }',
    "conversions": """flow main(j: json, n: text?) -> text {
      let b = Box(j)  let c = Box(j, or: null)  let s = Size(n, or: "small")  let i = int(n, or: 0)
      if c == null { return s }
      return c.name + b.name + text(i) + text(time(j.at, or: now()) + duration("1h"))
    }""",
    "a call without a result": """tool t(result: text) write { verify none "x" compensate u(x: result) }
    tool u(x: text) idempotent
    flow main() { }""",
}


def codes(text: str) -> list[str]:
    return [each.code for each in analyse(Source("case.flow", TOOLS + text)).diagnostics if each.severity == "error"]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str) -> None:
    text, code = REFUSED[name]
    assert codes(text) == [code]


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken(name: str) -> None:
    assert codes(TAKEN[name]) == []
