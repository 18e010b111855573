"""Which argument goes to which parameter, the same for calls and for functions; and calls of what the file declares."""

from collections.abc import Sequence

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.expressions import Argument, Binary, Expression, Name, Unary
from dsl.ast.node import Node
from dsl.ast.statements import Call
from dsl.dataclass import dataclass, replace
from dsl.semantics.constants import expect_constant
from dsl.semantics.findings import ArgumentProblem, BadArgument, Mismatch, UnknownName, WrongKind
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.symbols import Signature
from dsl.semantics.types import BOOL, INT, JSON, TEXT, UNKNOWN, Enum


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is called, as a message names it, and its parameters in order; `variadic` takes more after the last."""

    callee: str
    names: Sequence[str]
    required: frozenset[str]
    variadic: bool = False
    declared: Node | None = None
    key: str | None = None


def bind(
    node: Node, arguments: Sequence[Argument], parameters: Parameters, inference: Inference
) -> dict[str, Argument]:
    """The arguments by parameter; what cannot be placed is reported and left out."""
    bound: dict[str, Argument] = {}
    named = False
    for position, argument in enumerate(arguments):
        name = _place(argument, position, named, parameters, inference)
        named = named or argument.name is not None
        if name in bound:
            _report(inference, argument, parameters, "twice", name or "")
        elif name is not None:
            bound[name] = argument
    placed = len(bound) == len(arguments)
    missing = [name for name in parameters.names if name in parameters.required and name not in bound]
    if missing and placed:
        _report(inference, node, parameters, "missing", missing[0] if len(missing) == 1 else "`, `".join(missing))
    return bound


def _place(argument: Argument, position: int, named: bool, parameters: Parameters, inference: Inference) -> str | None:
    if argument.name is None:
        if named:
            _report(inference, argument, parameters, "positional after named", "")
        elif position < len(parameters.names):
            name = parameters.names[position]
            if name != parameters.key:
                return name
            _report(inference, argument, parameters, "key", name)
        elif not parameters.variadic:
            _report(inference, argument, parameters, "too many", "")
        return None
    if argument.name == parameters.key:
        _report(inference, argument, parameters, "key", argument.name)
    elif argument.name not in parameters.names:
        _report(inference, argument, parameters, "unknown", argument.name)
    else:
        return argument.name
    return None


def _report(inference: Inference, node: Node, parameters: Parameters, reason: ArgumentProblem, name: str) -> None:
    known = tuple(parameters.names)
    finding = BadArgument(node, parameters.callee, reason, name, known, parameters.declared)
    inference.report(finding)


def call(node: Call, state: State, inference: Inference) -> Signature | None:
    """Check a call of a tool, agent or flow. Arguments are looked at in any case, so that their names count as used."""
    signature = callee(node, node.target, inference)
    if signature is None:
        for argument in node.arguments:
            inference.infer(argument.value, state)
        return None
    inference.facts.callees[id(node)] = signature
    if signature.damaged:
        for argument in node.arguments:
            inference.infer(argument.value, state)
        return signature
    arguments = [_as_meant(each, at, signature, inference) for at, each in enumerate(node.arguments)]
    bound = bind(node, arguments, _parameters(signature), inference)
    inference.facts.arguments[id(node)] = {name: argument.value for name, argument in bound.items()}
    fields = {field.name: field for field in signature.node.parameters}
    types = {member.name: member.type for member in signature.parameters}
    for name, argument in bound.items():
        wanted = Wanted(types[name], f"argument `{name}` of `{signature.name}`", fields.get(name))
        if name in fields:
            expect_constant(argument.value, fields[name], wanted, state, inference)
        else:
            inference.expect(argument.value, wanted, state)
    for argument in arguments:
        if argument not in bound.values():
            inference.infer(argument.value, state)
    return signature


def _as_meant(argument: Argument, position: int, signature: Signature, inference: Inference) -> Argument:
    """`find(n == 3)` and `find(n <- 3)` where no comparison can stand: `n: 3`."""
    value, members = argument.value, signature.parameters
    if argument.name is not None or not isinstance(value, Binary) or not isinstance(value.left, Name):
        return argument
    name, right = value.left.name, value.right
    if position < len(members) and members[position].type in (BOOL, JSON, UNKNOWN):
        return argument
    if value.operator == "<" and isinstance(right, Unary):
        right = right.operand
    elif value.operator not in ("==", "<="):
        return argument
    if name not in [each.name for each in members]:
        return argument
    _report(inference, argument, _parameters(signature), "sign", name)
    return replace(argument, name=name, value=right)


def lock(by: Expression, state: State, inference: Inference) -> None:
    """What `exclusive` tells locks apart by: something that has one text."""
    found = inference.infer(by, state)
    if not isinstance(found, Enum) and found not in (TEXT, INT, UNKNOWN):
        reason = "locks are told apart by a text or a whole number"
        inference.report(Mismatch(by, "`exclusive by`", "a text or an `int`", found, reason))


def callee(node: Node, target: str, inference: Inference) -> Signature | None:
    """What a call or a `use` names."""
    declarations = inference.facts.declarations
    found = declarations.callees.get(target)
    if found is not None:
        return found
    other = declarations.kind_of(target)
    if other is not None:
        inference.report(WrongKind(node, target, f"a {other[0]}", "a tool, an agent or a flow", other[1]))
    elif not declarations.excused(target):
        known = tuple(declarations.callees)
        inference.report(UnknownName(node, "tool, agent or flow", target, known))
    return None


def _parameters(signature: Signature) -> Parameters:
    """The parameter that takes the idempotency key keeps its place, but it is filled in by the machine."""
    key = signature.node.key if isinstance(signature.node, ToolDeclaration) else None
    return Parameters(
        callee=signature.name,
        names=[member.name for member in signature.parameters],
        required=frozenset(member.name for member in signature.parameters if member.required and member.name != key),
        declared=signature.node,
        key=key,
    )
