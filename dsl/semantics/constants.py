"""What can be known of a value without running: a constant that breaks the bounds of its field, or has no value."""

from collections.abc import Mapping

from dsl.ast.expressions import Expression, FunctionCall
from dsl.ast.node import walk
from dsl.ast.types import Field, RecordType, Type
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions import FUNCTIONS
from dsl.expressions.names import names
from dsl.values.validate import validate


def is_constant(expression: Expression) -> bool:
    """Whether it has the same value everywhere. A type that is called is left to the run."""
    calls = [node for node in walk(expression) if isinstance(node, FunctionCall)]
    plain = all(call.function in FUNCTIONS and call.function not in ("now", "uuid") for call in calls)
    converts = any(argument.name == "or" for call in calls for argument in call.arguments)
    return plain and not converts and not names(expression)


def problem_of(expression: Expression, field: Field, types: Mapping[str, Type]) -> str | None:
    """Why a constant of the right type is no value of `field`."""
    try:
        value = evaluate(expression, {}, CONSTANT)
    except EvaluationError as error:
        return f"it cannot be worked out: {error.message}"
    found = validate({field.name: value}, RecordType((field,)), types).problems
    return found[0].message if found else None
