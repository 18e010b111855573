"""Five mistakes, planted in a job as each system has it, and what of them is found before anything runs.

A flow is asked of `dsl check`. A program is asked of `mypy --strict`, and loaded, which makes LangGraph compile its
graphs and Temporal's SDK look at its workflows. The YAML is decoded as the sample's starter does it. What is said
of the text without a mistake does not count.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]

MISSPELT = "a value under a misspelt name"
ABSENT = "a call of something that is not there"
UNDO = "the undo of the charge left out"
DEADLINE = "the deadline left out"
ANSWER = "paid whatever was answered"

PLANTED = {
    "jobs.flow": {
        MISSPELT: ("shipping.dispatch(city)\n", "shipping.dispatch(citty)\n"),
        ABSENT: ("= payments.charge()", "= payments.chrage()"),
        UNDO: (" { compensate payments.credit() }", ""),
        DEADLINE: (" timeout 4s then reject", ""),
        ANSWER: ('  if not refund.approved { return "declined" }\n', ""),
    },
    "langgraph_jobs.py": {
        MISSPELT: ('state["city"]', 'state["citty"]'),
        ABSENT: ('names = ["inventory.reserve", "payments.charge"', 'names = ["inventory.reserve", "payments.chrage"'),
        UNDO: (', "payments.charge": "payments.credit"', ""),
        DEADLINE: (' and time.time() < state["asked"] + DEADLINE', ""),
        ANSWER: ('    if not state["approved"]:\n        return {"result": "declined"}\n', ""),
    },
    "temporal_jobs.py": {
        MISSPELT: ('"shipping.dispatch", city)', '"shipping.dispatch", citty)'),
        ABSENT: ('call("payments.charge")', 'call("payments.chrage")'),
        UNDO: ('            undo.append("payments.credit")\n', ""),
        DEADLINE: (", timeout=DEADLINE", ""),
        ANSWER: (' if self.answer else "declined"', ""),
    },
    "jobs.yaml": {
        MISSPELT: ("arguments: [city]", "arguments: [citty]"),
        ABSENT: ("name: payments.charge,", "name: payments.chrage,"),
    },
}
FILES = {
    "steadflow": "jobs.flow",
    "langgraph": "langgraph_jobs.py",
    "temporal": "temporal_jobs.py",
    "yaml": "jobs.yaml",
}
LOADED = {
    "langgraph_jobs.py": (
        "import langgraph_jobs as jobs\nfor job in (jobs.saga, jobs.support, jobs.research): job().compile()"
    ),
    "temporal_jobs.py": "import temporal_jobs",
    "jobs.yaml": (
        "import sys, yaml; sys.path.insert(0, __import__('os').environ['SAMPLES'])\n"
        "import dacite; from dsl.workflow import DSLInput\n"
        "for job in yaml.safe_load(open('jobs.yaml')).values(): dacite.from_dict(DSLInput, job)"
    ),
}
TALLIES = ("Found ", "Success", "no problems", "1 ", "2 ")
"""What the last line of a checker begins with, which says how much it has said."""


def found(file: str, text: str) -> list[str]:
    """What is said about `text` in the place of `file`, before it runs."""
    with tempfile.TemporaryDirectory(prefix="steadflow-mistakes-") as folder:
        for name in ("world.py", "jobs_tools.py"):
            (Path(folder) / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
        (Path(folder) / file).write_text(text, encoding="utf-8")
        if file == "jobs.flow":
            return _said(folder, "-m", "interpreter.cli", "check", "--format", "concise", "--no-cache", file)
        loaded = _said(folder, "-c", LOADED[file])
        typed = _said(folder, "-m", "mypy", "--strict", "--no-color-output", file) if file.endswith(".py") else []
        return typed + loaded[-1:]


def _said(folder: str, *command: str) -> list[str]:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)} | ({} if command[0] == "-m" else {"PYTHONPATH": folder})
    ended = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]


def _without_place(line: str) -> str:
    """What a line says. A mistake may move what follows it, so places are no part of what is compared."""
    return line.partition(": ")[2] or line


def tell(system: str) -> None:
    """Print each mistake and the first thing that is said of it."""
    file = FILES[system]
    text = (HERE / file).read_text(encoding="utf-8")
    before = {_without_place(line) for line in found(file, text)}
    for mistake, (old, new) in PLANTED[file].items():
        assert text.count(old) == 1, f"{file} has no single {old!r}"
        said = [line for line in found(file, text.replace(old, new)) if _without_place(line) not in before]
        said = [line for line in said if not line.startswith(TALLIES)]
        print(f"{system}: {mistake}: {said[0][:110] if said else 'not found'}")
    for mistake in PLANTED["jobs.flow"]:
        if mistake not in PLANTED[file]:
            print(f"{system}: {mistake}: cannot be written")
