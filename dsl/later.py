"""A function that is loaded with its module when it is first called.

`dsl check` of a small file needs few of the functions that its tables name, and to load the others would take longer
than to check it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def later(module: str, name: str, table: str | None = None) -> Callable[..., Any]:
    """The function `name` of `module`, or of a table that it has."""

    @cache
    def loaded() -> Callable[..., Any]:
        whole = import_module(module)
        found: Callable[..., Any] = getattr(whole, name) if table is None else getattr(whole, table)[name]
        return found

    def called(*given: Any) -> Any:
        return loaded()(*given)

    return called
