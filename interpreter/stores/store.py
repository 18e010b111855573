"""A content-addressed store: an object's name is the SHA-256 of its bytes, so it can be checked and never changes."""

import hashlib
from typing import Protocol


class ObjectStore(Protocol):
    """What any store must do. Calls may block; they may come from several threads and processes at once."""

    def put(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 in hex. Keeping the same again changes nothing."""
        ...

    def get(self, digest: str) -> bytes:
        """The content under `digest`, verified; `MissingObject` or `CorruptObject` otherwise."""
        ...

    def has(self, digest: str) -> bool: ...


class StoreError(Exception):
    """An object cannot be had. Nothing is wrong with the run: where the store is complete it goes on."""

    def __init__(self, digest: str, message: str) -> None:
        super().__init__(message)
        self.digest = digest


class MissingObject(StoreError):
    def __init__(self, digest: str, place: str) -> None:
        super().__init__(digest, f"no object {digest} in {place}")


class CorruptObject(StoreError):
    def __init__(self, digest: str, place: str) -> None:
        super().__init__(digest, f"the object {digest} in {place} is damaged: its content has another hash")


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
