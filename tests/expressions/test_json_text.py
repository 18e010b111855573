"""JSON with all digits: what is written exactly is read exactly, and all else is as `json` writes it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from dsl.expressions.json_reading import exact
from dsl.expressions.json_writing import exact_text, has_decimal

DIGITS = Decimal("1234567890123456789.01234567890")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1,
        'a\u2028"é',
        [],
        {},
        {"a": [DIGITS, {"b": DIGITS, "": None}], "c": "1.50"},
        DIGITS,
        Decimal("1E+3"),
    ],
)
def test_there_and_back(value: Any) -> None:
    text = exact_text(value)
    assert exact(text) == value
    assert str(exact(text)) == str(value) or value == Decimal("1E+3")
    if not has_decimal(value):
        assert text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), [Decimal("sNaN")], float("inf")])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"no number|not JSON"):
        exact_text(value)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', "NaN", "-Infinity", "[1.5", ""])
def test_what_is_not_strict_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"stands twice|no number|Expecting"):
        exact(text)
