"""The parts of a night, and how one is run: a process of its own, its whole output in a file, its end never ours."""

import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["passed", "failed", "too long", "not found"]
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
LONG = tuple(f"tests/{folder}" for folder in ("checks", "definition", "mistaken", "syntax", "typed"))
"""Where what is quick in small samples is done at length, for minutes; the heart's takes hours."""
NEEDED = tuple((f"STEADFLOW_NEEDS_{what}", "1") for what in ("MODEL", "SERVERS", "SITE"))
"""At night no test is skipped for what was not installed: it fails."""
SHOWN = 40
"""Lines at the end of a part's output that stand on the page."""


@dataclass(frozen=True)
class Lengths:
    """Minutes for each part that goes on as long as it is told to, and what faults are planted."""

    minutes: float = 30
    sample: int = 100
    seed: int = 1


@dataclass(frozen=True)
class Part:
    """`commands` one after the other. Without any, something is lacking: `lacks` says what."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    junit: Path | None = None
    lacks: str = ""
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Done:
    part: Part
    verdict: Verdict
    seconds: float
    numbers: str
    end: tuple[str, ...]
    log: Path


def parts(root: Path, folder: Path, lengths: Lengths, second: str | None) -> list[Part]:
    minutes = f"MINUTES={lengths.minutes:g}"
    faults = (f"SAMPLE={lengths.sample}", f"SEED={lengths.seed}")
    return [
        Part("lint", (("make", "lint"),)),
        tests("tests", sys.executable, folder),
        Part("site", (("make", "site"),)),
        Part(
            "slow tests", (("make", "model"), ("make", "servers", "editors"), ("make", "test-slow")), environment=NEEDED
        ),
        Part("long tests", ((sys.executable, "-m", "pytest", "-m", "soak", "-n", "2", *LONG),)),
        Part("explore", (("make", "explore", minutes),)),
        Part("soak", (("make", "soak", minutes),)),
        Part("bench", (("make", "bench"),)),
        Part("mutants", (("make", "mutants", minutes, *faults),)),
        second_python(root, folder, second),
    ]


def tests(name: str, python: str, folder: Path) -> Part:
    junit = folder / f"{name.replace(' ', '-')}.xml"
    return Part(name, ((python, "-m", "pytest", "-n", "3", "--dist", "loadfile", f"--junitxml={junit}"),), junit)


def second_python(
    root: Path, folder: Path, wanted: str | None, find: Callable[[str], str | None] = shutil.which
) -> Part:
    """The tests under another version than the environment's, in an environment beside it."""
    name, own = "second Python", version_of(sys.executable)
    tried = (wanted,) if wanted else PYTHONS
    for candidate in tried:
        found = find(candidate)
        version = version_of(found) if found else None
        if found and version and version != own:
            environment = root / f".venv-{version}"
            part = tests(f"Python {version}", str(environment / "bin" / "python"), folder)
            made = (("ENVIRONMENT", environment.name), ("PYTHON", found))
            return Part(part.name, ((str(root / ".ci" / "environment"),), *part.commands), part.junit, "", made)
    return Part(
        name, (), lacks=f"no other version than {own} among {', '.join(tried)}; name one: make nightly SECOND=…"
    )


def version_of(python: str) -> str | None:
    """Such as `3.13`; None when it does not run."""
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.strip() if told.returncode == 0 else None


def run(part: Part, root: Path, folder: Path, longest: float) -> Done:
    """Run one part for `longest` seconds at most."""
    log = folder / f"{part.name.replace(' ', '-')}.log"
    began = time.monotonic()
    verdict: Verdict = "passed" if part.commands else "not found"
    with log.open("wb") as output:
        output.write(part.lacks.encode())
        for command in part.commands:
            if verdict == "passed":
                verdict = _run(command, dict(part.environment), root, output, began + longest - time.monotonic())
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    return Done(part, verdict, time.monotonic() - began, numbers_of(part.junit), tuple(lines[-SHOWN:]), log)


def _run(command: tuple[str, ...], more: dict[str, str], root: Path, output: object, left: float) -> Verdict:
    try:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=output,  # type: ignore[arg-type]
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        output.write(f"{command[0]} cannot be run: {error}\n".encode())  # type: ignore[attr-defined]
        return "failed"
    try:
        return "passed" if process.wait(max(left, 0.1)) == 0 else "failed"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return "too long"


def numbers_of(junit: Path | None) -> str:
    """What a report of tests counts."""
    if junit is None or not junit.is_file():
        return ""
    try:
        suites = list(ET.parse(junit).getroot().iter("testsuite"))
    except ET.ParseError:
        return "its report cannot be read"
    names = ("tests", "failures", "errors", "skipped")
    counted = {name: sum(int(suite.get(name, 0)) for suite in suites) for name in names}
    return ", ".join(f"{number:,} {name}" for name, number in counted.items() if number or name == "tests")
