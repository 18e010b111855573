"""A store in a folder that processes share: one file for each object, named by the hash of its content.

Two writers of one object write the same bytes, so it does not matter who comes last.
"""

from pathlib import Path

from interpreter.stores.files import ENCRYPTED, Files
from interpreter.stores.store import CorruptObject, MissingObject, digest_of


class DirectoryStore:
    """Objects as files of one folder, in plain text."""

    def __init__(self, path: Path | str) -> None:
        self._files = Files(path)

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        held = self._files.read(digest) if self._files.touch(digest) else None
        if held is None or digest_of(held) != digest:  # a damaged object counts as missing: keeping it again mends it
            self._files.write(digest, content)
        return digest

    def get(self, digest: str) -> bytes:
        content = self._files.read(digest)
        if content is None:
            raise MissingObject(digest, str(self._files))
        if digest_of(content) != digest:
            raise CorruptObject(digest, str(self._files))
        return content

    def has(self, digest: str) -> bool:
        return self._files.has(digest)

    @property
    def files(self) -> Files:
        return self._files

    def names(self, digest: str) -> tuple[str, ...]:
        return (digest,)

    def understands(self, content: bytes) -> bool:
        return not content.startswith(ENCRYPTED)
