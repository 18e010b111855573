"""Calls of a model, put together from what a server tells of them, and how long they are."""

from typing import Any

import pytest

from interpreter.providers.openai_calls import take_calls


def taken(*said: dict[str, Any]) -> tuple[dict[int, tuple[str, str, str]], int]:
    calls: dict[int, Any] = {}
    length = sum(take_calls(calls, each) for each in said)
    return {place: (call.id, call.name, call.arguments) for place, call in calls.items()}, length


def call(arguments: Any = "", name: Any = None, **more: Any) -> dict[str, Any]:
    return {**more, "function": {"arguments": arguments, "name": name}}


def pieces(*calls: Any) -> dict[str, Any]:
    return {"tool_calls": list(calls)}


CASES: list[tuple[list[dict[str, Any]], dict[int, tuple[str, str, str]], int]] = [
    ([pieces(call("{", "f", index=0, id="c")), pieces(call("}", index=0))], {0: ("c", "f", "{}")}, 5),
    ([pieces(call("{", "f", id="c")), pieces(call("}", id="c"))], {0: ("c", "f", "{}")}, 5),
    ([pieces(call("{", "f", id="c")), pieces(call("}"))], {0: ("c", "f", "{}")}, 5),
    ([pieces(call("1", "f", id="c")), pieces(call("2", "g", id="d"))], {0: ("c", "f", "1"), 1: ("d", "g", "2")}, 6),
    ([pieces(call("1", "f", index=4, id="c"), call("2", "g", id="d"))], {4: ("c", "f", "1"), 5: ("d", "g", "2")}, 6),
    ([pieces(call("1", "f"), call("2", "g"))], {0: ("", "f", "1"), 1: ("", "g", "2")}, 6),
    ([pieces(call("1", "f"), None, call("2", "g"))], {0: ("", "f", "1"), 2: ("", "g", "2")}, 6),
    ([pieces(call("1", "f", index="0", id="c"), call("2", index=True))], {0: ("c", "f", "1"), 1: ("", "", "2")}, 5),
    ([pieces(call("", "f", index=0)), pieces(call("", "g", index=0, id="late"))], {0: ("late", "f", "")}, 4),
    ([pieces(call("", "f", index=0, id="c")), pieces(call("x", index=0, id=""))], {0: ("c", "f", "x")}, 4),
    ([pieces(call({"é": 1}, "f"))], {0: ("", "f", '{"é": 1}')}, 10),
    ([pieces(call([1], 7, id=7))], {0: ("", "", "")}, 1),
    ([pieces({"function": "f"})], {0: ("", "", "")}, 1),
    ([{"function_call": {"name": "f", "arguments": "{}"}}], {0: ("", "f", "{}")}, 4),
    ([{"function_call": {}}, {"tool_calls": []}, {"tool_calls": 7}, {}], {}, 0),
]


@pytest.mark.parametrize(("said", "calls", "length"), CASES, ids=str)
def test_calls(said: list[dict[str, Any]], calls: dict[int, tuple[str, str, str]], length: int) -> None:
    """Their characters, and one more for each piece, so that none comes for nothing."""
    assert taken(*said) == (calls, length)
