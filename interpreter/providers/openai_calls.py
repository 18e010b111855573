"""The calls that a model asks for, put together from the pieces in which they come.

The first piece of a call says its id and its name, all of them some of its arguments. Servers leave out the position,
send the whole at once, or give the arguments as an object.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass
class Called:
    """A call as far as it has come; `arguments` is the JSON text so far."""

    id: str = ""
    name: str = ""
    arguments: str = ""


def take_calls(calls: dict[int, Called], said: dict[str, Any]) -> int:
    """Add what a piece of an answer, or the whole of one, says of calls. How many characters came."""
    asked = said.get("tool_calls") or ([{"function": said["function_call"]}] if said.get("function_call") else [])
    length = 0
    for position, part in enumerate(asked if type(asked) is list else []):
        if type(part) is not dict:
            continue
        told: Any = part.get("function")
        function: dict[str, Any] = told if type(told) is dict else {}
        call = calls.setdefault(_place(calls, part, position), Called())
        call.id = _text(part.get("id")) or call.id
        call.name = call.name or _text(function.get("name"))
        length += len(_text(function.get("name"))) + 1
        arguments: Any = function.get("arguments")
        piece = json.dumps(arguments, ensure_ascii=False) if type(arguments) is dict else _text(arguments)
        call.arguments += piece
        length += len(piece)
    return length


def _place(calls: dict[int, Called], part: dict[str, Any], position: int) -> int:
    """Which call a piece is of: by its index; without one, by its id; without either, by where it stands."""
    index = part.get("index")
    if type(index) is int:
        return index
    id_ = _text(part.get("id"))
    known = [place for place, call in calls.items() if id_ and call.id == id_]
    if known or not id_:
        return known[0] if known else position
    return max(calls, default=-1) + 1


def _text(value: Any) -> str:
    return value if type(value) is str else ""
