"""The review of one flow of a file that passed the check."""

from dataclasses import replace

from dsl.analysis import Analysis
from dsl.definition.seal import Sealed
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
    analysis: Analysis, sealed: Sealed, plan: Plan, models: Models = TABLE, approved: Approved | None = None
) -> Review:
    """`plan` is that of the same flow; `approved` what is known of the version that was last signed, whose changes
    need no places."""
    reached = Reached(analysis, frozenset(sealed.source_map["declarations"]))
    flow = next(each for each in reached.flows if each.name == sealed.flow)
    effects = Effects(reached)
    written = tuple(effects.written())
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
        None
        if approved is None
        else replace(approved, changes=tuple(_placed(each, reached) for each in approved.changes)),
    )


def _placed(change: Change, reached: Reached) -> Change:
    """With its line in the text as it is now."""
    found = (each for each in reached.declared if each.name == change.name)
    node = next(found, None) if change.how != "removed" else None
    return change if node is None else replace(change, place=reached.place(node))
