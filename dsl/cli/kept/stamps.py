"""What an answer of the check depends on beside the texts of flow files: the program and what is said of models.

The program is known by the sizes and times of its files and of the libraries that decide what a text means. A file
that is written has another time of change (ctime), which nobody can set, so a version is not taken for another one.
"""

import os
import sys
from collections.abc import Iterator

from dsl.digests import sha256
from dsl.models.beside import VARIABLE, nearest

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GRAMMAR = os.path.join(os.path.dirname(PACKAGE), "grammar", "flow.lark")
"""Of a checkout; an installed package has its own inside."""
LIBRARIES = ("lark", "re2")
"""Those whose version may change what is said of a text."""
_SEEN = (".py", ".json", ".lark")


class Unknown(Exception):
    """What an answer depends on cannot be known."""


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def of_program(package: str = PACKAGE) -> str:
    """Raises OSError."""
    marks = [sys.version, sys.flags.optimize, *_files(package)]
    marks += [_mark(GRAMMAR)] if os.path.isfile(GRAMMAR) else []
    marks += [_library(name) for name in LIBRARIES]
    return digest(repr(marks))


def of_settings(folder: str) -> str:
    """What is said of models for flows in `folder`, which has no links in it. Raises `Unknown`."""
    found = nearest(folder)
    said = os.environ.get(VARIABLE, "").strip()
    other = said if said and "=" not in said else None
    return digest(repr([None if found is None else _content(found), said, None if other is None else _content(other)]))


def _content(place: str) -> str:
    try:
        with open(place, "rb") as file:
            return sha256(file.read()).hexdigest()
    except (OSError, ValueError) as error:
        raise Unknown(place) from error


def _files(folder: str) -> Iterator[tuple[object, ...]]:
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda each: each.name)
    for entry in inside:
        if entry.name.endswith(_SEEN):
            yield entry.path, *_times(entry.stat())
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _files(entry.path)


def _library(name: str) -> tuple[object, ...]:
    for folder in sys.path:
        place = os.path.join(folder or os.curdir, name, "__init__.py")
        if os.path.isfile(place):
            return _mark(place)
    raise Unknown(name)


def _mark(place: str) -> tuple[object, ...]:
    return place, *_times(os.stat(place))


def _times(known: os.stat_result) -> tuple[int, int, int]:
    return known.st_size, known.st_mtime_ns, known.st_ctime_ns
