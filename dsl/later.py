"""A function that is loaded with its module when it is first called.

`dsl check` of a small file needs few of the functions that its tables name, and to load the others would take longer
than to check it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def later(module: str, name: str) -> Callable[..., Any]:
    """The function `name` of `module`."""

    @cache
    def loaded() -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found

    def called(*given: Any) -> Any:
        return loaded()(*given)

    return called
