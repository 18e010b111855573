"""Files of one folder that processes share, by names of 64 hexadecimal digits, in 256 folders by the first two.

A file appears under its name whole or not at all: it is written beside its place, synced, and renamed.

A file is taken away while others write, and none that somebody has just kept once more may go. So who keeps what is
there already gives it the time of now (`touch`), and who takes a file away puts it aside first and looks at its time
then: whoever touched it before that has it back, and whoever comes later finds nothing to touch, and writes it. While
it stands aside it can still be read, so nobody misses it meanwhile, also where the one who took it is killed.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile("[0-9a-f]{64}")
_NEW, _ASIDE = ".new-", ".aside-"
ENCRYPTED = b"SFE1"
"""What a file with an encrypted object begins with."""


@dataclass(frozen=True)
class Kept:
    """A file: how many bytes it has, and when it was last kept."""

    name: str
    size: int
    at: float


class Files:
    """Bytes by name."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def __str__(self) -> str:
        return str(self._path)

    def read(self, name: str) -> bytes | None:
        """None where there is no such file, or no such name."""
        if not _NAME.fullmatch(name):
            return None
        for place in (self._place(name), self._aside(name), self._place(name)):
            try:
                return place.read_bytes()
            except FileNotFoundError:
                continue
        return None

    def touch(self, name: str) -> bool:
        """Whether it is there; it has been kept now."""
        try:
            os.utime(self._place(name))
        except FileNotFoundError:
            return False
        return True

    def kept(self) -> Iterator[Kept]:
        """All files, also those that stand aside."""
        for place in self._path.glob("[0-9a-f][0-9a-f]/*"):
            name = place.parent.name + place.name.removeprefix(_ASIDE)
            if _NAME.fullmatch(name):
                try:
                    found = place.stat()
                except FileNotFoundError:
                    continue
                yield Kept(name, found.st_size, found.st_mtime)

    def remove(self, name: str, before: float) -> bool:
        """Whether it is gone by this: not, where it was kept again since `before`, or where another removes it."""
        place, aside = self._place(name), self._aside(name)
        try:
            if place.exists():
                os.replace(place, aside)
            if aside.stat().st_mtime >= before:
                os.replace(aside, place)
                return False
            aside.unlink()
        except FileNotFoundError:
            return False
        return True

    def beginning(self, name: str, length: int) -> bytes:
        for place in (self._place(name), self._aside(name)):
            if place.exists():
                with place.open("rb") as file:
                    return file.read(length)
        return b""

    def remove_unfinished(self, before: float) -> None:
        """What writers that were killed have left."""
        for place in self._path.glob(f"[0-9a-f][0-9a-f]/{_NEW}*"):
            try:
                if place.stat().st_mtime < before:
                    place.unlink()
            except FileNotFoundError:
                continue

    def write(self, name: str, content: bytes) -> None:
        place = self._place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, content)

    def has(self, name: str) -> bool:
        return _NAME.fullmatch(name) is not None and (self._place(name).is_file() or self._aside(name).is_file())

    def _place(self, name: str) -> Path:
        return self._path / name[:2] / name[2:]

    def _aside(self, name: str) -> Path:
        return self._path / name[:2] / f"{_ASIDE}{name[2:]}"


def _write(place: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=_NEW)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except BaseException:
        os.unlink(name)
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    """Without this the rename may be lost in a power cut, while history already holds the reference."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
