"""Pictures of texts and files, for tests."""

from functools import cache
from pathlib import Path

from dsl.analysis import analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.drawing.draw import draw
from dsl.drawing.picture import Picture
from dsl.linking.files import files_of
from dsl.source import Source
from tests.house.checkout import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.flow"))
FOLDER = ROOT / "tests" / "cases" / "drawing"
CASES = sorted(FOLDER.glob("*.flow"))


def sealed(source: Source, flow: str | None = None) -> Definition | None:
    """None for a text that does not pass the check."""
    analysis = analyse(source, files=files_of(source.name))
    if not analysis.ok:
        return None
    return unseal(seal(analysis.facts, analysis.source, flow, gates=analysis.gates, spends=analysis.spends).json)


@cache
def defined(path: Path) -> Definition:
    definition = sealed(Source(str(path), path.read_text(encoding="utf-8")))
    assert definition is not None, path
    return definition


@cache
def pictured(path: Path) -> Picture:
    return draw(defined(path))


def drawn(text: str) -> Picture:
    definition = sealed(Source("case.flow", text))
    assert definition is not None, text
    return draw(definition)
