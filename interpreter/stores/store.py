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


class UnreadableObject(StoreError):
    """The store itself cannot be asked: no permission, no network."""

    def __init__(self, digest: str, error: Exception) -> None:
        super().__init__(digest, f"the object {digest} cannot be read: {type(error).__name__}: {error}")


def read(store: ObjectStore, digest: str) -> bytes:
    """The content under `digest`. The one way in which values are read: whatever a store does, it is verified here, and
    what goes wrong is a `StoreError`.
    """
    try:
        content = store.get(digest)
    except StoreError:
        raise
    except Exception as error:  # a store may be anybody's, and fail in any way
        raise UnreadableObject(digest, error) from error
    if digest_of(content) != digest:
        raise CorruptObject(digest, type(store).__name__)
    return content


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
