"""A fault is found by a strong test and survives a weak one, and nothing of it stays behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.rooms import ROOT

pytestmark = pytest.mark.slow

SOURCE = """
def count(names):
    seen = 0
    while seen < len(names):
        seen += 1
    return seen

def is_many(names):
    return len(names) > 2

def is_few(names):
    return len(names) < 2
"""
TESTS = {
    "weak": "assert is_many([1, 2, 3, 4]) and count([1]) == 1",
    "strong": "assert is_many([1, 2, 3]) and not is_many([1, 2]) and count([1, 2]) == 2",
}
PROGRAM = """
import json, sys
from pathlib import Path
from tests.mutants.mutations import mutations
from tests.mutants.reach import reach
from tests.mutants.trial import Trials
root, test = Path.cwd(), Path.cwd() / sys.argv[1]
reached = {test: reach(test, root, root / "kept", root / "scratch")[0]}
again, measured = reach(test, root, root / "kept", root / "scratch")
assert not measured and again == reached[test]
trials = Trials(root, reached, root / "scratch", least=1.0)
found = [trials.of(each) for each in mutations("dsl/small.py", Path("dsl/small.py").read_text())]
print(json.dumps({each.mutation.change: each.verdict for each in found}))
"""


@pytest.fixture(scope="module", params=TESTS)
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str], Path]:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "dsl").mkdir()
    (folder / "scratch").mkdir()
    (folder / "dsl/__init__.py").touch()
    (folder / "dsl/small.py").write_text(SOURCE)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_small.py").write_text(
        f"from dsl.small import count, is_many\n\n\ndef test_small():\n    {TESTS[request.param]}\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "test_small.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return request.param, json.loads(done.stdout), folder


def test_only_a_strong_test_finds_where_the_border_is(tried: tuple[str, dict[str, str], Path]) -> None:
    strength, verdicts, _ = tried
    expected = {"weak": "survived", "strong": "found"}[strength]
    assert verdicts["return len(names) > 2 -> return len(names) >= 2"] == expected
    assert verdicts["return len(names) > 2 -> return len(names) > 3"] == ("survived" if strength == "weak" else "found")


def test_an_endless_loop_is_found(tried: tuple[str, dict[str, str], Path]) -> None:
    assert tried[1]["seen += 1 -> pass"] == "found"


def test_what_no_test_calls_is_not_reached(tried: tuple[str, dict[str, str], Path]) -> None:
    assert tried[1]["return len(names) < 2 -> return len(names) <= 2"] == "not reached"


def test_the_source_is_never_written(tried: tuple[str, dict[str, str], Path]) -> None:
    _, _, folder = tried
    assert (folder / "dsl/small.py").read_text() == SOURCE
    program = "from dsl.small import is_many; assert not is_many([1, 2])"
    subprocess.run([sys.executable, "-c", program], cwd=folder, timeout=20, check=True)
