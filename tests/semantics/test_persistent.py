"""A persistent map does what a dict does, whatever the keys' hashes, and shares what two maps have in common."""

import random
from collections.abc import Callable

import pytest

from dsl.semantics.persistent import PersistentMap


class Clash:
    """Keys of which many have the same hash."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return self.number % 5

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clash) and other.number == self.number


KEYS: dict[str, Callable[[random.Random], object]] = {
    "texts": lambda luck: str(luck.randrange(3_000)),
    "numbers": lambda luck: luck.randrange(-100, 100),
    "equal hashes": lambda luck: Clash(luck.randrange(40)),
}


def agree(one: int, other: int) -> int | None:
    return one if one == other else None


@pytest.mark.parametrize("keys", KEYS)
def test_it_does_what_a_dict_does(keys: str) -> None:
    for seed in range(20):
        luck = random.Random(seed)
        made: list[tuple[dict[object, int], PersistentMap[object, int]]] = [({}, PersistentMap())]
        for _ in range(150):
            made.append(_changed(luck, *luck.choice(made), made, KEYS[keys]))
            expected, found = made[-1]
            assert list(found.items()) == list(expected.items())
            assert (len(found), bool(found)) == (len(expected), bool(expected))


def _changed(
    luck: random.Random,
    expected: dict[object, int],
    found: PersistentMap[object, int],
    made: list[tuple[dict[object, int], PersistentMap[object, int]]],
    key: Callable[[random.Random], object],
) -> tuple[dict[object, int], PersistentMap[object, int]]:
    match luck.randrange(5):
        case 0:
            gone = [*luck.sample(list(expected), min(3, len(expected))), key(luck)]
            return {name: value for name, value in expected.items() if name not in gone}, found.without(gone)
        case 1:
            other, same = luck.choice(made)
            assert found.since(same) == {name: value for name, value in expected.items() if name not in other}
            both = {name: value for name, value in expected.items() if other.get(name) == value}
            return both, found.agreed(same, agree)
        case _:
            name, value = key(luck), luck.randrange(4)
            return {**expected, name: value}, found.added(name, value)


def test_what_two_maps_share_is_not_looked_at() -> None:
    known: PersistentMap[str, int] = PersistentMap({str(number): number for number in range(10_000)})
    looked = 0

    def both(one: int, other: int) -> int:
        nonlocal looked
        looked += 1
        return max(one, other)

    one, other = known.added("17", -1).added("left", 1), known.added("17", -2).added("right", 1)
    joined = one.agreed(other, both)
    assert looked == 1
    assert (joined["17"], len(joined)) == (-1, 10_000)
    assert known.agreed(known, both) is known
    assert known["17"] == 17


def test_what_is_not_there() -> None:
    empty: PersistentMap[str, int] = PersistentMap()
    assert "a" not in empty
    assert empty.without(["a"]) is empty
    with pytest.raises(KeyError):
        empty["a"]


def _nodes(found: PersistentMap[object, int]) -> set[int]:
    seen: set[int] = set()
    waiting: list[object] = [found._root]
    while waiting:
        part = waiting.pop()
        if hasattr(part, "parts"):
            seen.add(id(part))
            waiting += part.parts
    return seen


@pytest.mark.parametrize(("key", "nodes"), [("a", 1), (7, 1), (Clash(3), 1)], ids=["text", "number", "object"])
def test_another_value_takes_no_more_room(key: object, nodes: int) -> None:
    found: PersistentMap[object, int] = PersistentMap({key: 1})
    assert len(_nodes(found)) == nodes
    for value in range(2, 20):
        found = found.added(key, value)
        assert (len(_nodes(found)), dict(found)) == (nodes, {key: value})


def test_a_change_copies_only_the_way_to_what_it_changes() -> None:
    known: PersistentMap[object, int] = PersistentMap(dict.fromkeys(range(2_000), 0))
    for number in range(0, 2_000, 197):
        for changed in (known.added(number, 1), known.added(-number - 10_000, 1), known.without([number])):
            assert len(_nodes(changed) - _nodes(known)) <= 5, number
        assert len(_nodes(known.added(number, 1))) == len(_nodes(known))


def test_with_equal_hashes_another_value_takes_the_place_of_the_first() -> None:
    found: PersistentMap[object, int] = PersistentMap({Clash(number): number for number in range(0, 40, 5)})
    room = len(_nodes(found))
    changed = found.added(Clash(5), -1)
    assert (len(changed), changed[Clash(5)], len(_nodes(changed))) == (8, -1, room)
    assert list(changed) == list(found)
