"""The tests of the command line share a server for as long as a suite lasts, so no two files may give a run one id: the
second would be refused, or find what the first has left, and only when both happen to run in one process.
"""

import ast
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from tests.house.checkout import committed, syntax

SHARING = ("tests", "cli")


def ids_in(module: ast.Module) -> set[str]:
    """What follows `"--id"` among the arguments of a call."""
    return {
        value.value
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        for option, value in pairwise(call.args)
        if isinstance(option, ast.Constant) and option.value == "--id"
        if isinstance(value, ast.Constant)
    }


def test_no_two_files_give_a_run_one_id() -> None:
    files: dict[str, list[Path]] = defaultdict(list)
    for path in committed():
        if path.parts[:2] == SHARING and path.suffix == ".py":
            for id in ids_in(syntax(path)):
                files[id].append(path)
    assert len(files) > 10
    assert {id: paths for id, paths in files.items() if len(paths) > 1} == {}


def test_an_id_is_seen_wherever_it_stands() -> None:
    assert ids_in(ast.parse('dsl("run", FLOW, "--id", "a"); dsl.start("--id", "b", x); dsl("--id", name)')) == {
        "a",
        "b",
    }
