"""What functions on lists take, or refuse: a list, a field of an item, a count."""

from typing import Any

from dsl.expressions.errors import EvaluationError, refuse


def list_of(value: Any, name: str) -> list[Any]:
    if type(value) is list:
        return value
    refuse(value, f"`{name}` needs a list")


def field_of(item: Any, name: str) -> Any:
    if type(item) is dict and name in item:
        return item[name]
    if type(item) is dict:
        raise EvaluationError("NotFound", f"there is no field `{name}`")
    refuse(item, f"the field `{name}` needs a record")


def count_of(count: Any, name: str) -> int:
    if type(count) is not int:
        refuse(count, f"`{name}` counts in ints")
    if count < 0:
        raise EvaluationError("InvalidArgument", f"`{name}` cannot take {count} items")
    return count
