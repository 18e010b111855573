"""A map that is never changed: what is added or left out makes a new one, which shares almost all of its parts.

A hash array mapped trie (Bagwell, *Ideal Hash Trees*, 2001): each node has sixteen places, four bits of the key's hash
choose one, and a new map copies only the nodes on the way to what is different. So the check can keep what is known at
each of 100,000 steps. What two maps share is the same node, and is passed over where they are compared: ways that part
and meet again cost what they changed, not what was known before.

Python's hashes differ from process to process, so the order of the nodes means nothing: what is listed is listed in the
order in which the keys came.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from operator import attrgetter
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

BITS = 4
PLACES = 1 << BITS
DEEPEST = 64 // BITS
"""Below this, hashes are equal: a node is then a row of entries, one after the other."""

_coming = count()
"""When a key came is only compared, so it does not matter how far the count has come."""


class _Entry(Generic[K, V]):
    __slots__ = ("came", "hash", "key", "value")

    def __init__(self, key: K, value: V, hash_: int, came: int) -> None:
        self.key, self.value, self.hash, self.came = key, value, hash_, came


class _Node(Generic[K, V]):
    """`parts` has sixteen places, or is a row of entries at the deepest level."""

    __slots__ = ("parts", "size")

    def __init__(self, parts: "tuple[_Part[K, V], ...]", size: int) -> None:
        self.parts, self.size = parts, size


_Part = _Entry[K, V] | _Node[K, V] | None
_BARE: tuple[None, ...] = (None,) * PLACES


class PersistentMap(Mapping[K, V]):
    """Keys with their values, in the order in which the keys came. Each change is a new map."""

    __slots__ = ("_root",)

    def __init__(self, items: "Mapping[K, V] | None" = None) -> None:
        self._root: _Node[K, V] | None = None
        if items is not None:
            self._root = self.updated(items)._root

    def __len__(self) -> int:
        return 0 if self._root is None else self._root.size

    def __iter__(self) -> Iterator[K]:
        return (entry.key for entry in _in_order(self._root))

    def __contains__(self, key: object) -> bool:
        return _found(self._root, key) is not None

    def __getitem__(self, key: K) -> V:
        entry = _found(self._root, key)
        if entry is None:
            raise KeyError(key)
        return entry.value

    def added(self, key: K, value: V) -> "PersistentMap[K, V]":
        """With `key`; where it was there it keeps its place, with the new value."""
        before = _found(self._root, key)
        if before is not None and before.value is value:
            return self
        came = next(_coming) if before is None else before.came
        return _map(_with(self._root, 0, _Entry(key, value, hash(key), came)))

    def updated(self, items: Mapping[K, V]) -> "PersistentMap[K, V]":
        found = self
        for key, value in items.items():
            found = found.added(key, value)
        return found

    def without(self, keys: Iterable[K]) -> "PersistentMap[K, V]":
        root = self._root
        for key in keys:
            if root is not None and _found(root, key) is not None:
                root = _without(root, 0, key, hash(key))
        return self if root is self._root else _map(root)

    def agreed(self, other: "PersistentMap[K, V]", both: Callable[[V, V], V | None]) -> "PersistentMap[K, V]":
        """The keys of both maps with what `both` makes of the values; None leaves the key out. Of what the maps share,
        `both` must say what is there."""
        root = _agreed(self._root, other._root, 0, both)
        return self if root is self._root else _map(root if isinstance(root, _Node) else None)

    def since(self, other: "PersistentMap[K, V]") -> dict[K, V]:
        """The keys that `other` has not."""
        entries = sorted(_since(self._root, other._root, 0), key=attrgetter("came"))
        return {entry.key: entry.value for entry in entries}


def _map(root: _Node[K, V] | None) -> PersistentMap[K, V]:
    made: PersistentMap[K, V] = PersistentMap()
    made._root = root if root is not None and root.size else None
    return made


def _in_order(root: _Node[K, V] | None) -> list[_Entry[K, V]]:
    return sorted(_entries(root), key=attrgetter("came"))


def _entries(part: _Part[K, V]) -> Iterator[_Entry[K, V]]:
    if isinstance(part, _Entry):
        yield part
    elif part is not None:
        for below in part.parts:
            yield from _entries(below)


def _place(hash_: int, depth: int) -> int:
    return hash_ >> depth * BITS & PLACES - 1


def _found(part: _Part[K, V], key: object, depth: int = 0) -> _Entry[K, V] | None:
    """The entry of `key` in a part that lies at `depth`."""
    hash_ = hash(key)
    while isinstance(part, _Node):
        if depth == DEEPEST:
            return next((each for each in part.parts if isinstance(each, _Entry) and each.key == key), None)
        part = part.parts[_place(hash_, depth)]
        depth += 1
    return part if part is not None and part.key == key else None


def _with(part: _Part[K, V], depth: int, entry: _Entry[K, V]) -> _Node[K, V]:
    """The node with `entry`, in the place of another one of its key."""
    if part is None:
        part = _Node(() if depth == DEEPEST else _BARE, 0)
    elif isinstance(part, _Entry):
        part = _with(None, depth, part)
    if depth == DEEPEST:
        others = tuple(each for each in part.parts if isinstance(each, _Entry) and each.key != entry.key)
        return _Node((*others, entry), len(others) + 1)
    place = _place(entry.hash, depth)
    there = part.parts[place]
    if there is None or (isinstance(there, _Entry) and there.key == entry.key):
        return _replaced(part, place, entry, 1)
    below = _with(there, depth + 1, entry)
    return _replaced(part, place, below, below.size)


def _replaced(node: _Node[K, V], place: int, part: _Part[K, V], size: int) -> _Node[K, V]:
    parts = (*node.parts[:place], part, *node.parts[place + 1 :])
    return _Node(parts, node.size - _size(node.parts[place]) + size)


def _size(part: _Part[K, V]) -> int:
    return 0 if part is None else part.size if isinstance(part, _Node) else 1


def _without(node: _Node[K, V], depth: int, key: K, hash_: int) -> _Node[K, V]:
    """The node without a key that is in it."""
    if depth == DEEPEST:
        parts = tuple(each for each in node.parts if isinstance(each, _Entry) and each.key != key)
        return _Node(parts, len(parts))
    place = _place(hash_, depth)
    there = node.parts[place]
    if not isinstance(there, _Node):
        return _replaced(node, place, None, 0)
    below = _without(there, depth + 1, key, hash_)
    return _replaced(node, place, below if below.size else None, below.size)


def _agreed(left: _Part[K, V], right: _Part[K, V], depth: int, both: Callable[[V, V], V | None]) -> _Part[K, V]:
    """What `PersistentMap.agreed` says, of two parts in one place."""
    if left is right or left is None or right is None:
        return left if left is right else None
    if isinstance(left, _Entry):
        return _of_both(left, _found(right, left.key, depth), both)
    if isinstance(right, _Entry):
        return _of_both(_found(left, right.key, depth), right, both)
    parts: list[_Part[K, V]]
    if depth == DEEPEST:
        parts = [each for part in left.parts if (each := _agreed(part, right, depth, both)) is not None]
    else:
        parts = [_agreed(one, other, depth + 1, both) for one, other in zip(left.parts, right.parts, strict=True)]
        if all(one is other for one, other in zip(parts, left.parts, strict=True)):
            return left
    size = sum(map(_size, parts))
    return _Node(tuple(parts), size) if size else None


def _of_both(
    one: _Entry[K, V] | None, other: _Entry[K, V] | None, both: Callable[[V, V], V | None]
) -> _Entry[K, V] | None:
    if one is None or other is None:
        return None
    value = one.value if one is other else both(one.value, other.value)
    if value is None:
        return None
    return one if value is one.value else _Entry(one.key, value, one.hash, one.came)


def _since(left: _Part[K, V], right: _Part[K, V], depth: int) -> Iterator[_Entry[K, V]]:
    if left is right or left is None:
        return
    if isinstance(left, _Entry):
        if _found(right, left.key, depth) is None:
            yield left
    elif isinstance(right, _Node) and depth < DEEPEST:
        for one, other in zip(left.parts, right.parts, strict=True):
            yield from _since(one, other, depth + 1)
    else:
        yield from (each for each in _entries(left) if _found(right, each.key, depth) is None)
