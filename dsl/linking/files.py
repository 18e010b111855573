"""The files that a file may use: those of its project, and what is wrong with a path that leads to none.

A path is relative to the folder of the file that it stands in. A project is the nearest folder above the checked file
that holds a mark of one, or else the file's own folder. No path leads out of it, whatever links there are on the way:
what a check reads must not depend on where in the world a project lies.
"""

import os
import stat

from dsl.dataclass import dataclass
from dsl.linking.project import ENDING, LARGEST, flow_files, root_of, text_of, used_places
from dsl.source import Source

FROM_HERE = "a path is relative to the folder of this file"


@dataclass(frozen=True)
class Used:
    """A file that is there. `place` has no links in it: two spellings of one file have one."""

    place: str
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

    place: str
    root: str

    def find(self, path: str, by: Used, ending: str = ENDING) -> Used | Refused:
        """The file that `path` means in the file `by`; its name has this `ending`."""
        if wrong := misspelt(path, ending):
            return wrong
        try:
            place = os.path.realpath(os.path.join(os.path.dirname(by.place), path))
            there = _is_file(place)
        except (OSError, ValueError):  # too long, links in a circle, characters that no path has
            return Refused(f"`{path}` leads to no file")
        if not is_within(place, self.root):
            return Refused(
                f"`{path}` leads out of the project",
                "a project is the folder that has `steadflow.toml`, `pyproject.toml` or `.git`, and all in it",
            )
        if not there:
            return self._missing(path, by) if ending == ENDING else Refused(f"there is no file `{path}`", FROM_HERE)
        return _read(place, os.path.normpath(os.path.join(os.path.dirname(by.source.name), path)), path)

    def is_used_by_others(self) -> bool:
        """Whether another file of the project uses the one at `place`, as far as it takes little time to find out."""
        return self.place in used_places(self.root)

    def _missing(self, path: str, by: Used) -> Refused:
        """Looked for among the files beside the one that was meant, and those of the same name elsewhere."""
        folder = os.path.dirname(by.place)
        near = [each for each in flow_files(self.root) if os.path.realpath(each) != by.place]
        known = [os.path.relpath(each, folder).replace(os.sep, "/") for each in near]
        same = [each for each in known if os.path.basename(each) == os.path.basename(path)]
        from difflib import get_close_matches

        others = [each for each in known if each != os.path.normpath(path)]  # that one is there, and is no file
        close = get_close_matches(path, others, n=1, cutoff=0.6) or same[:1]
        instead = close[0] if close else None
        advice = f'did you mean `"{instead}"`?' if instead else FROM_HERE
        return Refused(f"there is no file `{path}`", advice, instead)


def files_of(name: str) -> Files | None:
    """What the file of this name may use; None where it is no file."""
    try:
        if not _is_file(name):
            return None
        place = os.path.realpath(name)
    except (OSError, ValueError):
        return None
    return Files(place, root_of(place))


def is_within(place: str, folder: str) -> bool:
    """Of two paths from the root, without links."""
    return os.path.commonpath((place, folder)) == folder


def _is_file(place: str) -> bool:
    """What is wrong with the path itself raises."""
    try:
        return stat.S_ISREG(os.stat(place).st_mode)
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


def _read(place: str, name: str, path: str) -> Used | Refused:
    try:
        if os.stat(place).st_size > LARGEST:
            return Refused(f"`{path}` is larger than {LARGEST:,} bytes")
        with open(place, "rb") as file:
            text = text_of(file.read())
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode("utf-8").split("\n")
        at = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        return Refused(f"`{path}` is not UTF-8 text: {at}", "save it as UTF-8 text")
    except OSError as error:
        return Refused(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}")
    return Used(place, Source(name, text))
