"""`budget.left`: a record of what is left, with a field for each unit that a budget of this flow limits there.

A unit that none limits is no field, so what is left is never null. What the run was lent by others may be less than
what its own budgets have left; it counts, but it gives no field, because the text does not say that there is any.
"""

from dsl.ast.expressions import Get, Name
from dsl.ast.left import UNITS
from dsl.semantics.findings import UnknownField
from dsl.semantics.inference import Inference
from dsl.semantics.state import State
from dsl.semantics.types import DECIMAL, DURATION, INT, UNKNOWN, Member, Record, Type

LEFT = "budget.left"
_TYPES = {"usd": DECIMAL, "tokens": INT, "calls": INT, "iterations": INT, "time": DURATION}


def is_budget(node: Get, state: State, inference: Inference) -> bool:
    """Whether it is a field of `budget`, where no name of the flow is called so."""
    subject = node.subject
    ours = isinstance(subject, Name) and subject.name == "budget" and state.limited is not None
    return ours and "budget" not in state.names and "budget" not in inference.defined


def field_of(node: Get, state: State, inference: Inference) -> Type:
    members = tuple(Member(unit, _TYPES[unit]) for unit in UNITS if unit in (state.limited or ()))
    left = Record(members, LEFT)
    if node.name == "left":
        inference.facts.left[id(node)] = tuple(each.name for each in members)
        return left
    inference.report(UnknownField(node, node.name, Record((Member("left", left),), "budget"), ("left",)))
    return UNKNOWN
