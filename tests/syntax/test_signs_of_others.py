"""A sign of another language where `=`, `:` or nothing is written here: one message, with what to write."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

TOOL = "edition 1\ntool find(id: text, n: int = 1) -> { id: text, n: int } read\n"
IN_FLOW = TOOL + "flow main(id: text) -> text {\n  step g = find(id)\n  %s\n  return g.id\n}\n"
IN_AGENT = TOOL + 'agent a(t: text) -> text {\n  model "gpt-4o"\n  prompt "{{ t }}"\n  %s\n}\n'

SIGNS = [":=", "<-", "->", "<=", "=>", "==", ":"]
GIVEN = {
    "step f {} find(id: id)  if f.n > 3 {{ return f.id }}": "write `step f = …`",
    "step f {} find(id: id) {{ timeout 5s }}  if f.n > 3 {{ return f.id }}": "write `step f = …`",
    "let f {} 1  if f > 3 {{ return id }}": "write `let f = …`",
    'let f {} "a"  if f == id {{ return id }}': "write `let f = …`",
    'let f {} "{{{{ id }}}}"  if f == id {{ return id }}': "write `let f = …`",
    "let f {} id  if f == id {{ return id }}": "write `let f = …`",
    "let f {} [id]  if len(f) == 1 {{ return id }}": "write `let f = …`",
    "let f {} {{ a: id }}  if f.a == id {{ return id }}": "write `let f = …`",
    "var f {} 1  set f = f + 1  if f > 3 {{ return id }}": "write `var f = …`",
    "var f = 1  set f {} 2  if f > 3 {{ return id }}": "write `set f = …`",
}
NAMED = {
    "step f = find(id {} id, n: 3)  if f.n > 3 {{ return f.id }}": "write `id: …`",
    "step f = find(id: id, n {} 3)  if f.n > 3 {{ return f.id }}": "write `n: …`",
    'step f = find(id {} "x")  if f.n > 3 {{ return f.id }}': "write `id: …`",
    "let r = {{ a {} 1, b: 2 }}  if r.b > 3 {{ return id }}": "write `a: …`",
    "let r = {{ a: 1, b {} 2 }}  if r.b > 3 {{ return id }}": "write `b: …`",
}
OPTIONS = ["temperature {} 0.2", "budget {} 20k tokens", "patience {} 3m", "seed {} 3", 'reasoning {} "low"']
DECLARED = {
    "type T {{ a {} text, b: int }}\nflow main(t: T) -> int {{ return t.b }}": "write `a: …`",
    "type K {} {{ a: int }}\nflow main(t: K) -> int {{ return t.a }}": "write `= …`",
    "fn k(x: int) -> int {} x + 1\nflow main(t: int) -> int {{ return k(t) }}": "write `= …`",
    "let K {} 3\nflow main(t: int) -> int {{ return t + K }}": "write `let K = …`",
}


def told(text: str) -> list[tuple[str, str | None]]:
    found = analyse(Source("a.flow", text)).diagnostics
    return [(each.message, each.help) for each in found if each.code != "SF608"]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("statement", GIVEN)
def test_where_a_value_is_given(statement: str, sign: str) -> None:
    assert [help for _, help in told(IN_FLOW % statement.format(sign))] == [GIVEN[statement]]


@pytest.mark.parametrize("sign", [*SIGNS[:-1], "="])
@pytest.mark.parametrize("statement", NAMED)
def test_where_something_is_named(statement: str, sign: str) -> None:
    assert [help for _, help in told(IN_FLOW % statement.format(sign))] == [NAMED[statement]]


@pytest.mark.parametrize("sign", [*SIGNS, "="])
@pytest.mark.parametrize("option", OPTIONS)
def test_behind_an_option(option: str, sign: str) -> None:
    ((message, help),) = told(IN_AGENT % option.format(sign))
    assert message.startswith("no `")
    assert f"`{option.split(maxsplit=1)[0]} …`" in (help or "")


@pytest.mark.parametrize("sign", SIGNS[:-1])
@pytest.mark.parametrize("declaration", DECLARED)
def test_in_a_declaration(declaration: str, sign: str) -> None:
    found = told(TOOL + declaration.format(sign) + "\n")
    if sign == "<=" and declaration.startswith("fn"):  # a bound of the result, for all that can be known
        assert len(found) == 1
    else:
        assert [help for _, help in found] == [DECLARED[declaration]]


@pytest.mark.parametrize(
    "body",
    [
        "let f: int = 1  if f == 1 { return id }",
        "let f: { a: text } = { a: id }  if f.a == id { return id }",
        "var f: text  set f = id  if f == id { return id }",
        "let f = find_n(n <= 3)  if f { return id }",
        "let n = 2  let f = find_n(n == 3)  if f { return id }",
        "let n = 2  let f = n <-3  if f { return id }",
        "let f = { a:-1 }  if f.a <= 3 { return id }",
    ],
)
def test_what_is_right_is_left_alone(body: str) -> None:
    text = IN_FLOW.replace("flow main(id: text)", "fn find_n(b: bool) -> bool = b\nflow main(id: text, n: int)")
    text = text.replace(", n: int)", ")") if "let n" in body else text
    assert [message for message, _ in told(text % body) if "does not read" not in message] == []
