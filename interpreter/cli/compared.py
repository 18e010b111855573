"""The two sides of `dsl diff`, from what was typed: files, folders, revisions of git, hashes, and what was signed off.

A side is read as it is checked: with the files that it uses, of the same revision. One that does not pass the check
means nothing, so there is nothing to compare: its problems are told, and the command ends.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from dsl.analysis import analyse
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reading import given_of, named, read
from dsl.cli.reporting import style_for
from dsl.cli.searching import STDIN, holds_text
from dsl.decompiling.decompile import decompile
from dsl.decompiling.expressions import Unwritable
from dsl.definition.definition import Definition
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.reports import FORMATS
from dsl.differences.sides import Side, nothing, of_one_flow, side_of, side_of_definition
from dsl.linking.files import Files, files_of
from dsl.linking.revisions import PREFIX, NoRevision, Revision, files_of_revision, revision, source_of
from dsl.models.configured import Models
from dsl.source import Source
from interpreter.cli.problem import Misuse
from interpreter.cli.problem import Refused as NotCompared

SIGNED = "signed:"
HASH = re.compile(r"[0-9a-f]{8,64}")
Definitions = Callable[[str], Definition]
"""From a hash, or what it begins with, to the definition; raises `Misuse` where there is none."""


@dataclass(frozen=True)
class Asked:
    """One side as it was typed: a `path` on the disk or in `revision`, or a `hash`. `derived`: the path is that of the
    other side, so what is not there is new, or gone. `signed` is what was signed off of the file at
    `path`."""

    typed: str
    path: str = ""
    revision: Revision | None = None
    hash: str | None = None
    derived: bool = False
    signed: Definition | None = None

    @property
    def name(self) -> str:
        return self.typed if self.revision is None else self.revision.name(self.path)

    @property
    def is_folder(self) -> bool:
        if self.hash is not None or self.path == STDIN:
            return False
        return os.path.isdir(self.path) if self.revision is None else self.revision.is_folder(self.path)


def asked(old: str, new: str | None) -> tuple[Asked, Asked]:
    """Both sides; with one, that against what git has as the last commit. Raises `Misuse`."""
    try:
        if new is None:
            if old.startswith((PREFIX, SIGNED)) or _is_hash(old):
                raise Misuse(f"say what {old} is compared with: `dsl diff {old} FILE`")
            new, old = old, f"{PREFIX}HEAD"
        sides = [_asked(old, new), _asked(new, old)]
    except NoRevision as error:
        raise Misuse(str(error)) from error
    if sides[0].is_folder != sides[1].is_folder and not any(each.derived for each in sides):
        raise Misuse("a folder is compared with a folder, and a file with a file")
    return sides[0], sides[1]


def _asked(typed: str, other: str) -> Asked:
    if typed.startswith(SIGNED):
        return _asked_of_signatures(typed, other)
    if typed.startswith(PREFIX):
        rev, _, path = typed.removeprefix(PREFIX).partition(":")
        if not rev:
            raise Misuse(f"{typed} names no revision: `git:main`, `git:HEAD~1:examples/support.flow`")
        if not path and other.startswith(PREFIX):
            path = other.removeprefix(PREFIX).partition(":")[2]
        if path:
            found = revision(rev, Path.cwd())
            return Asked(typed, _in_repository(found, path), found)
        if other.startswith((PREFIX, SIGNED)) or other == STDIN or _is_hash(other):
            raise Misuse(f"say which file of {typed}: `{typed.rstrip(':')}:PATH`")
        found = revision(rev, Path(other))
        path = _below(found, os.path.realpath(other))
        return Asked(typed, path, found, derived=True)
    if _is_hash(typed):
        return Asked(typed, hash=typed)
    if typed != STDIN and not holds_text(typed) and not os.path.isdir(typed) and not other.startswith(PREFIX):
        raise Misuse(f"there is no file or folder {typed}")
    if typed != STDIN and not os.path.exists(typed):
        raise Misuse(f"there is no file or folder {typed}")
    return Asked(typed, typed)


def _asked_of_signatures(typed: str, other: str) -> Asked:
    """`signed:` of the other side's file, `signed:FILE`, or `signed:FILE:FLOW` where it has several."""
    path, _, flow = typed.removeprefix(SIGNED).partition(":")
    path = path or other
    if path.startswith((PREFIX, SIGNED)) or path == STDIN or os.path.isdir(path) or (_is_hash(path)):
        raise Misuse(f"say which file's signatures: `{SIGNED}FILE`")
    # Signatures need a large library.
    from interpreter.cli.signed_side import signed_definition

    return Asked(typed, path, signed=signed_definition(path, flow or None))


def _is_hash(typed: str) -> bool:
    return HASH.fullmatch(typed) is not None and not os.path.exists(typed)


def _in_repository(of: Revision, path: str) -> str:
    """As git takes it: from its top, or with `./` and `../` from here."""
    if path.startswith(("./", "../")):
        return _below(of, os.path.realpath(path))
    return _below(of, os.path.join(os.path.realpath(of.top), path))


def _below(of: Revision, place: str) -> str:
    """The path of a place in the repository; "" is its top."""
    path = os.path.relpath(place, os.path.realpath(of.top)).replace(os.sep, "/")
    if path == ".." or path.startswith("../"):
        raise Misuse(f"{place} is not in the repository {of.top}")
    return "" if path == "." else path


# -- what there is of a side


def sides(old: Asked, new: Asked, models: Models, definitions: Definitions) -> list[tuple[Side, Side]]:
    """Each pair of files that is compared. A file that is on one side only is compared with nothing."""
    if not (old.is_folder or new.is_folder):
        return [_pair(old, new, models, definitions)]
    before, after = _in_folder(old), _in_folder(new)
    if not before and not after:
        raise Misuse(f"no .flow file in {new.typed}")
    pairs = [(_file(before, name, old, models), _file(after, name, new, models)) for name in sorted({*before, *after})]
    return list(_with_moved(pairs))


def _pair(old: Asked, new: Asked, models: Models, definitions: Definitions) -> tuple[Side, Side]:
    """A definition is that of one flow, so of a file that is compared with it no other is told as new, or gone."""
    one, other = _definition(old, definitions), _definition(new, definitions)
    before = _checked(old, models) if one is None else _of_definition(one)
    after = _checked(new, models) if other is None else _of_definition(other)
    if one is not None and other is None:
        return before, of_one_flow(after, one.flow)
    if other is not None and one is None:
        return of_one_flow(before, other.flow), after
    return before, after


def _with_moved(pairs: list[tuple[Side, Side]]) -> Iterator[tuple[Side, Side]]:
    """A file that is gone and one that is new, with the same flows, are one that has another name now."""
    gone, come = _alone([old for old, new in pairs if not new.own]), _alone([new for old, new in pairs if not old.own])
    for old, new in pairs:
        if not old.own and (was := gone.get(_flows(new))) is not None:
            yield was, new
        elif new.own or come.get(_flows(old)) is None or gone.get(_flows(old)) is not old:
            yield old, new


def _alone(files: list[Side]) -> dict[frozenset[str], Side]:
    """By their flows, those of which there is one."""
    found: dict[frozenset[str], list[Side]] = {}
    for each in files:
        found.setdefault(_flows(each), []).append(each)
    return {flows: same[0] for flows, same in found.items() if flows and len(same) == 1}


def _flows(side: Side) -> frozenset[str]:
    return frozenset(side.parts.flows) - side.linked


def _in_folder(side: Asked) -> Mapping[str, str]:
    """Its flow files by their names in it."""
    if side.revision is not None:
        found = side.revision.files(side.path)
    else:
        found = [name for name in named([side.path]) if name.endswith(".flow")] if side.is_folder else []
    start = side.path or "."
    return {os.path.relpath(name, start).replace(os.sep, "/"): name for name in found}


def _file(files: Mapping[str, str], name: str, side: Asked, models: Models) -> Side:
    path = files.get(name)
    if path is None:
        return nothing(f"{name} (not there)")
    return _checked(Asked(path, path, side.revision), models)


def _definition(side: Asked, definitions: Definitions) -> Definition | None:
    """Of what is no file."""
    return definitions(side.hash) if side.hash is not None else side.signed


def _of_definition(definition: Definition) -> Side:
    """With the text that it says, where there is one."""
    name = f"{definition.flow} {definition.hash[:12]}"
    try:
        made = decompile(definition, name)
    except Unwritable:
        return side_of_definition(name, definition)
    if made.difference is not None or not made.analysis.ok:
        return side_of_definition(name, definition)
    return side_of(name, made.analysis)


def _checked(side: Asked, models: Models) -> Side:
    source, files = _source(side)
    if source is None:
        return nothing(f"{side.name} (not there)")
    with blaming_ourselves(source):
        analysis = analyse(source, models, files)
        errors = [each for each in analysis.diagnostics if each.severity == "error"]
        if errors:
            raise not_compared(analysis.source, errors)
        return side_of(source.name, analysis, models)


def _source(side: Asked) -> tuple[Source | None, Files | None]:
    if side.revision is None:
        given = read(side.path)
        if given.unreadable is not None:
            raise not_compared(given.source, [given.unreadable])
        return given.source, files_of(given.source.name)
    found = source_of(side.revision, side.path)
    if isinstance(found, Source):
        given = given_of(found.name, found.text)
        if given.unreadable is not None:
            raise not_compared(given.source, [given.unreadable])
        return given.source, files_of_revision(side.revision, side.path)
    if side.derived and side.revision.read(side.path) is None:
        return None, None
    raise Misuse(found.message)


def not_compared(source: Source, errors: Sequence[Diagnostic]) -> NotCompared:
    """What does not pass the check means nothing yet: its problems, on standard error."""
    click.echo(FORMATS["text"]([(source, errors)], style_for(sys.stderr)), err=True, nl=False, color=True)
    return NotCompared(f"{source.name} does not pass the check, so it cannot be compared")
