"""A store whose objects are encrypted, and whose names tell nothing to one without the key.

Inside of runs an object goes by the hash of its content, as in any store. Its name in the folder is a keyed hash of
that (HMAC-SHA256), so nobody can find out by a name whether an object has a content that he guesses. What is left to
see: how many objects there are, how large each is to the byte, when it was written, and with which key.

A name is made with one key. So an object is looked for under each, and what is kept again is kept under the first; what
was kept in plain text, before the first key, is found under its own hash.
"""

import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from interpreter.encryption.errors import EncryptionError
from interpreter.encryption.keyring import Key, Keyring
from interpreter.encryption.sealing import seal, unseal
from interpreter.stores.directory import DirectoryStore
from interpreter.stores.files import Files
from interpreter.stores.store import CorruptObject, MissingObject, ObjectStore, digest_of

FORM = b"SFE1"
"""Begins each object, then a byte with the length of the key's id, the id, and what `sealing` makes."""
PURPOSE = b"steadflow/object/1\0"


class NamedBytes(Protocol):
    """What keeps bytes by names of 64 hexadecimal digits: `Files`, or a bucket."""

    def read(self, name: str) -> bytes | None: ...

    def write(self, name: str, content: bytes) -> None: ...

    def has(self, name: str) -> bool: ...


class EncryptedStore:
    """Objects in `place`, under the names that `keys` make."""

    def __init__(self, place: NamedBytes, keys: Keyring) -> None:
        self._place = place
        self._keys = keys

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        key = self._keys.first
        name = name_of(key, digest)
        if not self._holds(key, name, digest):
            self._place.write(name, _sealed(key, digest, content))
        return digest

    def get(self, digest: str) -> bytes:
        damaged = False
        for content in self._found(digest):
            if content is not None and digest_of(content) == digest:
                return content
            damaged = True
        if damaged:
            raise CorruptObject(digest, str(self._place))
        raise MissingObject(digest, f"{self._place}, with the keys {', '.join(self._keys.ids)}")

    def has(self, digest: str) -> bool:
        names = [*(name_of(key, digest) for key in self._keys.keys), digest]
        return any(self._place.has(name) for name in names)

    def _found(self, digest: str) -> Iterator[bytes | None]:
        """What lies under each name that the object may have; None for what cannot be opened."""
        for key in self._keys.keys:
            if (sealed := self._place.read(name_of(key, digest))) is not None:
                yield _content(key, digest, sealed)
        if (plain := self._place.read(digest)) is not None:
            yield plain

    def _holds(self, key: Key, name: str, digest: str) -> bool:
        """A damaged object counts as missing here, so that keeping it again mends it."""
        sealed = self._place.read(name)
        if sealed is None:
            return False
        content = _content(key, digest, sealed)
        return content is not None and digest_of(content) == digest


def name_of(key: Key, digest: str) -> str:
    return hmac.new(key.for_names, digest.encode(), "sha256").hexdigest()


def store_in(path: Path, keys: Keyring) -> ObjectStore:
    """The store of a folder: encrypted where there is a key."""
    return EncryptedStore(Files(path), keys) if keys else DirectoryStore(path)


def _sealed(key: Key, digest: str, content: bytes) -> bytes:
    id_ = key.id.encode()
    return FORM + bytes([len(id_)]) + id_ + seal(key, content, PURPOSE + digest.encode())


def _content(key: Key, digest: str, sealed: bytes) -> bytes | None:
    head = FORM + bytes([len(key.id)]) + key.id.encode()
    if not sealed.startswith(head):
        return None
    try:
        return unseal(key, sealed[len(head) :], PURPOSE + digest.encode())
    except EncryptionError:
        return None
