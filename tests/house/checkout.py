"""The checkout as the house's own tests see it."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dsl", "interpreter")


MADE = frozenset({"__pycache__", "build", "dist"})
"""Folders that are no part of it, beside those with a dot."""


@cache
def committed() -> tuple[Path, ...]:
    """The files under version control and those about to be, relative to the root; without git, all there are."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    found = _all() if listed is None else (Path(line) for line in listed.splitlines())
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def git(*arguments: str) -> str | None:
    """What git says of this checkout; None where there is no git, or this is no checkout."""
    if shutil.which("git") is None:
        return None
    told = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout if told.returncode == 0 else None


def _all() -> Iterator[Path]:
    for found in ROOT.rglob("*"):
        path = found.relative_to(ROOT)
        if not any(part in MADE or (part.startswith(".") and part != ".ci") for part in path.parts[:-1]):
            yield path


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the two packages."""
    return tuple(path for path in committed() if path.suffix == ".py" and path.parts[0] in PACKAGES)


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))
