"""What the run imports: the files that an import of it reaches, and the modules from outside that they name."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.house.checkout import PACKAGES, modules, syntax

ROOTS = (
    "interpreter.workflow",
    "interpreter.core",
    "interpreter.simulation",
    "interpreter.boundary",
    "dsl.ast",
    "dsl.expressions",
    "dsl.values",
    "dsl.definition.unseal",
)
"""What runs inside a workflow task, or decides like it."""


@cache
def closure() -> tuple[str, ...]:
    """The modules of the two packages that can be imported when `ROOTS` are, whatever function asks for them."""
    waiting = [module_of(path) for path in modules() if module_of(path).startswith(ROOTS)]
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting.extend(own for name in imported(syntax(path_of(module))) if (own := own_module(name)))
            waiting.extend(parent for parent in (module.rpartition(".")[0],) if parent)
    return tuple(sorted(reached))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every import as a dotted name, wherever it stands: `json`, `datetime.datetime`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name.partition(".")[0] not in PACKAGES)


def own_module(name: str) -> str | None:
    """The module of ours that a dotted name is, or lies in."""
    if name.partition(".")[0] not in PACKAGES:
        return None
    while name not in _paths():
        name = name.rpartition(".")[0]
    return name


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def path_of(module: str) -> Path:
    return _paths()[module]


@cache
def _paths() -> dict[str, Path]:
    return {module_of(path): path for path in modules()}
