"""A cache of what `dsl check` found, so that what has not changed is not read again.

**When an answer holds.** An answer lies under a digest of the program, the file's name and place, its text, its
project, and what is said of models there. In it stands what else was read to find it: each file that was used, by the
path that led to it, with the digest of its text, and whether others use what it declares, where that was asked. All
of it is looked at again before the answer is believed. An answer for which something was looked for in vain is not
kept: what is there next time would have to be known.

**Who believes it.** Only what `dsl check` prints. What is sealed, planned or run is read and checked anew, always.

**What can go wrong.** A folder that others can write into is not used, nor a file of somebody else. What is damaged
is not what its digest says, and is not there. It is written aside and moved into place, so many processes may write
at once. What cannot be written is not kept. No failure of the cache is told: the check is made as without it.
"""

import contextlib
import json
import os
import stat
from typing import Any, NamedTuple

from dsl.cli.kept.stamps import Unknown, digest, of_program, of_settings
from dsl.linking.project import root_of, text_of, used_places

SWITCH = "STEADFLOW_NO_CACHE"
"""Set to anything, nothing is read from the cache or written into it."""
MOST_FILES = 5_000
MOST_BYTES = 50_000_000
LOOKED_AFTER = "0"
"""How the key of an answer begins after which there is a look at how many there are: about each sixteenth. To look at
five thousand files takes longer than most checks do."""
LARGEST = 200_000
"""Bytes of one answer."""
_FORMAT = 1
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Answer(NamedTuple):
    """`found`: diagnostics as lists; `files`: names and places of the texts that they stand in, the checked one first;
    `read`: path, place and digest of each file that was used; `is_used`: whether others use it, if that was asked."""

    found: list[Any]
    files: list[tuple[str, str]]
    read: list[tuple[str, str, str]]
    is_used: bool | None


class Answers:
    """Of one look at the files: each is read once. An empty `folder` knows nothing and keeps nothing."""

    def __init__(self, folder: str | None = None) -> None:
        self.folder = _default_folder() if folder is None else folder
        self.asked: set[str] = set()
        """Projects of which was asked what their files use."""
        self._texts: dict[str, tuple[str, str] | None] = {}
        self._settings: dict[str, str] = {}
        self._used: dict[str, frozenset[str]] = {}
        self._wrote = False
        try:
            self.program: str | None = of_program() if self.folder and not os.environ.get(SWITCH) else None
        except (OSError, Unknown):
            self.program = None

    def anew(self) -> "Answers":
        """For another look, by the program that this process has loaded, whatever has been installed meanwhile."""
        other = Answers("")
        other.folder, other.program = self.folder, self.program
        return other

    def key(self, name: str, text: str, *, anew: bool = False) -> str | None:
        """Under which an answer about the file lies; None where it has none. `name` is the path as it was given.
        `anew`: what is said of models is read again."""
        if self.program is None:
            return None
        try:
            place = os.path.realpath(name)
            settings = self._settings_of(os.path.realpath(os.path.dirname(name)), anew)
            return digest("\0".join([str(_FORMAT), self.program, name, place, root_of(place), settings, digest(text)]))
        except (OSError, ValueError, Unknown):
            return None

    def look_up(self, name: str, key: str) -> Answer | None:
        """What is known, if all that it depends on is as it was."""
        written = self._load(key)
        if written is None:
            return None
        answer = Answer(*written)
        if answer.is_used is not None and self.is_used(os.path.realpath(name)) != answer.is_used:
            return None
        for path, place, of_text in answer.read:
            known = self.text(place)
            if os.path.realpath(path) != place or known is None or known[1] != of_text:
                return None
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        if self.program is None or not self.folder:
            return
        content = json.dumps([key, *answer], separators=(",", ":"))
        data = f"{digest(content)}\n{content}".encode("utf-8", "surrogatepass")
        if len(data) > LARGEST:
            return
        with contextlib.suppress(OSError):  # a full disk, a read-only home: the next check takes as long as this one
            self._write(key, data)

    def text(self, place: str) -> tuple[str, str] | None:
        """Of the file at `place`, and its digest; None where it cannot be read."""
        if place not in self._texts:
            try:
                with open(os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
                    text = text_of(file.read())
                self._texts[place] = text, digest(text)
            except (OSError, ValueError):
                self._texts[place] = None
        return self._texts[place]

    def is_used(self, place: str) -> bool:
        """Whether another file of its project uses the one at `place`."""
        root = root_of(place)
        self.asked.add(root)
        if root not in self._used:
            self._used[root] = used_places(root)
        return place in self._used[root]

    def close(self) -> None:
        """Whoever has written makes room, now and then."""
        if self._wrote and self.folder:
            with contextlib.suppress(OSError):
                _make_room(self.folder)

    def _settings_of(self, folder: str, anew: bool) -> str:
        if anew or folder not in self._settings:
            self._settings[folder] = of_settings(folder)
        return self._settings[folder]

    def _load(self, key: str) -> list[Any] | None:
        try:
            with open(os.open(self._place(key), _FLAGS), "rb") as file:
                if not _is_ours(os.fstat(file.fileno())) or not _is_ours(os.stat(self.folder)):
                    return None
                data = file.read(LARGEST + 1).decode("utf-8", "surrogatepass")
            of_content, _, content = data.partition("\n")
            if digest(content) != of_content:
                return None
            whole = json.loads(content)
        except (OSError, ValueError, RecursionError):
            return None
        return whole[1:] if whole[0] == key else None

    def _write(self, key: str, data: bytes) -> None:
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        if not _is_ours(os.stat(self.folder)):
            return
        aside = f"{self._place(key)}.{os.getpid()}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
            os.replace(aside, self._place(key))
        except BaseException:
            os.unlink(aside)
            raise
        self._wrote = self._wrote or key.startswith(LOOKED_AFTER)

    def _place(self, key: str) -> str:
        return os.path.join(self.folder, key)


def _default_folder() -> str:
    """Empty where there is no home."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "steadflow", "check") if os.path.isabs(home) else ""


def _is_ours(known: os.stat_result) -> bool:
    """Whether nobody else can have written it. What is asked for by a link is a folder or a file all the same."""
    return known.st_uid == os.geteuid() and not known.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _make_room(folder: str) -> None:
    """The oldest go, where there are too many, until there is room for some time."""
    with os.scandir(folder) as entries:
        times = [(entry.stat(), entry.path) for entry in entries]
    found = sorted((known.st_mtime_ns, known.st_size, path) for known, path in times)
    most_files, most_bytes = MOST_FILES, MOST_BYTES
    if len(found) <= most_files and sum(size for _, size, _ in found) <= most_bytes:
        return
    files, bytes_ = 0, 0
    for _, size, path in reversed(found):
        files, bytes_ = files + 1, bytes_ + size
        if files > most_files * 3 // 4 or bytes_ > most_bytes * 3 // 4:
            with contextlib.suppress(FileNotFoundError):  # another process makes room too
                os.unlink(path)
