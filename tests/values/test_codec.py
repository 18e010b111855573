"""What is dumped loads back the same; what is written on the wire validates back the same."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest

from dsl.expressions.values import File, Reference, references, substitute
from dsl.expressions.wire import to_wire
from dsl.values.codec import dump, load
from dsl.values.references import joined, parted
from dsl.values.validate import validate
from tests.values.chance import some_type, some_value, value_of


def exactly(value: Any) -> str:
    """Tells `1`, `1.0`, `true` and `Decimal('1.0')` apart, and the order of fields."""
    return repr(value)


def test_any_value_survives_the_state() -> None:
    chance = random.Random(11)
    for _ in range(3000):
        value = some_value(chance)
        text = json.dumps(dump(value), allow_nan=False)
        assert exactly(load(json.loads(text))) == exactly(value)
        assert exactly(load(json.loads(text, parse_float=Decimal))) == exactly(value)


def test_any_value_of_a_type_survives_the_wire() -> None:
    chance = random.Random(12)
    for _ in range(3000):
        type_ = some_type(chance)
        value = value_of(type_, chance)
        text = json.dumps(to_wire(value), allow_nan=False)
        checked = validate(json.loads(text, parse_float=Decimal), type_, {})
        assert (checked.problems, exactly(checked.value)) == ((), exactly(value))
        assert validate(value, type_, {}) == checked


def test_what_validates_once_validates_again() -> None:
    chance = random.Random(13)
    fitting = 0
    for _ in range(3000):
        type_, value = some_type(chance, 1), some_value(chance, 2)
        checked = validate(value, type_, {})
        if not checked.problems:
            fitting += 1
            assert exactly(validate(checked.value, type_, {}).value) == exactly(checked.value)
    assert fitting > 100


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"$decimal": "1"}, {"$$decimal": "1"}),
        ({"$": 1, "$$": 2}, {"$$": 1, "$$$": 2}),
        ({"a": Decimal("1.50")}, {"a": {"$decimal": "1.50"}}),
        (Reference("aa", 3), {"$ref": "aa", "$size": 3}),
    ],
)
def test_tags_cannot_be_forged_by_data(value: Any, data: Any) -> None:
    assert dump(value) == data
    assert load(data) == value


ONE, FILE = Reference("aa", 3), File("bb", 5, "a.txt", "text/plain")


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"a": [1, None, "x"]}, []),
        ({"a": [1, ONE]}, [["a", 1]]),
        ([FILE, {"b": FILE}], [[0], [1, "b"]]),
        ({"a": ONE, "b": [FILE]}, [["a"], ["b", 0]]),
        (ONE, [[]]),
        ({"a": {"$ref": "aa", "$size": 3}}, []),
    ],
)
def test_what_is_parted_is_json_and_becomes_whole_again(value: Any, places: list[Any]) -> None:
    data, beside = json.loads(json.dumps(parted(value)))
    assert [path for path, *_ in beside] == places
    assert joined(data, beside) == value


def test_references_are_found_and_replaced() -> None:
    one, other = Reference("aa", 1), Reference("bb", 2)
    value = {"a": [one, {"b": other}], "c": one, "d": "text"}
    assert references(value) == (one, other)
    assert substitute(value, lambda found: found.hash) == {"a": ["aa", {"b": "bb"}], "c": "aa", "d": "text"}
    assert references(value) == (one, other)
