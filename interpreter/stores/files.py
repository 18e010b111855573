"""Files of one folder that processes share, by names of 64 hexadecimal digits, in 256 folders by the first two.

A file appears under its name whole or not at all: it is written beside its place, synced, and renamed.
"""

import os
import re
import tempfile
from pathlib import Path

_NAME = re.compile("[0-9a-f]{64}")


class Files:
    """Bytes by name. What else keeps bytes by such names (a bucket) can take its place."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def __str__(self) -> str:
        return str(self._path)

    def read(self, name: str) -> bytes | None:
        """None where there is no such file, or no such name."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return self._place(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        place = self._place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, content)

    def has(self, name: str) -> bool:
        return _NAME.fullmatch(name) is not None and self._place(name).is_file()

    def _place(self, name: str) -> Path:
        return self._path / name[:2] / name[2:]


def _write(place: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
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
