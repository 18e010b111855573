"""A declared function where it is called: what it knows, what it costs, what it says when it fails."""

from typing import Any

import pytest

from dsl.ast.expressions import Apply, Argument, Binary, Comprehension, Expression, FunctionCall, Index, Literal, Name
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.names import names, weight
from dsl.expressions.values import Reference


def apply(body: Expression, **arguments: Expression) -> Apply:
    return Apply("f", tuple(Argument(name, value) for name, value in arguments.items()), body)


def test_it_knows_its_parameters_and_nothing_around_the_call() -> None:
    scope: dict[str, Any] = {"x": 1, "y": 2}
    assert evaluate(apply(Name("x"), x=Name("y")), scope, CONSTANT) == 2
    with pytest.raises(EvaluationError, match="in `f`: `y` has no value here"):
        evaluate(apply(Name("y"), x=Name("y")), scope, CONSTANT)


def test_its_parameters_hide_nothing_of_its_arguments() -> None:
    call = apply(Binary("-", Name("x"), Name("y")), x=Name("y"), y=Name("x"))
    assert evaluate(call, {"x": 1, "y": 10}, CONSTANT) == 9


def test_its_names_are_those_of_its_arguments() -> None:
    call = apply(Binary("+", Name("x"), Name("y")), x=Name("a"), y=Literal(1))
    assert names(call) == {"a"}
    assert names(Comprehension(call, "a", Name("xs"), None)) == {"xs"}


def test_a_reference_is_given_on_unseen() -> None:
    reference = Reference("a" * 64, 9)
    assert evaluate(apply(Name("x"), x=Name("a")), {"a": reference}, CONSTANT) is reference
    with pytest.raises(NeedsReference):
        evaluate(apply(FunctionCall("len", (Argument(None, Name("x")),)), x=Name("a")), {"a": reference}, CONSTANT)


def test_what_fails_in_it_says_where_and_keeps_its_kind() -> None:
    inner = apply(Index(Name("x"), Literal(3)), x=Name("x"))
    with pytest.raises(EvaluationError, match="in `f`: in `f`: there is no item 3") as caught:
        evaluate(apply(inner, x=Name("a")), {"a": [1]}, CONSTANT)
    assert caught.value.kind == "IndexOutOfRange"


def test_its_body_is_a_part_of_what_a_round_costs() -> None:
    body: Expression = Name("x")
    for _ in range(200):
        body = Binary("+", body, Literal(1))
    call = apply(body, x=Name("a"))
    assert weight(call) > 400
    with pytest.raises(EvaluationError, match="steps"):
        evaluate(Comprehension(call, "a", Name("xs"), None), {"xs": list(range(5_000))}, CONSTANT)
