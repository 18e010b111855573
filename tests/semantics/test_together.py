"""What long lists of what is written out have in common, taken by halves: the same as one by one, and sooner."""

import random

import pytest

from dsl.semantics import together as room
from dsl.semantics.together import odd_one, together
from dsl.semantics.types import BOOL, FRACTION, INT, NULL, NUMBER, TEXT, Enum, Member, OptionalOf, Record, Type

LEAVES: list[Type] = [INT, FRACTION, NUMBER, NULL, BOOL, TEXT, OptionalOf(INT)]


def word(chance: random.Random) -> Type:
    return Enum((chance.choice("abcdefgh"),), written=chance.random() < 0.97)


def value(chance: random.Random, depth: int) -> Type:
    """Mostly of one kind, else most lists have nothing in common."""
    which = chance.random()
    if which < 0.6 or depth == 0:
        return word(chance) if which < 0.5 else chance.choice([NULL, NULL, TEXT, OptionalOf(TEXT)])
    if which < 0.64:
        return chance.choice(LEAVES)
    names = ["x", "y"] if chance.random() < 0.95 else chance.choice([["x"], ["y", "x"], ["x", "y", "z"]])
    return Record(tuple(Member(name, value(chance, depth - 1), chance.random() < 0.9) for name in names))


def items(seed: int) -> list[Type]:
    chance = random.Random(seed)
    shown = [value(chance, 2) for _ in range(chance.choice([1, 1, 2, 3]))]
    return [alike(chance, chance.choice(shown)) for _ in range(chance.randrange(17, 60))]


def alike(chance: random.Random, type_: Type) -> Type:
    if isinstance(type_, Enum):
        return word(chance)
    if isinstance(type_, Record):
        return Record(tuple(Member(part.name, alike(chance, part.type), part.required) for part in type_.members))
    return type_ if chance.random() < 0.9 else chance.choice(LEAVES)


@pytest.mark.parametrize("filling", [True, False])
def test_by_halves_is_as_one_by_one(monkeypatch: pytest.MonkeyPatch, filling: bool) -> None:
    lists = [items(seed) for seed in range(600)]
    by_halves = [repr(together(types, filling=filling)) for types in lists]
    odd = [repr(odd_one(types)) for types in lists if together(types, filling=filling) is None]
    monkeypatch.setattr(room, "LONG", 1_000_000)
    assert by_halves == [repr(together(types, filling=filling)) for types in lists]
    assert odd == [repr(odd_one(types)) for types in lists if together(types, filling=filling) is None]
    assert 100 < len([each for each in by_halves if each != "None"]) < 600


@pytest.mark.parametrize("fields", [(), ("of", "to")])
def test_many_texts_take_no_longer_each_than_few(monkeypatch: pytest.MonkeyPatch, fields: tuple[str, ...]) -> None:
    """How many texts are written into types, while types are made of types."""
    written = 0

    def counted(left: Type, right: Type, *, filling: bool = False) -> Type | None:
        nonlocal written
        found = join(left, right, filling=filling)
        inner = [part.type for part in found.members] if isinstance(found, Record) else [found]
        written += sum(len(each.values) for each in inner if isinstance(each, Enum))
        return found

    join = room.join
    monkeypatch.setattr(room, "join", counted)
    many = 2_000
    texts = [Enum((f"t{number}",), written=True) for number in range(many)]
    types: list[Type] = [Record(tuple(Member(name, each) for name in fields)) if fields else each for each in texts]
    assert together(types) is not None
    assert written < many * 20 * max(1, len(fields))
    odd = Record(tuple(Member(name, INT) for name in fields)) if fields else INT
    assert together([*types, odd]) is None
    assert odd_one([*types[:1990], odd, *types[1990:]])[0] == 1990
    assert written < many * 300 * max(1, len(fields))


def in_turn(number: int) -> list[Type]:
    """Records that lack fields in turn, each with a text of its own."""
    shapes = (("a", "b"), ("a", "c"), ("c", "a", "b"))
    texts = [Enum((f"t{each:04}",), written=True) for each in range(number)]
    return [
        Record(tuple(Member(name, text if name == "a" else INT) for name in shapes[each % 3]))
        for each, text in enumerate(texts)
    ]


def test_records_that_lack_fields_in_turn_are_taken_by_their_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as one by one, but for the order of the words; and sooner."""
    calls = [0]
    join = room.join

    def counted(left: Type, right: Type, *, filling: bool = False) -> Type | None:
        found = join(left, right, filling=filling)
        of_words = found.members[0].type if isinstance(found, Record) and found.members else None
        calls[0] += len(of_words.values) if isinstance(of_words, Enum) else 0
        return found

    monkeypatch.setattr(room, "join", counted)
    found = together(in_turn(300))
    assert calls[0] < 300 * 30
    monkeypatch.setattr(room, "LONG", 1_000_000)
    one_by_one = together(in_turn(300))
    assert calls[0] > 300 * 100
    assert isinstance(found, Record)
    assert isinstance(one_by_one, Record)
    words, others = found.members[0].type, one_by_one.members[0].type
    assert isinstance(words, Enum)
    assert isinstance(others, Enum)
    assert sorted(words.values) == list(others.values)
    assert [(part.name, part.required) for part in found.members] == [("a", True), ("b", False), ("c", False)]
    assert found.members[1:] == one_by_one.members[1:]
