"""An example, the input and tools beside it, and what is expected of it: `tests/cases/examples/<name>.yaml`.

- `result`: what the run returns; `<text>` stands for any text
- `books`: by SQLite file and query, the rows that the tools must leave there
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from interpreter.cli.scripted import Script, read_script
from interpreter.worker.loading import load_tools

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"
CASES = ROOT / "tests" / "cases" / "examples"


@dataclass(frozen=True)
class Example:
    name: str

    @property
    def flow(self) -> Path:
        return FOLDER / f"{self.name}.flow"

    @cached_property
    def input(self) -> Any:
        return json.loads((FOLDER / f"{self.name}.json").read_text(encoding="utf-8"))

    @cached_property
    def expected(self) -> dict[str, Any]:
        expected: dict[str, Any] = yaml.safe_load((CASES / f"{self.name}.yaml").read_text(encoding="utf-8"))
        return expected

    @property
    def tools(self) -> list[Any]:
        file = FOLDER / f"{self.name}_tools.py"
        return list(load_tools(str(file))) if file.is_file() else []

    @property
    def models(self) -> Path | None:
        """What the models of its agents say; without it, that is made up."""
        file = FOLDER / f"{self.name}.models.yaml"
        return file if file.is_file() else None

    @property
    def script(self) -> Script:
        file = FOLDER / f"{self.name}.answers.yaml"
        return read_script(file) if file.is_file() else Script({})


EXAMPLES = [Example(path.stem) for path in sorted(FOLDER.glob("*.flow"))]


def rows(folder: Path, books: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows that each query of `books` finds now."""
    found: dict[str, dict[str, Any]] = {}
    for file, queries in books.items():
        with closing(sqlite3.connect(folder / file)) as connection:
            found[file] = {query: [list(row) for row in connection.execute(query)] for query in queries}
    return found


def agrees(value: Any, expected: Any) -> bool:
    """Whether a value is what was expected; `<text>` stands for any text."""
    if expected == "<text>":
        return isinstance(value, str)
    if isinstance(expected, dict):
        same = isinstance(value, dict) and value.keys() == expected.keys()
        return same and all(agrees(value[name], part) for name, part in expected.items())
    if isinstance(expected, list):
        same = isinstance(value, list) and len(value) == len(expected)
        return same and all(agrees(item, part) for item, part in zip(value, expected, strict=True))
    return bool(value == expected)
