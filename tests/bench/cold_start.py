"""How long an author waits for `dsl check`, beside what Python and its parser library cost anyway.

A file that has not changed since it was checked is known, and `--no-cache` finds all out anew. The project has
10,000 lines in 40 files; in each round, a comment is added to what is said to be changed before it is checked.

Rounds are interleaved, so that a machine that grows slower does so for all of them. Bytecode is kept, as it is where
`dsl` is installed, in a folder of its own: a shell that forbids to write it would have ours compiled at each start,
and Lark's not.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dsl.cli.kept.answers import SWITCH
from tests.bench.projects import write_project
from tests.bench.table import Row

ROUNDS = 15
ROOT = Path(__file__).resolve().parents[2]
DSL = str(Path(sys.executable).with_name("dsl"))
SIZE = 40, 10_000
"""Files, and lines in all."""
SMALL = {f"dsl check of a file, changed ({name})": f"examples/{name}" for name in ("helper.flow", "support.flow")}
EDITED = "a project, one file changed"
LARK = 'python -c "import lark"'

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    LARK: [sys.executable, "-c", "import lark"],
    "dsl --version": [DSL, "--version"],
    "dsl check examples/support.flow": [DSL, "check", "examples/support.flow"],
    "dsl check examples/support.flow, --no-cache": [DSL, "check", "--no-cache", "examples/support.flow"],
    "dsl check examples": [DSL, "check", "examples"],
    "dsl check examples, --no-cache": [DSL, "check", "--no-cache", "examples"],
    "import dsl.api": [sys.executable, "-c", "import dsl.api"],
    "import interpreter.api": [sys.executable, "-c", "import interpreter.api"],
}


def cold_start() -> list[Row]:
    """The median of each command, and how many times as long as importing Lark it takes."""
    with tempfile.TemporaryDirectory() as bytecode:
        kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        kept |= {"XDG_CACHE_HOME": bytecode, SWITCH: ""}
        project = Path(bytecode) / "project"
        project.mkdir()
        edited = {EDITED: write_project(project, *SIZE)[-1], **_copies(Path(bytecode))}
        of_files = {name: [DSL, "check", str(edited[name])] for name in SMALL} | _of_a_project(project)
        commands = {**COMMANDS, **of_files}
        _once([DSL, "fmt", str(project)], kept)
        for command in commands.values():
            _once(command, kept)
        rounds = []
        for number in range(ROUNDS):
            times = {}
            for name, command in commands.items():
                if name in edited:
                    with edited[name].open("a", encoding="utf-8") as file:
                        file.write(f"# {number}\n")
                times[name] = _once(command, kept)
            rounds.append(times)
    walls = {name: statistics.median(times[name][0] for times in rounds) for name in commands}
    cpus = {name: statistics.median(times[name][1] for times in rounds) for name in (LARK, *of_files)}
    rows = [Row(name, wall, walls[LARK]) for name, wall in walls.items()]
    return [*rows, *(Row(f"CPU of {name}", cpu, cpus[LARK]) for name, cpu in cpus.items())]


def _copies(folder: Path) -> dict[str, Path]:
    return {name: Path(shutil.copy(ROOT / file, folder)) for name, file in SMALL.items()}


def _of_a_project(folder: Path) -> dict[str, list[str]]:
    check = [DSL, "check", str(folder)]
    fmt = [DSL, "fmt", "--check", str(folder)]
    return {
        "a project, nothing changed": check,
        EDITED: check,
        "a project, --no-cache": [*check, "--no-cache"],
        "a project, dsl fmt --check": fmt,
    }


def _once(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """How long it took, and its own share of that: what the processor worked."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
