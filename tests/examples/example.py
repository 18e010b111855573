"""An example, the input and tools beside it, and what is expected of it: `tests/cases/examples/<name>.yaml`.

- `result`: what the run returns; `<text>` stands for any text; `fails`: how it fails instead
- `sends`: events that are sent when the run has begun, as `Run.send` takes them
- `books`: by SQLite file and query, the rows that the tools must leave there
- `called`: how often each tool and the model of each agent were asked, attempts that failed included
- `told`: by agent, words that stand together in what its model was told once

`<name>.<case>.yaml` is another run of the same example, with `input`, `models` and `answers` of its own in the place of
those beside it.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from interpreter.cli.reading import read_input
from interpreter.cli.scripted import Script, read_script
from interpreter.worker.loading import load_tools
from tests.yaml_files import read

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"
CASES = ROOT / "tests" / "cases" / "examples"


@dataclass(frozen=True)
class Example:
    name: str
    case: str = ""

    def __str__(self) -> str:
        return f"{self.name}.{self.case}" if self.case else self.name

    @property
    def flow(self) -> Path:
        return FOLDER / f"{self.name}.flow"

    @cached_property
    def input(self) -> Any:
        if "input" in self.expected:
            return self.expected["input"]
        return read_input(str(FOLDER / f"{self.name}.json"), ())

    @cached_property
    def expected(self) -> dict[str, Any]:
        file = CASES / f"{self}.yaml"
        expected: dict[str, Any] = read(file) if file.is_file() else {}
        return expected

    @property
    def tools(self) -> list[Any]:
        file = FOLDER / f"{self.name}_tools.py"
        return list(load_tools(str(file))) if file.is_file() else []

    def models(self, folder: Path) -> Path | None:
        """The file with what the models of its agents say; without one, that is made up."""
        return self._beside("models", folder)

    def script(self, folder: Path) -> Script:
        file = self._beside("answers", folder)
        return Script({}) if file is None else read_script(file)

    def _beside(self, kind: str, folder: Path) -> Path | None:
        """Where the case has its own, that is written into `folder`."""
        if kind not in self.expected:
            file = FOLDER / f"{self.name}.{kind}.yaml"
            return file if file.is_file() else None
        file = folder / f"{self}.{kind}.yaml"
        file.write_text(yaml.safe_dump(self.expected[kind], sort_keys=False), encoding="utf-8")
        return file


EXAMPLES = [Example(path.stem) for path in sorted(FOLDER.glob("*.flow"))]
RUNS = [Example(*path.stem.split(".")) for path in sorted(CASES.glob("*.yaml"))]


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
