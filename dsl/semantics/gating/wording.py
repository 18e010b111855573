"""The gate of a call, worded for the place of its approval, where its arguments are evaluated and shown.

The rounds between the two are said with it, so that the question can list every call with all its arguments together.
A filter is kept where everything that it reads is known by then; otherwise the list is gone through whole, and what the
filter leaves out is listed and not done. What the approval answers stays, and is shown as such.
"""

from collections.abc import Mapping

from dsl.ast.expressions import Argument, Expression
from dsl.ast.statements import GatedCall, GateRound, Step
from dsl.dataclass import replace
from dsl.expressions.names import names
from dsl.semantics.gating.readings import Readings
from dsl.semantics.gating.terms import Rounds, Term, Terms


def worded(
    step: Step, arguments: Mapping[str, Expression], inner: tuple[Rounds, ...], readings: Readings, terms: Terms
) -> GatedCall:
    """For arguments that are covered and rounds that are in their chain."""
    said = tuple(Argument(name, _given(readings.said(terms.of(value)))) for name, value in arguments.items())
    rounds = tuple(GateRound(each.variable, _given(source_of(each, readings, terms))) for each in inner)
    return GatedCall(replace(step.call, arguments=said), rounds)


def source_of(round_: Rounds, readings: Readings, terms: Terms) -> Expression | None:
    """The list that a round goes over, with as many of its filters as can be said without the answer."""
    term: Term | None = terms.of(round_.source)
    found: Expression | None = None
    while term is not None:
        found = readings.said(term)
        if found is not None and readings.approval.name not in names(found):
            return found
        term = terms.narrower(term)
    return found


def _given(expression: Expression | None) -> Expression:
    assert expression is not None
    return expression
