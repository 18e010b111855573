"""What runs inside a workflow task can neither act nor learn anything that a replay would not see again.

`tests/cases/house/impure/` holds snippets with what is found in them written at their top, by the same measure that the
files of the run are held to.
"""

import ast
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, syntax
from tests.house.closure import closure, imported, outside, path_of
from tests.house.order import Known, known_in, set_order
from tests.house.purity import EXTRA, allowed, banned, foreign, room_of

SNIPPETS = sorted((ROOT / "tests" / "cases" / "house" / "impure").iterdir())

LOADED = """
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
print(*sorted(sys.modules))
"""


def offences(tree: ast.AST, room: str, known: Known) -> list[str]:
    return [*foreign(tree, room), *banned(tree, room), *set_order(tree, known)]


def test_the_files_of_the_run_are_pure() -> None:
    known = known_in(syntax(path_of(each)) for each in closure())
    found = {each: offences(syntax(path_of(each)), room_of(each), known) for each in closure()}
    assert {module: each for module, each in found.items() if each} == {}


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.stem)
def test_a_planted_offence_is_refused(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    room, *refused = (line.partition(": ")[2] for line in source.splitlines() if line.startswith("# "))
    tree = ast.parse(source)
    assert sorted(offences(tree, room_of(room), known_in([tree]))) == sorted(refused)


def test_enough_is_planted() -> None:
    assert len(SNIPPETS) > 25


@pytest.mark.parametrize("room", EXTRA)
def test_a_room_is_allowed_no_more_than_it_uses(room: str) -> None:
    trees = [syntax(path_of(module)) for module in closure() if room_of(module) == room]
    used = [ast.unparse(tree) for tree in trees], [name for tree in trees for name in imported(tree)]
    unused = [
        name
        for name in EXTRA[room]
        if not any(each == name or each.startswith(f"{name}.") for each in used[1])
        and not any(name in text for text in used[0])
    ]
    assert unused == []


def test_an_import_of_the_run_loads_these_files_and_no_others() -> None:
    """What the measure above reads is what is there: nothing is loaded by another way."""
    loaded = _loaded(closure())
    own = {name for name in loaded if name.partition(".")[0] in ("dsl", "interpreter")}
    assert own == set(closure())


def test_all_that_it_loads_comes_with_what_is_allowed() -> None:
    rooms = {room_of(module) for module in closure()}
    modules = {_importable(name) for room in rooms for name in allowed(room)}
    assert set(outside(_loaded(closure()))) - _loaded(tuple(sorted(modules))) == set()


def test_the_heart_loads_nothing_that_reaches_the_network() -> None:
    loaded = _loaded(tuple(module for module in closure() if not module.startswith("interpreter.workflow")))
    assert loaded & {"socket", "ssl", "subprocess", "asyncio", "http.client", "urllib.request", "temporalio"} == set()


def _importable(name: str) -> str:
    """The module that an allowed name is, or lies in."""
    try:
        found = find_spec(name)
    except ModuleNotFoundError:  # it lies in what is no package
        found = None
    return name if found is not None else name.rpartition(".")[0]


@cache
def _loaded(names: tuple[str, ...]) -> set[str]:
    program = LOADED.format(names=names)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ended.stdout.split())
