"""From a text to a sealed definition, through the whole check: once for each text, while what it uses is the same.

A service starts one flow again and again, and a check takes as long as several steps of a run. What is kept belongs to
a text and to all that was looked for while it was checked, so a change of a file that it uses counts at once.
"""

from functools import lru_cache
from typing import TypeAlias

from dsl.dataclass import dataclass, field
from dsl.definition.seal import Sealed, UnknownFlow, seal
from dsl.linking.files import Files, Refused, Used, files_of
from dsl.linking.project import ENDING
from dsl.source import Source
from interpreter.client.errors import FlowRefused, FlowUnreadable

MOST_KEPT = 32

Looked: TypeAlias = tuple[str, Used, str, Used | Refused]
"""A path, the file in which it stands, the ending that it has to have, and what was found."""


@dataclass(frozen=True)
class _Noting(Files):
    """Takes note of all that is looked for."""

    looked: list[Looked] = field(default_factory=list, compare=False)

    def find(self, path: str, by: Used, ending: str = ENDING) -> Used | Refused:
        found = super().find(path, by, ending)
        self.looked.append((path, by, ending, found))
        return found


@dataclass
class _Kept:
    """What one text came to."""

    sealed: Sealed | None = None
    looked: list[Looked] = field(default_factory=list)


def compile_flow(source: Source, flow: str | None) -> Sealed:
    """Seal `flow`, or the file's main flow. A text with errors is refused with all of them; warnings are no reason."""
    files = files_of(source.name)
    kept = _kept(source.name, source.text, flow, files)
    if kept.sealed is None or not (files is None or _is_unchanged(files, kept.looked)):
        noting = None if files is None else _Noting(files.place, files.root)
        kept.sealed = _compiled(source, flow, noting)
        kept.looked = [] if noting is None else noting.looked
    return kept.sealed


@lru_cache(maxsize=MOST_KEPT)
def _kept(name: str, text: str, flow: str | None, files: Files | None) -> _Kept:
    return _Kept()


def _is_unchanged(files: Files, looked: list[Looked]) -> bool:
    return all(files.find(path, by, ending) == found for path, by, ending, found in looked)


def _compiled(source: Source, flow: str | None, files: Files | None) -> Sealed:
    from dsl.analysis import analyse  # the parser and all checks: a program that only looks at runs needs none of them

    analysis = analyse(source, files=files)
    errors = [diagnostic for diagnostic in analysis.diagnostics if diagnostic.severity == "error"]
    if errors:
        raise FlowRefused(analysis.source, errors)
    try:
        return seal(analysis.facts, analysis.source, flow, gates=analysis.gates, spends=analysis.spends)
    except UnknownFlow as error:
        raise FlowUnreadable(str(error)) from error
