"""`dsl.dataclass` is the standard library's, in all that the language uses of it."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dsl.dataclass import FEW, dataclass, field, field_names, replace
from dsl.source import Span

FROZEN = {"frozen": True, "slots": True}
WAYS: list[dict[str, bool]] = [FROZEN, {"frozen": True}, {"slots": True}, {}, {**FROZEN, "eq": False}]


def _classes(way: dict[str, bool]) -> tuple[Any, Any]:
    def made(decorator: Callable[..., Any], field: Callable[..., Any]) -> Any:
        @decorator(**way, kw_only=True)
        class Base:
            place: int = field(default=0, compare=False, repr=False)

        @decorator(**way)
        class Example(Base):
            first: int
            second: str = "two"
            many: list[int] = field(default_factory=list, hash=False)

        return Example

    return made(dataclass, field), made(dataclasses.dataclass, dataclasses.field)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_value_is_what_the_standard_library_makes_of_it(way: dict[str, bool]) -> None:
    ours, theirs = _classes(way)
    for given, named in [((1,), {}), ((1, "x"), {"place": 3}), ((1,), {"many": [2]}), ((2,), {"second": "y"})]:
        one, other = ours(*given, **named), theirs(*given, **named)
        assert repr(one) == repr(other)
        assert dataclasses.astuple(one) == dataclasses.astuple(other)
        assert field_names(one) == tuple(each.name for each in dataclasses.fields(other))
        assert (one == ours(1)) == (other == theirs(1))
        assert one != other
        assert repr(dataclasses.replace(one, first=5)) == repr(replace(one, first=5))
        assert replace(one, first=5).first == 5
        assert repr(replace(one)) == repr(one)
    assert ours(1).many is not ours(1).many
    assert ours.__match_args__ == theirs.__match_args__
    assert hasattr(ours(1), "__dict__") == hasattr(theirs(1), "__dict__")


@pytest.mark.parametrize("few", [0, 2, FEW])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_first_values_are_as_all_others(few: int, way: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsl.dataclass.FEW", few)
    ours, theirs = _classes(way)
    for given, named in [((1,), {}), ((1, "x"), {"place": 3}), ((1,), {"many": [2]}), ((), {"first": 2})]:
        assert repr(ours(*given, **named)) == repr(theirs(*given, **named))
    assert (ours.__init__.__name__ == "first") == (few == FEW)


@pytest.mark.parametrize("few", [0, FEW])
@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), ((1, "x", [], 4), {}), ((1,), {"other": 2}), ((1, 2), {"first": 1}), ((1,), {"place": 1, "o": 2})],
)
def test_wrong_arguments_are_refused(
    few: int, way: dict[str, bool], given: Any, named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsl.dataclass.FEW", few)
    for each in _classes(way):
        with pytest.raises(TypeError, match="__init__"):
            each(*given, **named)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_it_can_be_hashed_where_the_standard_library_can(way: dict[str, bool]) -> None:
    ours, theirs = _classes(way)
    if theirs.__hash__ is None:
        assert ours.__hash__ is None
    else:
        assert (hash(ours(1)) == hash(ours(1, place=4))) == (hash(theirs(1)) == hash(theirs(1, place=4)))


def test_what_is_frozen_cannot_be_changed() -> None:
    ours, _ = _classes(FROZEN)
    value = ours(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="first"):
        value.first = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="first"):
        del value.first
    assert value.first == 1


def test_it_is_copied_and_pickled() -> None:
    span = Span(1, 2)
    assert pickle.loads(pickle.dumps(span)) == copy.copy(span) == copy.deepcopy(span) == span


def test_a_class_may_go_on_where_the_values_that_it_was_given_end() -> None:
    @dataclass(slots=True)
    class Counted:
        items: list[int]
        count: int = field(init=False)

        def __post_init__(self) -> None:
            self.count = len(self.items)

    assert repr(Counted([1, 2])).endswith("Counted(items=[1, 2], count=2)")
    with pytest.raises(TypeError):
        Counted([1], 2)  # type: ignore[call-arg]


def test_what_is_given_no_value_is_not_replaced() -> None:
    @dataclass(frozen=True)
    class Known:
        first: int
        second: int = field(init=False, default=2)

    assert replace(Known(1), first=3) == Known(3)
    with pytest.raises(ValueError, match="second"):
        replace(Known(1), second=3)
    with pytest.raises(TypeError, match="other"):
        replace(Known(1), other=3)  # type: ignore[call-arg]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_standard_library_is_told_the_fields(way: dict[str, bool]) -> None:
    ours, theirs = (dataclasses.fields(each) for each in _classes(way))
    for one, other in zip(ours, theirs, strict=True):
        for word in ("name", "type", "default", "default_factory", "init", "repr", "hash", "compare", "kw_only"):
            assert getattr(one, word) == getattr(other, word), (one.name, word)


def test_what_says_more_of_a_field_is_ours() -> None:
    with pytest.raises(TypeError, match=r"dsl\.dataclass"):

        @dataclass
        class Mixed:
            many: list[int] = dataclasses.field(default_factory=list)


def test_what_a_class_writes_itself_stays() -> None:
    @dataclass(frozen=True)
    class Quiet:
        name: str

        def __repr__(self) -> str:
            return "quiet"

    assert repr(Quiet("n")) == "quiet"
    assert Quiet("n") == Quiet("n")
    assert len({Quiet("n"), Quiet("n")}) == 1


def test_a_method_that_another_thread_has_made_meanwhile_is_called() -> None:
    """Of two threads that look a method up together, one makes it, and the other has what stood in its place."""
    ours, _ = _classes(FROZEN)
    before = {name: vars(ours)[name] for name in ("__init__", "__repr__", "__eq__", "__hash__")}
    values = [ours(number % 2) for number in range(2 * FEW)]
    assert (len(set(values)), bool(repr(values[0]))) == (2, True)
    assert all(vars(ours)[name] is not method for name, method in before.items())
    late = object.__new__(ours)
    before["__init__"](late, 1, second="x")
    assert (late.first, late.second, late.place) == (1, "x", 0)
    assert before["__eq__"](late, ours(1, "x")) is True
    assert before["__hash__"](late) == hash(ours(1, "x"))
    assert before["__repr__"](late) == repr(ours(1, "x"))
