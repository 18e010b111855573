"""A flow that `requires approval`: its call is approved as an irreversible tool's is, so what it is given was seen.

Inside it, its parameters are as good as values that an approval shows, and a call that is made of them alone needs no
other. It is approved once, so such a call runs once, or once for each item of one list in its parameters; and a flow
that may come back to itself is not approved anew, so its calls need an approval of their own.
"""

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Literal, Name
from dsl.ast.statements import AwaitApproval
from dsl.semantics.call_graph import call_graph
from dsl.semantics.facts import Facts, Moment
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import UNKNOWN, ApprovalOf

ENTRANCE = "@"


def entrance(flow: FlowDeclaration, facts: Facts) -> Symbol | None:
    """The approval of the call of `flow`, as if it had been asked at its beginning; None where there is none."""
    if not flow.requires_approval or call_graph(facts).cycle(flow.name, frozenset()):
        return None
    if id(flow) not in facts.entrances:
        facts.entrances[id(flow)] = _made(flow, facts)
    node = facts.entrances[id(flow)]
    return Symbol(ENTRANCE, "approval", ApprovalOf(None, False), node)


def _made(flow: FlowDeclaration, facts: Facts) -> AwaitApproval:
    state = State()
    shown = []
    for field in flow.parameters:
        symbol = Symbol(field.name, "parameter", UNKNOWN, field)
        name = Name(field.name, span=field.span)
        facts.symbols[id(name)] = symbol
        state = state.define(symbol)
        shown.append(name)
    node = AwaitApproval(ENTRANCE, Literal("", span=flow.span), tuple(shown), None, None, (), span=flow.span)
    facts.moments[id(node)] = Moment(state, ())
    return node
