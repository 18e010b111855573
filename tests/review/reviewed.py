"""What the tests of reports share: the review of a text, at prices that stay."""

from decimal import Decimal
from pathlib import Path

from dsl.analysis import Analysis, analyse
from dsl.definition.seal import Sealed, seal
from dsl.linking.files import files_of
from dsl.planning.plan import Planner
from dsl.review.model import Review
from dsl.review.review import review
from dsl.source import Source


def checked(text: str, name: str = "some.flow", flow: str | None = None) -> tuple[Analysis, Sealed] | None:
    """None for what does not pass the check, or has no such flow."""
    analysis = analyse(Source(name, text), files=files_of(name))
    named = flow or (analysis.main_flow.name if analysis.main_flow is not None else None)
    if not analysis.ok or named is None:
        return None
    return analysis, seal(analysis.facts, analysis.source, named, gates=analysis.gates, spends=analysis.spends)


def reviewed(text: str, name: str = "some.flow", flow: str | None = None) -> Review | None:
    found = checked(text, name, flow)
    if found is None:
        return None
    analysis, sealed = found
    plan = Planner(analysis, lambda model: Decimal("0.00001")).plan(sealed.flow)
    return review(analysis, sealed, plan)


def of_file(path: Path, name: str) -> Review:
    found = reviewed(path.read_text(encoding="utf-8"), name)
    assert found is not None, path
    return found
