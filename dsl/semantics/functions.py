"""Types of calls of built-in functions."""

from dsl.ast.expressions import Argument, FunctionCall
from dsl.semantics.arguments import Parameters, bind
from dsl.semantics.builtins import BUILTINS, Function, Given, accepted
from dsl.semantics.findings import MaybeNull, Mismatch, UnknownName, WrongKind
from dsl.semantics.inference import Inference
from dsl.semantics.state import State
from dsl.semantics.types import NULL, UNKNOWN, OptionalOf, Type, required, structure


def function_call(node: FunctionCall, state: State, inference: Inference) -> Type:
    for argument in node.arguments:
        inference.infer(argument.value, state)
    function = BUILTINS.get(node.function)
    if function is None:
        _unknown(node, inference)
        return UNKNOWN
    before = len(inference.facts.findings)
    given = _given(node, function, inference)
    for parameter in function.parameters:
        if parameter.name in given.expressions:
            _judge(node, parameter.name, function, given, inference)
    sound = len(inference.facts.findings) == before and _complete(function, given)
    return function.result(given) if sound else UNKNOWN


def _unknown(node: FunctionCall, inference: Inference) -> None:
    declarations = inference.facts.declarations
    declared = declarations.kind_of(node.function)
    if declared is not None:
        inference.report(WrongKind(node, node.function, f"a {declared[0]}", "a built-in function", declared[1]))
    elif not declarations.excused(node.function):
        inference.report(UnknownName(node, "function", node.function, tuple(BUILTINS)))


def _given(node: FunctionCall, function: Function, inference: Inference) -> Given:
    names = [parameter.name for parameter in function.parameters]
    needed = frozenset(parameter.name for parameter in function.parameters if parameter.required)
    parameters = Parameters(node.function, names, needed, function.variadic)
    bound: dict[str, Argument] = bind(node, node.arguments, parameters, inference)
    types = {name: structure(required(inference.facts.type_of(argument.value))) for name, argument in bound.items()}
    more = [argument for argument in node.arguments[len(names) :] if argument.name is None] if function.variadic else []
    return Given(
        types,
        {name: argument.value for name, argument in bound.items()},
        tuple(structure(required(inference.facts.type_of(argument.value))) for argument in more),
    )


def _judge(node: FunctionCall, name: str, function: Function, given: Given, inference: Inference) -> None:
    shape = next(parameter.shape for parameter in function.parameters if parameter.name == name)
    expression = given.expressions[name]
    found = inference.facts.type_of(expression)
    role = f"`{name}` of `{node.function}`"
    if not shape.nullable and (isinstance(found, OptionalOf) or found == NULL):
        inference.report(MaybeNull(expression, role))
    elif not accepted(shape, found, given):
        inference.report(Mismatch(expression, role, shape.words, found))


def _complete(function: Function, given: Given) -> bool:
    return all(parameter.name in given.types for parameter in function.parameters if parameter.required)
