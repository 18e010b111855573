"""Who is asked, and for how long."""

from typing import Literal as OneOf

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Group(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Person(Node):
    value: Expression


@dataclass(frozen=True, slots=True)
class ChosenGroup(Node):
    """`group EXPR`: one of `groups`, which are all values of the type that `EXPR` has. They stand in a sealed
    definition only, so that whoever has it knows who may be asked."""

    value: Expression
    groups: tuple[str, ...] = ()


FromData = ChosenGroup | Person
"""Whom data names."""
Whom = Group | ChosenGroup | Person


@dataclass(frozen=True, slots=True)
class Stage(Node):
    """`from 2 of "a", "b" except requester timeout 12h then reject`.

    `required` distinct persons of the union must agree; with `all_of` one of each. With `verified` only signed answers
    count whose key the worker knows. `timeout` and `outcome` are None only in a text that does not pass the check.
    With a `chosen_timeout`, a duration, or `chosen_required` the number beside it is the most that that can be.
    """

    whom: tuple[Whom, ...]
    required: int = 1
    all_of: bool = False
    except_requester: bool = False
    timeout: int | None = None
    outcome: OneOf["ask", "approve", "reject", "fail"] | None = None
    verified: bool = False
    chosen_timeout: Expression | None = None
    chosen_required: Expression | None = None
