"""What a mark is the same as, its parts, what is left of it where it is called, and calls that need a gate."""

from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import walk
from dsl.ast.statements import Step
from dsl.ast.types import Field
from dsl.semantics.gating.gates import ungated
from dsl.semantics.provenance.marks import ALL, ANY, DEEPEST, SPINE, Answered, Given, Mark, Sensitive, joined, known
from dsl.source import Source
from tests.semantics.marked import sources, told

PAY = 'edition 1\ntool pay(x: int) irreversible keyed { compensate none "paid is paid" }\n'


def steps(text: str) -> list[Step]:
    return [node for node in walk(analyse(Source("case", text)).module) if isinstance(node, Step)]


def test_an_answer_is_known_by_where_it_was_given() -> None:
    one, other = steps(f"{PAY}flow main() {{ step a = pay(x: 1) step b = pay(x: 1) }}")
    assert one.call == other.call
    assert Answered.by(one.call, one) != Answered.by(other.call, other)
    assert Answered((1, 2), one.call, one) == Answered((1, 2), other.call, other), "what it is, not what it looks like"
    assert hash(Answered((1, 2), one.call, one)) == hash(Answered((1, 2), other.call, other))


def test_a_call_that_nothing_opens_is_told() -> None:
    analysis = analyse(Source("case", f"{PAY}flow main() -> int {{ step pay(x: 1) return 1 }}"))
    (flow,) = analysis.facts.all(FlowDeclaration)
    assert [tried for _, tried in ungated(flow, analysis.facts)] == [[]]


def given(*names: str) -> frozenset[Any]:
    """`a.x` is field `x` of what parameter `a` was given."""
    return frozenset(Given(name.split(".")[0], tuple(name.split(".")[1:])) for name in names)


RECORD = Mark(given("a"), {"x": Mark(given("b")), "y": Mark(fields={"z": Mark(given("c.d"))})})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "a {x: b, y: - {z: c.d}}"),
        (("x",), "a.x, b"),
        (("y",), "a.y {z: c.d}"),
        (("y", "z"), "a.y.z, c.d"),
        (("y", "other"), "a.y.other"),
        (("other",), "a.other"),
        ((ANY,), "a.*, b {z: c.d}"),
        ((SPINE,), "a.#"),
        ((SPINE, "x"), "a.#"),
        ((ALL,), "a.**, b.**, c.d.**"),
        ((ALL, "x"), "a.**, b.**, c.d.**"),
        (("x", ALL), "a.x.**, b.**"),
    ],
)
def test_a_part_of_a_mark(path: tuple[str, ...], expected: str) -> None:
    assert told(RECORD.at(path)) == expected


def test_all_that_a_value_depends_on_is_a_part_of_nothing() -> None:
    """What is worked out of a whole record depends on each of its fields, whichever field of that is looked at."""
    assert sources(RECORD.all()) == "a.**, b.**, c.d.**"
    assert told(Mark(RECORD.all()).part("x")) == "a.**, b.**, c.d.**"


def test_fields_are_told_apart_to_a_depth() -> None:
    one = Given("a")
    for _ in range(DEEPEST):
        one = one.part("x")
    assert one.path == ("x",) * DEEPEST
    assert one.part("x").path == (*one.path, ALL)
    assert one.part("x").part("y") == one.part("x")
    deep = Mark(given("end"))
    for _ in range(DEEPEST + 2):
        deep = Mark(fields={"x": deep})
    depth, at = 0, joined((deep, Mark(given("b"))))
    while at.fields:
        depth, at = depth + 1, at.fields["x"]
    assert depth == DEEPEST
    assert sources(at.sources) == "end.**"


def test_sources_are_added_and_joined() -> None:
    one = Mark(given("a"))
    assert one.and_(given("a")) is one
    assert told(one.and_(given("b"))) == "a, b"
    assert told(RECORD.and_(given("e"))) == "a, e {x: b, y: - {z: c.d}}"
    other = Mark(given("e"), {"x": Mark(given("f")), "w": Mark(given("g"))})
    assert told(joined((RECORD, other, one))) == "a, e {w: g, x: b, f, y: - {z: c.d}}"
    assert told(joined(())) == "-"


def test_what_is_sensitive_of_a_class_is_left_out() -> None:
    (field, *_) = analyse(Source("case", f"{PAY}flow main(a: text, b: text) {{ }}")).facts.nodes[Field]
    health, money = Sensitive("health", 1, field), Sensitive("money", 2, field)
    step, *_ = steps(f"{PAY}flow main() {{ step a = pay(x: 1) }}")
    answered = Answered.by(step.call, step)
    mark = Mark(frozenset({health, money, Given("a", ("x",))}), {"y": Mark(frozenset({health, Given("b")}))})
    assert told(mark.and_(frozenset({answered})).without(frozenset({"health", "money"}))).startswith("a.x but")
    assert answered in mark.and_(frozenset({answered})).without(frozenset({"health"})).sources
    assert mark.without(frozenset()) is mark
    less = mark.without(frozenset({"health"}))
    assert told(less) == "a.x but health, sensitive money {y: b but health}"
    assert told(less.without(frozenset({"money"}))) == "a.x but health but money {y: b but health but money}"
    assert less.sources >= {money}
    (one,) = given("a")
    closed = Given("a", (), frozenset({"health"})).part("x")
    assert (closed.path, closed.without) == (("x",), {"health"})
    assert one != Given("a", (), frozenset({"health"}))


def test_what_is_sensitive_is_known_by_where_it_is_declared() -> None:
    one, other, *_ = analyse(Source("case", "edition 1\nflow main(a: text, b: text) { }")).facts.nodes[Field]
    assert Sensitive("health", 1, one) == Sensitive("health", 1, other)
    assert hash(Sensitive("health", 1, one)) == hash(Sensitive("health", 1, other))
    assert Sensitive("health", 1, one) != Sensitive("health", 2, one)


def test_a_mark_of_what_is_called_is_one_of_what_it_is_given() -> None:
    called = Mark(given("p.x", "other"), {"k": Mark(given("p"))})
    filled = known(called, {"p": Mark(given("a"), {"x": Mark(given("b")), "y": Mark(given("c"))})})
    assert told(filled) == "a.x, b {k: a {x: b, y: c}}"
    health = Sensitive("health", 1, analyse(Source("case", f"{PAY}flow main() {{ }}")).facts.nodes[Field][0])
    less = Mark(frozenset({Given("p", (), frozenset({"health"}))}))
    assert told(known(less, {"p": Mark(frozenset({health, Given("a")}))})) == "a but health"
    assert known(Mark(frozenset({health})), {}) == Mark(frozenset({health})), "what is no parameter's stays"
