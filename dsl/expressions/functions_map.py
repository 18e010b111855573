"""Built-in functions that put lists and maps together anew."""

from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.lists import field_of, list_of


def entries(evaluation: Evaluation, value: Any) -> list[Any]:
    """Records `{ key, value }`, in the order of the map."""
    found = _map(value, "entries")
    evaluation.charge(3 * len(found))
    return [{"key": key, "value": item} for key, item in found.items()]


def map_of(evaluation: Evaluation, entries: Any) -> dict[str, Any]:
    """The map with these entries; of a key that stands twice, the last one counts."""
    evaluation.charge(3 * len(list_of(entries, "map_of")))
    made: dict[str, Any] = {}
    for entry in entries:
        key = field_of(entry, "key")
        if type(key) is not str:
            refuse(key, "`map_of` needs texts as keys")
        made[key] = field_of(entry, "value")
    return made


def merge(evaluation: Evaluation, left: Any, right: Any) -> dict[str, Any]:
    """Both maps as one; where both have a key, the right one counts."""
    evaluation.charge(len(_map(left, "merge")) + len(_map(right, "merge")))
    return {**left, **right}


def group(evaluation: Evaluation, items: Any, by: Any) -> dict[str, Any]:
    """The items by the text in their field `by`, groups in the order in which they come first."""
    evaluation.charge(3 * len(list_of(items, "group")))
    if type(by) is not str:
        refuse(by, "`group` takes the name of a field in `by`")
    groups: dict[str, Any] = {}
    for item in items:
        key = field_of(item, by)
        if type(key) is not str:
            refuse(key, "`group` needs texts to group by")
        groups.setdefault(key, []).append(item)
    return groups


def chunk(evaluation: Evaluation, items: Any, size: Any) -> list[Any]:
    """Lists of `size` items, the last one with what is left."""
    found = list_of(items, "chunk")
    if type(size) is not int:
        refuse(size, "`chunk` counts in ints")
    if size < 1:
        raise EvaluationError("InvalidArgument", f"`chunk` cannot make lists of {size} items")
    evaluation.charge(2 * len(found))
    return [found[at : at + size] for at in range(0, len(found), size)]


def enumerate_(evaluation: Evaluation, items: Any) -> list[Any]:
    """Records `{ index, item }`, counted from 0."""
    evaluation.charge(3 * len(list_of(items, "enumerate")))
    return [{"index": index, "item": item} for index, item in enumerate(items)]


def _map(value: Any, name: str) -> dict[str, Any]:
    if type(value) is dict:
        return value
    refuse(value, f"`{name}` needs a map")
