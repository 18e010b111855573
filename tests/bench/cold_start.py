"""How long an author waits for `dsl check`, beside what Python and its parser library cost anyway.

Rounds are interleaved, so that a machine that grows slower does so for all of them. Bytecode is kept, as it is where
`dsl` is installed, in a folder of its own: a shell that forbids to write it would have ours compiled at each start,
and Lark's not.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.table import Row

ROUNDS = 15
ROOT = Path(__file__).resolve().parents[2]
DSL = str(Path(sys.executable).with_name("dsl"))
LARK = 'python -c "import lark"'

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    LARK: [sys.executable, "-c", "import lark"],
    "dsl --version": [DSL, "--version"],
    "dsl check examples/support.flow": [DSL, "check", "examples/support.flow"],
    "dsl check examples": [DSL, "check", "examples"],
    "import dsl.api": [sys.executable, "-c", "import dsl.api"],
    "import interpreter.api": [sys.executable, "-c", "import interpreter.api"],
}


def cold_start() -> list[Row]:
    """The median of each command, and how many times as long as importing Lark it takes."""
    with tempfile.TemporaryDirectory() as bytecode:
        kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        for command in COMMANDS.values():
            _once(command, kept)
        rounds = [{name: _once(command, kept) for name, command in COMMANDS.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in COMMANDS}
    return [Row(name, median, medians[LARK]) for name, median in medians.items()]


def _once(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun
