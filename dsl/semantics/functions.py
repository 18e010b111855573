"""Types of calls of built-in functions, and of types that are called: the conversions out of `json` and `text`."""

from dsl.ast.expressions import Argument, Expression, FunctionCall
from dsl.semantics import computed_maps, conversations
from dsl.semantics.arguments import Parameters, bind
from dsl.semantics.builtins import BUILTINS, accepted
from dsl.semantics.facts import Cast
from dsl.semantics.findings import MaybeNull, Mismatch, UnknownName, WrongKind
from dsl.semantics.fit import NUMERIC, join, misfit
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.operators import as_item_of
from dsl.semantics.state import State
from dsl.semantics.symbols import Signature
from dsl.semantics.taken import Function, Given, Shape
from dsl.semantics.types import (
    BASIC_TYPES,
    DURATION,
    INT,
    JSON,
    NULL,
    TEXT,
    UNKNOWN,
    Conversation,
    Enum,
    ListOf,
    OptionalOf,
    Type,
    holds_conversation,
    members,
    required,
    spelled,
    structure,
)
from dsl.semantics.widening import changes

OTHERWISE = "or"
"""What says what a conversion gives where the value does not fit."""
_CALLED = frozenset({"bool", "time", "duration"})
"""The basic types that no function converts to."""
_NUMBERS = frozenset({"int", "number", "decimal"})


def function_call(node: FunctionCall, state: State, inference: Inference) -> Type:
    if node.function == conversations.TRANSCRIPT:
        return conversations.transcript(node, state, inference)
    declared = inference.facts.declarations.functions.get(node.function)
    if declared is not None:
        return _declared(node, declared, state, inference)
    for argument in node.arguments:
        inference.infer(argument.value, state)
    target = _type_called(node, inference)
    if target is not None:
        return _conversion(node, target, inference)
    function = BUILTINS.get(node.function)
    if function is not None:
        return _built_in(node, function, inference)
    _unknown(node, inference)
    return UNKNOWN


def _built_in(node: FunctionCall, function: Function, inference: Inference) -> Type:
    before = len(inference.facts.findings)
    given = _given(node, function, inference)
    for parameter in function.parameters:
        if parameter.name in given.expressions:
            expression, role = given.expressions[parameter.name], f"`{parameter.name}` of `{node.function}`"
            if computed_maps.is_computed(node):
                role = computed_maps.role(node, expression)
            _judge(expression, role, parameter.shape, given, inference)
    if function.more is not None:
        for argument in _more(node, function):
            _judge(argument.value, f"`{node.function}`", function.more, given, inference)
    if len(inference.facts.findings) > before or not _complete(function, given):
        return UNKNOWN
    result = function.result(given)
    if node.function in ("len", "last") and isinstance(given.types[function.parameters[0].name], Conversation):
        return conversations.of_conversation(node, given, result, inference)
    if isinstance(result, ListOf) and result.at_most is None and UNKNOWN in given.types.values():
        return UNKNOWN  # of what is not known it is not known either how many items it holds
    _in_one_form(node, function, given, result, inference)
    return result


def _declared(node: FunctionCall, signature: Signature, state: State, inference: Inference) -> Type:
    inference.facts.callees[id(node)] = signature
    if signature.damaged:
        for argument in node.arguments:
            inference.infer(argument.value, state)
        return UNKNOWN
    names = [member.name for member in signature.parameters]
    needed = frozenset(member.name for member in signature.parameters if member.required)
    parameters = Parameters(node.function, names, needed, declared=signature.node)
    bound = bind(node, node.arguments, parameters, inference)
    inference.facts.arguments[id(node)] = {name: argument.value for name, argument in bound.items()}
    types = {member.name: member.type for member in signature.parameters}
    fields = {field.name: field for field in signature.node.parameters}
    for name, argument in bound.items():
        wanted = Wanted(types[name], f"argument `{name}` of `{node.function}`", fields.get(name))
        inference.expect(argument.value, wanted, state)
    for argument in node.arguments:
        if argument not in bound.values():
            inference.infer(argument.value, state)
    return signature.returns


def _type_called(node: FunctionCall, inference: Inference) -> Type | None:
    """The type that this converts to; None when it is a function."""
    name = node.function
    if name in _CALLED or (name in _NUMBERS and any(each.name == OTHERWISE for each in node.arguments)):
        return BASIC_TYPES[name]
    return None if name in BUILTINS else inference.facts.declarations.types.get(name)


def _conversion(node: FunctionCall, target: Type, inference: Inference) -> Type:
    parameters = Parameters(node.function, ["value", OTHERWISE], frozenset({"value"}))
    bound = bind(node, node.arguments, parameters, inference)
    if "value" not in bound:
        return target
    value, otherwise = bound["value"].value, bound[OTHERWISE].value if OTHERWISE in bound else None
    inference.facts.casts[id(node)] = Cast(node.function, OTHERWISE)
    found = inference.facts.type_of(value)
    bare = structure(required(found))
    if (found == NULL or isinstance(found, OptionalOf)) and otherwise is None:
        inference.report(MaybeNull(value, f"`{node.function}(…)`"))
    elif found != NULL and not _may_become(bare, target):
        inference.report(Mismatch(value, f"`{node.function}(…)`", "json or a text", found))
    return target if otherwise is None else _otherwise(node, target, otherwise, inference)


def _may_become(found: Type, target: Type) -> bool:
    if holds_conversation(found):
        return False
    if found in (JSON, TEXT, UNKNOWN) or isinstance(found, Enum):
        return True
    return misfit(found, target) is None or (found in NUMERIC and structure(target) in NUMERIC)


def _otherwise(node: FunctionCall, target: Type, otherwise: Expression, inference: Inference) -> Type:
    found = inference.facts.type_of(otherwise)
    joined = join(target, found)
    if joined is None:
        inference.report(Mismatch(otherwise, f"`or` of `{node.function}`", spelled(target), found))
        return target
    inference.widen(otherwise, found, joined)
    inference.widen(node, target, joined)
    return joined


def _unknown(node: FunctionCall, inference: Inference) -> None:
    declarations = inference.facts.declarations
    declared = declarations.kind_of(node.function)
    if declared is not None:
        inference.report(WrongKind(node, node.function, f"a {declared[0]}", "a function or a type", declared[1]))
    elif not declarations.excused(node.function):
        known = (*BUILTINS, conversations.TRANSCRIPT, *_CALLED, *declarations.functions, *declarations.type_nodes)
        inference.report(UnknownName(node, "function", node.function, known))


def _given(node: FunctionCall, function: Function, inference: Inference) -> Given:
    names = [parameter.name for parameter in function.parameters]
    needed = frozenset(parameter.name for parameter in function.parameters if parameter.required)
    parameters = Parameters(node.function, names, needed, function.more is not None)
    bound: dict[str, Argument] = bind(node, node.arguments, parameters, inference)
    types = {name: structure(required(inference.facts.type_of(argument.value))) for name, argument in bound.items()}
    return Given(
        types,
        {name: argument.value for name, argument in bound.items()},
        tuple(structure(required(inference.facts.type_of(each.value))) for each in _more(node, function)),
    )


def _more(node: FunctionCall, function: Function) -> list[Argument]:
    """The arguments beyond the last parameter."""
    if function.more is None:
        return []
    return [argument for argument in node.arguments[len(function.parameters) :] if argument.name is None]


def _judge(expression: Expression, role: str, shape: Shape, given: Given, inference: Inference) -> None:
    found = inference.facts.type_of(expression)
    if (isinstance(found, OptionalOf) or found == NULL) and not shape.nullable(given):
        inference.report(MaybeNull(expression, role))
    elif not accepted(shape, found, given):
        inference.report(Mismatch(expression, role, shape.words, found))


def _complete(function: Function, given: Given) -> bool:
    return all(parameter.name in given.types for parameter in function.parameters if parameter.required)


def _in_one_form(node: FunctionCall, function: Function, given: Given, result: Type, inference: Inference) -> None:
    """Where what a function gives is put together from values of several types, each becomes one of the result's."""
    if given.more:
        for argument in node.arguments:
            inference.widen(argument.value, structure(inference.facts.type_of(argument.value)), result)
    elif node.function == "sum":
        _sum(node, given, result, inference)
    elif node.function == "contains" and isinstance(whole := given.types["value"], ListOf):
        as_item_of(given.expressions["part"], given.expressions["value"], whole, inference)
    elif node.function == "merge":
        for name, given_ in given.expressions.items():
            inference.widen(given_, given.types[name], result)
    elif node.function == "values" and isinstance(result, ListOf):
        for member in (members(given.types["value"]) or {}).values():
            if changes(member.type, result.item):
                inference.widen(node, ListOf(member.type), result)
                break


def _sum(node: FunctionCall, given: Given, result: Type, inference: Inference) -> None:
    """The sum of nothing is of the kind of the items too."""
    start = given.expressions.get("start")
    if start is not None:
        inference.widen(start, given.types["start"], result)
    elif result == DURATION:
        inference.facts.sums_of_durations.add(id(node))
    else:
        inference.widen(node, INT, result)
