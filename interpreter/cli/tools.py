"""Which modules the tools of a run are in: those that were named, else the file beside the flow."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interpreter.cli.problem import Misuse


@dataclass(frozen=True)
class ChosenTools:
    """`modules` are files or dotted names; `said` is what to tell about the choice."""

    modules: tuple[str, ...]
    said: tuple[str, ...] = ()


def chosen_tools(named: Sequence[str], flow: Path | None) -> ChosenTools:
    """Files are made absolute, so `dsl attach` finds them from anywhere."""
    if named:
        return ChosenTools(tuple(_located(module) for module in named))
    beside = flow.resolve().with_name(f"{flow.stem}_tools.py") if flow is not None else None
    if beside is not None and beside.is_file():
        return ChosenTools((str(beside),), (told(str(beside)),))
    return ChosenTools(())


def told(module: str) -> str:
    """Where tools come from that nobody has named just now."""
    return f"tools: {_shown(Path(module)) if module.endswith('.py') else module}"


def _shown(path: Path) -> str:
    """Relative where that is shorter."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _located(module: str) -> str:
    if not module.endswith(".py") and os.sep not in module:
        return module
    if not Path(module).is_file():
        raise Misuse(f"there is no file {module} with tools")
    return str(Path(module).resolve())
