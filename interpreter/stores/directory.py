"""A store in a folder that processes share: one file for each object, in 256 folders by the first two digits.

A file appears under its name whole or not at all: it is written beside its place, synced, and renamed. Two writers of
one object write the same bytes, so it does not matter who comes last.
"""

import os
import re
import tempfile
from pathlib import Path

from interpreter.stores.store import CorruptObject, MissingObject, digest_of

_DIGEST = re.compile("[0-9a-f]{64}")


class DirectoryStore:
    """Objects as files of one folder."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        place = self._place(digest)
        if not self._holds(place, digest):
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, content)
        return digest

    def get(self, digest: str) -> bytes:
        try:
            content = self._place(digest).read_bytes()
        except FileNotFoundError:
            raise MissingObject(digest, str(self._path)) from None
        if digest_of(content) != digest:
            raise CorruptObject(digest, str(self._path))
        return content

    def has(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise MissingObject(digest, str(self._path))
        return self._path / digest[:2] / digest[2:]

    def _holds(self, place: Path, digest: str) -> bool:
        """A damaged object counts as missing here, so that keeping it again mends it."""
        try:
            return digest_of(place.read_bytes()) == digest
        except FileNotFoundError:
            return False


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
