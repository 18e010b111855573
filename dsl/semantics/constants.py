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
from dsl.semantics.findings import InvalidType
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.types import is_whole
from dsl.values.validate import validate


def expect_constant(value: Expression, field: Field, wanted: Wanted, state: State, inference: Inference) -> None:
    """As `inference.expect`, and a constant is worked out and held against the bounds of `field`: unless these, or its
    type, are what is wrong."""
    findings = inference.facts.findings
    before = len(findings)
    inference.expect(value, wanted, state)
    if len(findings) > before or not is_whole(wanted.type) or not _is_constant(value):
        return
    types = {name: declared.type for name, declared in inference.facts.declarations.type_nodes.items()}
    problem = _problem_of(value, field, types)
    if problem is not None and not any(isinstance(found, InvalidType) and found.node is field for found in findings):
        inference.report(InvalidType(value, f"{wanted.role} does not hold: {problem}"))


def _is_constant(expression: Expression) -> bool:
    """Whether it has the same value everywhere. A type that is called is left to the run."""
    calls = [node for node in walk(expression) if isinstance(node, FunctionCall)]
    plain = all(call.function in FUNCTIONS and call.function not in ("now", "uuid") for call in calls)
    converts = any(argument.name == "or" for call in calls for argument in call.arguments)
    return plain and not converts and not names(expression)


def _problem_of(expression: Expression, field: Field, types: Mapping[str, Type]) -> str | None:
    """Why a constant of the right type is no value of `field`."""
    try:
        value = evaluate(expression, {}, CONSTANT)
    except EvaluationError as error:
        return f"it cannot be worked out: {error.message}"
    found = validate({field.name: value}, RecordType((field,)), types).problems
    return found[0].message if found else None
