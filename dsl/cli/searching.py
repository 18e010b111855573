"""`FILE… | FOLDER | -`: which files a command is given, one after the other, as they are found.

Of a folder, its flow files by name. Folders are left out that people do not write in: hidden ones, `node_modules`,
virtual environments, and those that say by `CACHEDIR.TAG` that what is in them was made. Nothing that takes long is
imported here.
"""

import os
import stat
from collections.abc import Iterator, Sequence

STDIN = "-"
ENDING = ".flow"
SKIPPED = ("node_modules", "__pycache__")
MADE = ("CACHEDIR.TAG", "pyvenv.cfg")
"""A folder that has one of these was made by a program."""


class NoFile(Exception):
    """A path that leads to nothing that could be read."""


def names(paths: Sequence[str], closed: list[str] | None = None) -> list[str]:
    """Each file once. Folders below that may not be looked into are added to `closed`. Raises `NoFile`."""
    return list(dict.fromkeys(name for path in paths for name in _names(path, [] if closed is None else closed)))


def holds_text(path: str) -> bool:
    """Whether a path that is named can be read. A pipe can: that of a shell's `<(…)`, or `/dev/stdin`."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def _names(path: str, closed: list[str]) -> Iterator[str]:
    if path == STDIN or holds_text(path):
        yield path
    elif os.path.isdir(path):
        none = True
        for name in _in_folder(path, closed):
            none = False
            yield name
        if none:
            raise NoFile(f"no .flow file in {path}")
    else:
        raise NoFile(f"there is no file or folder {path}")


def _in_folder(folder: str, closed: list[str]) -> Iterator[str]:
    pending = [_entries(folder, closed, asked_for=True)]
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
        elif entry.is_dir(follow_symlinks=False):
            pending.append(_entries(entry.path, closed))
        else:
            yield _shown(entry.path)


def _shown(path: str) -> str:
    """`.` and double slashes are left out; `..` stays, since a link may stand before it."""
    return ("/" if path.startswith("/") else "") + "/".join(each for each in path.split("/") if each not in ("", "."))


def _entries(folder: str, closed: list[str], *, asked_for: bool = False) -> Iterator[os.DirEntry[str]]:
    """Of a folder, by name: folders to look into, and files. A pipe or a socket would be waited for; a link that leads
    nowhere is told when it is read."""
    try:
        with os.scandir(folder) as entries:
            inside = [each for each in entries if not each.name.startswith(".")]
    except OSError:
        closed.append(folder)
        return
    if not asked_for and any(each.name in MADE for each in inside):
        return
    yield from sorted((each for each in inside if _is_wanted(each)), key=lambda each: each.name)


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    try:
        if entry.is_dir(follow_symlinks=False):
            return entry.name not in SKIPPED
        if not entry.name.endswith(ENDING):
            return False
        return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))
    except OSError:
        return False
