"""Files checked one after the other: what is wrong with each is told once, and forgotten.

What is wrong in a file that others use is told with the file itself, where that is checked too, and else with the first
that uses it. So a mistake in another file is looked for in what is said of that file, which may be checked before its
turn for it; all else is told as soon as it is known, and thousands of files take the memory of one.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.kept.answers import Answers
from dsl.cli.loading import loading
from dsl.cli.reading import Given, read
from dsl.cli.searching import STDIN
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.source import Source

if TYPE_CHECKING:
    from dsl.models.configured import Models

Told: TypeAlias = tuple[Source, Sequence[Diagnostic]]
_Key: TypeAlias = tuple[str, int, str, str]
_NONE: frozenset[_Key] = frozenset()


class Checking:
    """`answers`: what is known already. `read`: paths that led to other files, or might have."""

    def __init__(self, names: Sequence[str], answers: Answers) -> None:
        self.read: set[str] = set()
        self._names = names
        self._answers = answers
        self._places = {os.path.realpath(name): name for name in names if name != STDIN}
        self._early: dict[str, Told] = {}
        self._own: dict[str, frozenset[_Key]] = {}
        self._told: set[_Key] = set()

    @property
    def asked(self) -> set[str]:
        """Projects whose flow files were looked into, for what they use."""
        return self._answers.asked

    def __iter__(self) -> Iterator[Told]:
        """The source of each file, with all that it uses, and what there is to tell."""
        for name in self._names:
            source, found = self._early.pop(name) if name in self._early else self.check(name)
            self._own[name] = _own_keys(source, found)
            yield source, [each for each in found if self._is_told_here(source, each)]

    def close(self) -> None:
        self._answers.close()

    def check(self, name: str) -> Told:
        """All that is wrong with the file, and with those that it uses."""
        return self.check_given(name, read(name))

    def check_given(self, name: str, given: Given) -> Told:
        if given.unreadable is not None:
            return given.source, (given.unreadable,)
        is_file = name != STDIN and os.path.isfile(name)  # a pipe holds another text each time
        key = self._answers.key(name, given.source.text) if is_file else None
        if key is not None and (known := self._known(given, key)) is not None:
            return known
        return self._found(given, key)

    def _known(self, given: Given, key: str) -> Told | None:
        answer = self._answers.look_up(given.source.name, key)
        if answer is None:
            return None
        self.read.update(path for path, _, _ in answer.read)
        if not answer.found:
            return given.source, ()
        from dsl.cli.kept.recording import diagnostics_of, source_of

        return source_of(given.source.name, given.source.text, answer, self._answers), diagnostics_of(answer)

    def _found(self, given: Given, key: str | None) -> Told:
        with loading():
            from dsl.cli.kept.finding import find
        models = models_for(given.source.name)
        with blaming_ourselves(given.source):
            found = find(given.source, models, self._answers, key)
        self.read.update(found.read)
        return found.source, found.diagnostics

    def _is_told_here(self, source: Source, diagnostic: Diagnostic) -> bool:
        if _is_own(source, diagnostic):
            return True
        key = _key(source, diagnostic)
        if key in self._told or key in self._told_of(key[0]):
            return False
        self._told.add(key)
        return True

    def _told_of(self, place: str) -> frozenset[_Key]:
        """What the file at `place` is told of itself, if it is among those that are checked."""
        name = self._places.get(place)
        if name is None:
            return _NONE
        if name not in self._own:
            self._early[name] = self.check(name)
            self._own[name] = _own_keys(*self._early[name])
        return self._own[name]


def models_for(name: str) -> "Models":
    """What is said of models where the file lies."""
    from dsl.models import configured
    from dsl.models.unusable import Unusable

    place = Path(name)
    try:
        return configured.models_for(place.parent if place.is_file() else None)
    except Unusable as error:
        raise click.UsageError(str(error)) from None


def _is_own(source: Source, diagnostic: Diagnostic) -> bool:
    return source.at(diagnostic.primary.span.start)[0].name == source.name


def _own_keys(source: Source, found: Sequence[Diagnostic]) -> frozenset[_Key]:
    return frozenset(_key(source, each) for each in found if _is_own(source, each)) if found else _NONE


def _key(source: Source, diagnostic: Diagnostic) -> _Key:
    part, start = source.at(diagnostic.primary.span.start)
    return os.path.realpath(part.name), start, diagnostic.code, diagnostic.message
