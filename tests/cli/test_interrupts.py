"""Ctrl-C in stages."""

import asyncio
import subprocess
import sys

import pytest

from interpreter.cli import exit_codes, interrupts
from tests.house.checkout import ROOT

WHILE_IT_LOADS = """
import sys

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from interpreter.cli.main import main
sys.argv = ["dsl", "run", "main.flow"]
main()
"""


async def test_one_leaves_after_a_while_and_two_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "SECOND_CHANCE", 0.01)
    said: list[str] = []
    once = interrupts.Interrupts(lambda: said.append("stays"))
    once.interrupt()
    assert said == ["stays"]
    await asyncio.wait_for(once.leaving.wait(), 5)
    assert not once.cancelling.is_set()

    twice = interrupts.Interrupts(lambda: said.append("stays"))
    twice.interrupt()
    twice.interrupt()
    await asyncio.sleep(0.05)
    assert twice.cancelling.is_set()
    assert not twice.leaving.is_set(), "it waits for the undo"
    twice.interrupt()
    assert twice.leaving.is_set()


@pytest.mark.parametrize(
    "module", ["interpreter.cli.leaving", "dsl.cli.kept.quick", "click", "interpreter.cli.lazy_group"]
)
def test_one_that_comes_while_a_command_loads_ends_it_without_a_word(module: str) -> None:
    program = [sys.executable, "-c", WHILE_IT_LOADS.format(module=module)]
    ended = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (exit_codes.LEFT, "", "")
