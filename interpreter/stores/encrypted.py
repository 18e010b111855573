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

from interpreter.encryption.errors import EncryptionError
from interpreter.encryption.keyring import Key, Keyring
from interpreter.encryption.sealing import seal, unseal
from interpreter.stores.directory import DirectoryStore
from interpreter.stores.files import ENCRYPTED, Files
from interpreter.stores.store import CorruptObject, MissingObject, ObjectStore, digest_of

FORM = ENCRYPTED
"""Begins each object, then a byte with the length of the key's id, the id, and what `sealing` makes."""
PURPOSE = b"steadflow/object/1\0"


class EncryptedStore:
    """Objects in `place`, under the names that `keys` make."""

    def __init__(self, place: Files, keys: Keyring) -> None:
        self._place = place
        self._keys = keys

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        key = self._keys.first
        name = name_of(key, digest)
        if not (self._place.touch(name) and self._holds(key, name, digest)):
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
        return any(self._place.has(name) for name in self.names(digest))

    @property
    def files(self) -> Files:
        return self._place

    def names(self, digest: str) -> tuple[str, ...]:
        return (*(name_of(key, digest) for key in self._keys.keys), digest)

    def understands(self, content: bytes) -> bool:
        plain = not content.startswith(FORM)
        return plain or any(content.startswith(_head(key)) for key in self._keys.keys)

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
    return _head(key) + seal(key, content, PURPOSE + digest.encode())


def _head(key: Key) -> bytes:
    return FORM + bytes([len(key.id)]) + key.id.encode()


def _content(key: Key, digest: str, sealed: bytes) -> bytes | None:
    head = _head(key)
    if not sealed.startswith(head):
        return None
    try:
        return unseal(key, sealed[len(head) :], PURPOSE + digest.encode())
    except EncryptionError:
        return None
