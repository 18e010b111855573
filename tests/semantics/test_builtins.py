"""The static signatures of built-in functions are those of the functions."""

import pytest

from dsl.expressions.functions import FUNCTIONS
from dsl.semantics.builtins import BUILTINS


def test_there_are_the_same_functions() -> None:
    assert BUILTINS.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_they_take_the_same_arguments(name: str) -> None:
    static, function = BUILTINS[name], FUNCTIONS[name]
    assert tuple(parameter.name for parameter in static.parameters) == function.parameters
    assert sum(parameter.required for parameter in static.parameters) == function.required
    assert (static.more is not None) == function.variadic
