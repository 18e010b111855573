"""Between which numbers a value lies, where its declaration says so and everything that gives it is held against that:
parameters of flows, values of the deployment, results of steps, events, and their fields. A list is never longer than
its type allows.

A record that the flow itself has made may break the bounds of its fields until it goes somewhere, so it tells nothing.
"""

from collections.abc import Mapping
from decimal import Decimal

from dsl.ast.expressions import Binary, Expression, FunctionCall, Get, Literal, Name, Unary
from dsl.ast.node import Node
from dsl.ast.types import Field
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts
from dsl.semantics.types import DECIMAL, INT, NUMBER, ListOf, Record, structure

_HELD = ("parameter", "config", "step", "event")
_MIRRORED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Range:
    """`said`: where it is declared; None of what is written out."""

    least: Decimal | None
    most: Decimal | None
    said: Node | None = None


def outcome(node: Binary, facts: Facts) -> tuple[bool, Node | None] | None:
    """What a comparison always comes out as, and the declaration that says so."""
    left, right = _range(node.left, facts), _range(node.right, facts)
    if left is None or right is None:
        return None
    truth = _holds(node.operator, left, right)
    return None if truth is None else (truth, left.said or right.said)


def _holds(operator: str, left: Range, right: Range) -> bool | None:
    match operator:
        case "<" | "<=":
            if left.most is not None and right.least is not None and _is(operator, left.most, right.least):
                return True
            never = left.least is not None and right.most is not None and not _is(operator, left.least, right.most)
            return False if never else None
        case ">" | ">=":
            return _holds(_MIRRORED[operator], right, left)
        case _:
            apart = _holds("<", left, right) or _holds(">", left, right)
            return operator == "!=" if apart else None


def _is(operator: str, one: Decimal, other: Decimal) -> bool:
    return one < other if operator == "<" else one <= other


def _range(expression: Expression, facts: Facts) -> Range | None:
    match expression:
        case Literal(value=bool()):
            return None
        case Literal(value=int() | Decimal() as value):
            return Range(Decimal(value), Decimal(value))
        case Unary(operator="-", operand=Literal(value=int() | Decimal() as value)):
            return Range(-Decimal(value), -Decimal(value))
        case FunctionCall(function="len", arguments=(argument,)) if facts.callee_of(expression) is None:
            found = structure(facts.type_of(argument.value))
            most = found.at_most if isinstance(found, ListOf) else None
            return None if most is None else Range(Decimal(0), Decimal(most))
        case Name() | Get() if facts.type_of(expression) in (INT, NUMBER, DECIMAL):
            return _declared(expression, facts)
        case _:
            return None


def _declared(expression: Name | Get, facts: Facts) -> Range | None:
    root: Expression = expression
    while isinstance(root, Get):
        root = root.subject
    symbol = facts.symbol_of(root) if isinstance(root, Name) else None
    if symbol is None or symbol.kind not in _HELD:
        return None
    field: Node | None = symbol.node
    if isinstance(expression, Get):
        owner = structure(facts.type_of(expression.subject))
        members = owner.members if isinstance(owner, Record) else ()
        field = next((each.declared for each in members if each.name == expression.name), None)
    bounded = isinstance(field, Field) and (field.at_least is not None or field.at_most is not None)
    return Range(field.at_least, field.at_most, field) if bounded and isinstance(field, Field) else None
