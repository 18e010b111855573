"""The files that a file may use: those of its project, and what is wrong with a path that leads to none.

A path is relative to the folder of the file that it stands in. A project is the nearest folder above the checked file
that holds one of `MARKS`, or else the file's own folder. No path leads out of it, whatever links there are on the way:
what a check reads must not depend on where in the world a project lies.
"""

import os
import re
from difflib import get_close_matches
from pathlib import Path

from dsl.dataclass import dataclass
from dsl.source import Source

MARKS = ("steadflow.toml", "pyproject.toml", ".git")
ENDING = ".flow"
FROM_HERE = "a path is relative to the folder of this file"
MOST_LOOKED_AT = 300
"""Folders, for a file that may have been meant; and files, for one that uses another."""
LARGEST = 4_000_000
"""Bytes."""
_USES = re.compile(r'^\s*use\s+"([^"\n]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Used:
    """A file that is there. `place` has no links in it: two spellings of one file have one."""

    place: Path
    source: Source


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with a path; `instead` is a path that was probably meant."""

    message: str
    help: str | None = None
    instead: str | None = None


@dataclass(frozen=True)
class Files:
    """What the file at `place` and those that it uses may use."""

    place: Path
    root: Path

    def find(self, path: str, by: Used, ending: str = ENDING) -> Used | Refused:
        """The file that `path` means in the file `by`; its name has this `ending`."""
        if wrong := _misspelt(path, ending):
            return wrong
        try:
            place = (by.place.parent / path).resolve()
            there = place.is_file()
        except (OSError, RuntimeError, ValueError):  # too long, links in a circle, characters that no path has
            return Refused(f"`{path}` leads to no file")
        if not place.is_relative_to(self.root):
            return Refused(
                f"`{path}` leads out of the project",
                "a project is the folder that has `steadflow.toml`, `pyproject.toml` or `.git`, and all in it",
            )
        if not there:
            return self._missing(path, by) if ending == ENDING else Refused(f"there is no file `{path}`", FROM_HERE)
        return _read(place, os.path.normpath(os.path.join(os.path.dirname(by.source.name), path)), path)

    def is_used_by_others(self) -> bool:
        """Whether another file of the project uses the one at `place`, as far as it takes little time to find out."""
        return any(self._is_used_in(each) for each in _flow_files(self.root)[:MOST_LOOKED_AT])

    def _is_used_in(self, other: Path) -> bool:
        try:
            text = other.read_bytes()[:LARGEST].decode("utf-8", errors="replace")
            return any((other.parent / path).resolve() == self.place for path in _USES.findall(text))
        except (OSError, RuntimeError, ValueError):  # what cannot be read uses nothing, and is told where it is checked
            return False

    def _missing(self, path: str, by: Used) -> Refused:
        """Looked for among the files beside the one that was meant, and those of the same name elsewhere."""
        folder = by.place.parent
        near = [each for each in _flow_files(self.root) if os.path.realpath(each) != str(by.place)]
        known = {Path(os.path.relpath(each, folder)).as_posix(): each for each in near}
        same = [each for each, file in known.items() if file.name == Path(path).name]
        known.pop(os.path.normpath(path), None)  # it is there, and is no file
        close = get_close_matches(path, list(known), n=1, cutoff=0.6) or same[:1]
        instead = close[0] if close else None
        advice = f'did you mean `"{instead}"`?' if instead else FROM_HERE
        return Refused(f"there is no file `{path}`", advice, instead)


def files_of(name: str) -> Files | None:
    """What the file of this name may use; None where it is no file."""
    place = Path(name)
    try:
        if not place.is_file():
            return None
        place = place.resolve()
    except (OSError, RuntimeError, ValueError):
        return None
    root = next((each for each in place.parents if any((each / mark).exists() for mark in MARKS)), place.parent)
    return Files(place, root)


def _flow_files(root: Path) -> list[Path]:
    """Those of a project, as far as it takes little time to find them."""
    found: list[Path] = []
    for number, (folder, folders, names) in enumerate(os.walk(root)):
        if number == MOST_LOOKED_AT:
            break
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "node_modules")
        found += [Path(folder, name) for name in sorted(names) if name.endswith(ENDING)]
    return found


def _misspelt(path: str, ending: str) -> Refused | None:
    if "\\" in path:
        return Refused(f"`{path}` is no path", "folders are parted by `/`", path.replace("\\", "/"))
    if path.startswith(("/", "~")) or ":" in path or "\0" in path:
        return Refused(f"`{path}` is no relative path", FROM_HERE)
    if not path.endswith(ending):
        what = "flow file" if ending == ENDING else "JSON file"
        return Refused(f"`{path}` is no {what}", f"its name ends in `{ending}`", path + ending)
    return None


def _read(place: Path, name: str, path: str) -> Used | Refused:
    try:
        if place.stat().st_size > LARGEST:
            return Refused(f"`{path}` is larger than {LARGEST:,} bytes")
        text = place.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Refused(f"`{path}` is not UTF-8 text: byte {error.start}", "save it as UTF-8 text")
    except OSError as error:
        return Refused(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}")
    return Used(place, Source(name, text))
