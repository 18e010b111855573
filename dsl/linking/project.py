"""A project on disk: where it begins, which flow files it has, and which of them are used by others.

Nothing here knows the language, and nothing that takes long is imported: `dsl check` asks it before it knows whether
there is anything to parse.
"""

import os
import re

from dsl.regex import regex

MARKS = ("steadflow.toml", "pyproject.toml", ".git")
ENDING = ".flow"
MOST_LOOKED_AT = 300
"""Folders, for a file that may have been meant; and files, for one that uses another."""
LARGEST = 4_000_000
"""Bytes of a file that another uses."""
_USES = regex(r'^\s*use\s+"([^"\n]+)"', re.MULTILINE)


def root_of(place: str) -> str:
    """The project of the file at `place`, which has no links in it."""
    own = folder = os.path.dirname(place)
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in MARKS):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return own
        folder = above


def flow_files(root: str) -> list[str]:
    """Those of a project, as far as it takes little time to find them."""
    found: list[str] = []
    for number, (folder, folders, names) in enumerate(os.walk(root)):
        if number == MOST_LOOKED_AT:
            break
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "node_modules")
        found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(ENDING)]
    return found


def used_places(root: str) -> frozenset[str]:
    """What the files of a project use, as far as it takes little time to find out."""
    found: set[str] = set()
    for file in flow_files(root)[:MOST_LOOKED_AT]:
        if not os.path.isfile(file):  # a pipe would be waited for
            continue
        try:
            with open(file, "rb") as opened:
                text = opened.read(LARGEST).decode("utf-8", errors="replace")
            for path in _USES.findall(text):
                found.add(os.path.realpath(os.path.join(os.path.dirname(file), path)))
        except (OSError, ValueError):  # what cannot be read uses nothing, and is told where it is checked
            continue
    return frozenset(found)


def text_of(data: bytes) -> str:
    """A file as it is parsed. Raises UnicodeDecodeError."""
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def where_no_text(data: bytes, error: UnicodeDecodeError) -> str:
    """Line and column of the first byte that is none of a text, and what to do."""
    before = error.object[: error.start].decode("utf-8", errors="replace")
    at = len(data) - len(error.object) + error.start  # a byte order mark is not counted by the error
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{line}:{column}: the file is not UTF-8 text: byte {at} is {data[at]:#04x}; save it as UTF-8 text"
