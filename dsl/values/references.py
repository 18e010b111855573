"""References beside the data: how plain JSON that holds large values travels, so that nothing in it can pass for one.

The data goes as it is, and with it a list of where in it references stand: `[path, hash, size]`, the path as fields and
positions; of a file also its name and its media type. Only that list makes a reference, or a file. What stands at the
place in the data is there for people who look at it, and is never read: an object that looks like it, in a text that
somebody wrote, is an object.
"""

from typing import Any

from dsl.expressions.values import File, Reference, files_in, references
from dsl.expressions.wire import told

Beside = list[Any]
"""`[path, hash, size]` for each reference, `[path, hash, size, name, media type]` for each file, with two numbers more
where it was measured, in the order in which they stand in the data."""


def parted(data: Any) -> tuple[Any, Beside]:
    """Plain JSON, and what of it is a reference. The way back is `joined`."""
    if not references(data) and not files_in(data):
        return data, []
    beside: Beside = []
    return _plain(data, [], beside), beside


def joined(data: Any, beside: Beside) -> Any:
    """What was parted, whole again. `data`, which was just read, is changed where references belong."""
    holder: Any = [data]
    for path, hash_, size, *file in beside:
        place, key = holder, 0
        for segment in path:
            place, key = place[key], segment
        place[key] = _file(hash_, size, *file) if file else Reference(hash_, size)
    return holder[0]


def shown(data: Any) -> Any:
    """`data` for people only: a reference as an object with its hash and size, a file as what there is to say of it."""
    return parted(data)[0]


def _file(hash_: str, size: int, name: str, media_type: str, *measured: int) -> File:
    return File(hash_, size, name, media_type, (measured[0], measured[1]) if measured else None)


def _plain(data: Any, path: list[str | int], beside: Beside) -> Any:
    kind = type(data)
    if kind is Reference:
        beside.append([path, data.hash, data.size])
        return {"$ref": data.hash, "$size": data.size}
    if kind is File:
        beside.append([path, data.hash, data.size, data.name, data.media_type, *(data.measured or ())])
        return told(data)
    if kind is list:
        return [_plain(item, [*path, position], beside) for position, item in enumerate(data)]
    if kind is dict:
        return {name: _plain(item, [*path, name], beside) for name, item in data.items()}
    return data
