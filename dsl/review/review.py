"""The review of one flow of a file that passed the check."""

from dsl.analysis import Analysis
from dsl.definition.seal import Sealed
from dsl.models.configured import TABLE, Models
from dsl.planning.plan import Plan
from dsl.review.contacts import contacts
from dsl.review.course import endings, ends, waits
from dsl.review.data import data
from dsl.review.effects import Effects
from dsl.review.model import Approved, Review
from dsl.review.spending import spending
from dsl.review.text import Reached


def review(
    analysis: Analysis, sealed: Sealed, plan: Plan, models: Models = TABLE, approved: Approved | None = None
) -> Review:
    """`plan` is that of the same flow; `approved` what is known of the version that was last signed."""
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
        approved,
    )
