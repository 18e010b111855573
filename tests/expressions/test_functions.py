"""The built-in functions take the arguments that the check allows."""

import inspect

import pytest

from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions import FUNCTIONS
from dsl.semantics.builtins import BUILTINS
from tests.expressions.reading import expression


def test_the_check_knows_the_same_functions() -> None:
    assert set(FUNCTIONS) == set(BUILTINS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_check_knows_the_same_arguments(name: str) -> None:
    function, static = FUNCTIONS[name], BUILTINS[name]
    assert function.parameters == tuple(parameter.name for parameter in static.parameters)
    assert function.required == sum(parameter.required for parameter in static.parameters)
    assert function.variadic == (static.more is not None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_table_says_what_the_function_takes(name: str) -> None:
    function = FUNCTIONS[name]
    evaluation, *parameters = inspect.signature(function.apply).parameters.values()
    plain = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert evaluation.name == "evaluation"
    assert function.parameters == tuple(parameter.name for parameter in plain)
    assert function.required == sum(parameter.default is parameter.empty for parameter in plain)
    assert function.variadic == (len(plain) < len(parameters))


@pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, "x" * 39 + "…")])
def test_a_long_text_that_is_no_number_is_shown_in_part(length: int, shown: str) -> None:
    with pytest.raises(EvaluationError, match=f'^"{shown}" is not an int$'):
        evaluate(expression(f'int("{"x" * length}")'), {}, CONSTANT)
