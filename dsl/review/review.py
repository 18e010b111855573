"""The review of one flow of a file that passed the check."""

from collections.abc import Sequence

from dsl.analysis import Analysis
from dsl.ast.address import addresses
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.dataclass import replace
from dsl.definition.seal import Sealed
from dsl.differences.changes import Change as Difference
from dsl.differences.wording import in_a_line, reason
from dsl.models.configured import TABLE, Models
from dsl.planning.plan import Plan
from dsl.review.contacts import contacts
from dsl.review.course import endings, ends, waits
from dsl.review.data import data
from dsl.review.effects import Effects
from dsl.review.model import Approved, Change, Review
from dsl.review.spending import spending
from dsl.review.text import Reached


def review(
    analysis: Analysis,
    sealed: Sealed,
    plan: Plan,
    models: Models = TABLE,
    approved: Approved | None = None,
    since: Sequence[Difference] = (),
) -> Review:
    """`plan` is that of the same flow; `approved` what is known of the version that was last signed, and `since` what
    has changed from there."""
    reached = Reached(analysis, frozenset(sealed.source_map["declarations"]))
    flow = next(each for each in reached.flows if each.name == sealed.flow)
    effects = Effects(reached)
    written = tuple(effects.written())
    if approved is not None and approved.changes is not None:
        approved = replace(approved, changes=tuple(_change(each, reached) for each in since))
    return Review(
        sealed.flow,
        sealed.hash,
        flow.doc,
        reached.place(flow),
        spending(reached, plan),
        tuple(effects.lasting()),
        written,
        data(reached),
        tuple(waits(reached)),
        tuple(endings(reached)),
        effects.left(written),
        contacts(reached, models),
        ends(reached, plan),
        approved,
    )


def _change(change: Difference, reached: Reached) -> Change:
    node = None if change.new is None else _node(change.new.name, change.new.at, reached)
    place = None if node is None else reached.place(node)
    return Change(change.of, change.name, in_a_line(change), change.weight, reason(change), place)


def _node(name: str, at: str | None, reached: Reached) -> Node | None:
    """Where it stands in the text as it is now."""
    declared = next((each for each in reached.declared if each.name == name), None)
    if at is None or not isinstance(declared, FlowDeclaration):
        return declared
    return addresses(declared).get(at, declared)
