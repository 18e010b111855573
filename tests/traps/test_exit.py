"""A process that has used temporalio crashes now and then while Python takes itself down; so commands do not let it."""

import subprocess
import sys

from tests.house.checkout import ROOT

PROGRAM = """
import atexit, sys
atexit.register(print, "Python takes itself down")
from interpreter.cli.main import main
sys.argv = ["dsl", {argument!r}]
main()
"""


def run(argument: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PROGRAM.format(argument=argument)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_command_leaves_before_python_takes_itself_down() -> None:
    fine, wrong = run("--version"), run("--no-such-option")
    assert (fine.returncode, wrong.returncode) == (0, 2)
    assert fine.stdout
    assert "Python takes itself down" not in fine.stdout + wrong.stdout
