"""A table of settings in `steadflow.toml`: each setting is known, and its value fits."""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.models.unusable import Unusable

Problem = Callable[[Any], str | None]
"""What is wrong with a value; None where nothing is."""


def settings(row: Any, problems: Mapping[str, Problem], where: str) -> dict[str, Any]:
    """`row`, in which each setting is one of `problems` and fits. Raises `Unusable`, which says which one does not."""
    if type(row) is not dict:
        raise Unusable(f"{where}: expected a table of settings")
    for name, value in row.items():
        if name not in problems:
            raise Unusable(f"{where}, `{name}`: there is no such setting; there are {', '.join(problems)}")
        problem = problems[name](value)
        if problem:
            raise Unusable(f"{where}, `{name}`: {problem}")
    return row
