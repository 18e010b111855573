"""The files that a file may use: those of its project, and what is wrong with a path that leads to none.

A path is relative to the folder of the file that it stands in. A project is the nearest folder above the checked file
that holds a mark of one, or else the file's own folder. No path leads out of it, whatever links there are on the way:
what a check reads must not depend on where in the world a project lies.
"""

import os
import stat
from pathlib import Path

from dsl.dataclass import dataclass
from dsl.linking.project import ENDING, LARGEST, flow_files, root_of, text_of, used_places
from dsl.source import Source

FROM_HERE = "a path is relative to the folder of this file"


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
        if wrong := misspelt(path, ending):
            return wrong
        try:
            place = (by.place.parent / path).resolve()
            there = _is_file(place)
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
        return str(self.place) in used_places(str(self.root))

    def _missing(self, path: str, by: Used) -> Refused:
        """Looked for among the files beside the one that was meant, and those of the same name elsewhere."""
        folder = by.place.parent
        near = [Path(each) for each in flow_files(str(self.root)) if os.path.realpath(each) != str(by.place)]
        known = {Path(os.path.relpath(each, folder)).as_posix(): each for each in near}
        same = [each for each, file in known.items() if file.name == Path(path).name]
        known.pop(os.path.normpath(path), None)  # it is there, and is no file
        from difflib import get_close_matches

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
    return Files(place, Path(root_of(str(place))))


def _is_file(place: Path) -> bool:
    """As `Path.is_file`, but what is wrong with the path itself raises, in every version of Python."""
    try:
        return stat.S_ISREG(place.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def misspelt(path: str, ending: str) -> Refused | None:
    """Whether it can be no path at all."""
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
        text = text_of(place.read_bytes())
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode("utf-8").split("\n")
        at = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        return Refused(f"`{path}` is not UTF-8 text: {at}", "save it as UTF-8 text")
    except OSError as error:
        return Refused(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}")
    return Used(place, Source(name, text))
