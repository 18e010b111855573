"""Which kinds of errors come out of statements: what tools declare, what flows fail with, and what takes them."""

import pytest

from dsl.ast.declarations import FlowDeclaration
from dsl.semantics.raised import Raised, Raising
from tests.semantics.reading import facts_of

HEAD = """tool look(x: text) -> text read { errors Gone, Busy }
tool free(x: text) -> text read
tool post(x: text) write keyed final { errors Full }
flow fails() { fail { kind: "Mine", message: "m" } }
flow looks(x: text) { step look(x) }
flow takes(x: text) { try { step look(x) } on error Gone { } }
flow one(x: text) depth 3 { step look(x) step other(x) }
flow other(x: text) { fail { kind: "Other", message: "m" } step one(x) }
"""
MINE = '{ kind: "Mine", message: "m" }'
COMES = [
    ("let y = x", set(), False),
    ("step look(x)", {"Gone", "Busy"}, False),
    ("step free(x)", set(), False),
    ("step nobody(x)", set(), True),
    ("step look(x) step post(x)", {"Gone", "Busy", "Full"}, False),
    (f"fail {MINE}", {"Mine"}, False),
    ('fail "m"', set(), False),
    ("fail x", set(), True),
    ('fail { kind: x, message: "m" }', set(), True),
    ('fail { kind: if c then "A" else "B", message: "m" }', {"A", "B"}, False),
    ('fail { kind: if c then "A" else x, message: "m" }', {"A"}, True),
    (f"fail if c then {MINE} else x", {"Mine"}, True),
    ("step looks(x)", {"Gone", "Busy"}, False),
    ("step looks(x) { detached }", set(), False),
    ("step takes(x)", {"Busy"}, False),
    ("step one(x)", {"Gone", "Busy", "Other"}, False),
    ("step other(x)", {"Gone", "Busy", "Other"}, False),
    ("if c { step look(x) } else { step post(x) }", {"Gone", "Busy", "Full"}, False),
    ("for y in [x] { step look(y) }", {"Gone", "Busy"}, False),
    ("try { step look(x) } on error { }", set(), False),
    ("try { step look(x) } on error Gone { }", {"Busy"}, False),
    ("try { step look(x) } on error Gone, Busy { }", set(), False),
    ("try { step look(x) } on error Gone { } on error Busy { }", set(), False),
    ("try { step look(x) } on error e if c { }", {"Gone", "Busy"}, False),
    (f"try {{ step look(x) }} on error {{ fail {MINE} }}", {"Mine"}, False),
    ("try { step post(x) } on error { }", {"Full"}, False),
    ("try { step nobody(x) } on error Gone { }", set(), True),
    ("try { let y = x } on error { } finally { step look(x) }", set(), False),
    ("parallel { step look(x) branch b { step post(x) } }", {"Gone", "Busy", "Full"}, False),
    ("parallel keep going { step look(x) branch b { step post(x) } }", set(), False),
    ("parallel for y in [x] up to 2 { step look(y) }", {"Gone", "Busy"}, False),
    ("parallel for y in [x] up to 2 keep going { step look(y) }", set(), False),
    ("race as r { branch a { step look(x) } branch b { step free(x) } }", set(), False),
    (
        "loop budget 3 iterations { step look(x) until c } on exhausted { step post(x) }",
        {"Gone", "Busy", "Full"},
        False,
    ),
    (
        "loop budget 3 iterations every 1h keep going { step look(x) until c } on exhausted { step post(x) }",
        {"Full"},
        False,
    ),
    ("loop budget 3 iterations every 1h keep going { step look(x) until c } on exhausted { }", set(), False),
]


@pytest.mark.parametrize(("body", "kinds", "is_open"), COMES, ids=[body for body, _, _ in COMES])
def test_what_comes_out(body: str, kinds: set[str], is_open: bool) -> None:
    facts = facts_of(f"{HEAD}\nflow main(x: text, c: bool) {{ {body} }}")
    (flow,) = [each for each in facts.all(FlowDeclaration) if each.name == "main"]
    assert flow.body.statements
    assert id(flow) not in facts.partly_read, body
    assert Raising(facts).of(flow.body) == Raised(frozenset(kinds), open=is_open)


def test_what_could_not_be_read_may_raise_anything() -> None:
    facts = facts_of(
        "flow good_too() { }\nflow good() { step good_too() }\nflow main() { step bad() }\nflow bad() {\nlet = 1\n}"
    )
    flows = {each.name: each for each in facts.all(FlowDeclaration)}
    found = Raising(facts)
    assert [found.of(flows[name].body).open for name in ("main", "good")] == [True, False]
