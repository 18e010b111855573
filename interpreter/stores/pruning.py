"""What of a store nobody needs any more goes; what anybody may need stays.

Needed is every object that a run which can still be read names, in whatever place, and every object that one of these
names. A name is taken for one wherever it stands: any 64 hexadecimal digits. So nothing has to be known of who writes
what where, and a text that looks like the name of an object keeps it, which costs its bytes.

A worker may keep an object at any moment and tell a run of it later. So nothing goes that was kept, or kept once more,
within the time of grace, counted from before the first run was read. What comes after that is newer; and what a run
names of the old it had from what was read, because data from outside never becomes a reference.

What cannot be read tells nothing of what it names. Where the store itself fails nothing goes; what is damaged stays,
and what is encrypted with a key that is not here stays too.
"""

import re
from dataclasses import dataclass
from typing import Protocol, TypeGuard

from interpreter.stores.directory import DirectoryStore
from interpreter.stores.encrypted import EncryptedStore
from interpreter.stores.files import Files
from interpreter.stores.store import CorruptObject, MissingObject, ObjectStore, read

_DIGEST = re.compile(rb"(?=([0-9a-f]{64}))")
_BEGINNING = 300
"""Bytes of a file that tell how it was written."""


class FileStore(ObjectStore, Protocol):
    """A store of files, which can be pruned."""

    @property
    def files(self) -> Files: ...

    def names(self, digest: str) -> tuple[str, ...]:
        """Of all files that the object may lie in."""
        ...

    def understands(self, content: bytes) -> bool:
        """Whether a file that begins so can be one of this store's objects."""
        ...


def is_file_store(store: ObjectStore) -> TypeGuard[FileStore]:
    return isinstance(store, DirectoryStore | EncryptedStore)


@dataclass
class Amount:
    objects: int = 0
    bytes: int = 0

    def count(self, size: int) -> None:
        self.objects += 1
        self.bytes += size


@dataclass(frozen=True)
class Pruned:
    """What has gone, or would go, and what stays: because it is `needed`, `young`, or `foreign`: of another key."""

    removed: Amount
    needed: Amount
    young: Amount
    foreign: Amount


def digests_in(content: bytes) -> set[str]:
    """All that may be the name of an object."""
    return {found.decode() for found in _DIGEST.findall(content)}


def prune(store: FileStore, named: set[str], before: float, *, dry_run: bool = False) -> Pruned:
    """Remove what was last kept `before` that time, and is not reached from what is `named`. Raises `StoreError`."""
    needed = {name for digest in _reached(store, named) for name in store.names(digest)}
    found = Pruned(Amount(), Amount(), Amount(), Amount())
    for each in store.files.kept():
        if each.name in needed:
            found.needed.count(each.size)
        elif each.at >= before:
            found.young.count(each.size)
        elif not store.understands(store.files.beginning(each.name, _BEGINNING)):
            found.foreign.count(each.size)
        elif dry_run or store.files.remove(each.name, before):
            found.removed.count(each.size)
        else:
            found.young.count(each.size)
    if not dry_run:
        store.files.remove_unfinished(before)
    return found


def _reached(store: ObjectStore, named: set[str]) -> set[str]:
    reached: set[str] = set()
    waiting = sorted(named)
    while waiting:
        digest = waiting.pop()
        if digest in reached:
            continue
        try:
            content = read(store, digest)
        except MissingObject:
            continue
        except CorruptObject:
            content = b""
        reached.add(digest)
        waiting += digests_in(content)
    return reached
