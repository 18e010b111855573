"""`python show.py SYSTEM SCENARIO`: one run of a job in which something happens, and what came of it.

SYSTEM is langgraph, temporal, yaml or steadflow. The first needs `langgraph` and `langgraph-checkpoint-sqlite`, yaml a
checkout that SAMPLES names (`yaml_jobs.py`). Each run has a folder and, but for LangGraph, a Temporal server of its
own. The scenario `before` runs nothing: it tells which mistakes are found before (`mistakes.py`).
"""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mistakes

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
PATIENCE = 90


class Stage:
    """A folder, the processes that were started in it, and a way to wait for what they do."""

    def __init__(self, system: str, pause: str) -> None:
        self.system = system
        self.folder = Path(tempfile.mkdtemp(prefix="steadflow-comparison-"))
        self.environment = os.environ | {"WORLD": str(self.folder), "WORLD_PAUSE": pause}
        self.environment["PYTHONPATH"] = os.pathsep.join([str(HERE), str(CHECKOUT)])
        self.started: list[subprocess.Popen[bytes]] = []
        atexit.register(self.stop)
        if system != "langgraph":
            port = str(_free_port())
            self.environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
            self.begin("temporal", "server", "start-dev", "--headless", "--port", port, "--log-level", "error")
            self.until(lambda: _listens(int(port)))
            time.sleep(1)

    def begin(self, *command: str) -> "subprocess.Popen[bytes]":
        whole = self._whole(command)
        process = subprocess.Popen(whole, cwd=self.folder, env=self.environment, stdout=_LOG, stderr=_LOG)
        self.started.append(process)
        return process

    def say(self, *command: str) -> str:
        """Run a command to its end; what it printed last."""
        ended = subprocess.run(
            self._whole(command),
            check=False,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        lines = [line for line in (ended.stdout or ended.stderr).strip().splitlines() if line.strip()]
        return f"{ended.returncode}: {lines[-1] if lines else ''}"[:140]

    def is_in_history(self, name: str, event: str) -> bool:
        """Whether a run has come as far as this."""
        shown = self._whole(("temporal", "workflow", "show", "--workflow-id", name))
        address = ["--address", self.environment["TEMPORAL_ADDRESS"]]
        return event in subprocess.run([*shown, *address], check=False, capture_output=True, text=True).stdout

    def _whole(self, command: tuple[str, ...]) -> list[str]:
        if command[0] == "temporal":
            return [shutil.which("temporal") or str(Path(sys.executable).with_name("temporal")), *command[1:]]
        if command[0] == "dsl":
            return [sys.executable, "-m", "interpreter.cli", *command[1:]]
        return [sys.executable, str(HERE / command[0]), *command[1:]]

    def worker(self) -> "subprocess.Popen[bytes]":
        if self.system in PROGRAMS:
            return self.begin(PROGRAMS[self.system], "worker")
        return self.begin("dsl", "worker", "--tools", str(HERE / "jobs_tools.py"))

    def until(self, condition: object) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < deadline, "what was waited for did not come"
            time.sleep(0.05)

    def paused(self) -> None:
        self.until((self.folder / "paused").exists)

    def stop(self) -> None:
        """End what was started, also where something went wrong."""
        for process in self.started:
            process.kill()
            process.wait()

    def ended(self, note: str) -> None:
        self.stop()
        told = subprocess.run(
            [sys.executable, "-c", "import json, world; print(json.dumps(world.told()))"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        print(f"{self.system}: {note}")
        for what, times in json.loads(told.stdout).items():
            effects, _, calls = times.partition(" of ")
            print(f"  {what}: called {calls}, took effect {effects}")
        shutil.rmtree(self.folder, ignore_errors=True)


_LOG = subprocess.DEVNULL
PROGRAMS = {"temporal": "temporal_jobs.py", "yaml": "yaml_jobs.py"}
"""What starts a worker, a job, and asks for its result, where that is a program on Temporal."""


def start(stage: Stage, job: str, name: str) -> "subprocess.Popen[bytes]":
    """The process that would be killed: a worker, or LangGraph's own."""
    if stage.system == "langgraph":
        return stage.begin("langgraph_jobs.py", job, name)
    worker = stage.worker()
    if stage.system in PROGRAMS:
        stage.say(PROGRAMS[stage.system], job, name)
    else:
        given = ["--set", "city=Rome"] if job == "saga" else []
        stage.say("dsl", "submit", str(HERE / "jobs.flow"), "--flow", job, "--id", name, *given)
    return worker


def result(stage: Stage, job: str, name: str) -> str:
    if stage.system == "langgraph":
        return stage.say("langgraph_jobs.py", job, name)
    if stage.system in PROGRAMS:
        return stage.say(PROGRAMS[stage.system], job, name, "result")
    return stage.say("dsl", "result", name)


def answer(stage: Stage, job: str, name: str) -> str:
    if stage.system == "langgraph":
        return stage.say("langgraph_jobs.py", job, name, "approve")
    if stage.system == "temporal":
        return stage.say("temporal_jobs.py", job, name, "approve")
    return stage.say("dsl", "approve", name, "refund", "--by", "lena", "--group", "leads")


def kill(system: str, job: str, pause: str) -> None:
    """The process is killed in the middle of a call, and another one is started."""
    stage = Stage(system, pause)
    process = start(stage, job, "one")
    if job == "support":
        if system == "langgraph":
            process.wait()
            process = stage.begin("langgraph_jobs.py", job, "one", "approve")
        else:
            stage.until(lambda: answer(stage, job, "one").startswith("0"))
    stage.paused()
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if system != "langgraph":
        stage.worker()
    stage.ended(f"{job}, killed in {pause.split(':', maxsplit=1)[0]}; result {result(stage, job, 'one')}")


def cancel(system: str, job: str, pause: str) -> None:
    """The run is cancelled while a call is under way, which goes on for some seconds."""
    stage = Stage(system, pause)
    process = start(stage, job, "one")
    stage.paused()
    time.sleep(0.5)
    if system == "langgraph":
        process.send_signal(signal.SIGTERM)
        process.wait()
        said = stage.say("langgraph_jobs.py", job, "one", "cancel")
    elif system in PROGRAMS:
        stage.say(PROGRAMS[system], job, "one", "cancel")
        said = result(stage, job, "one")
    else:
        stage.say("dsl", "cancel", "one")
        said = result(stage, job, "one")
    time.sleep(11)
    if system != "langgraph" and not stage.is_in_history("one", "WorkflowExecutionCancelRequested"):
        sys.exit("the run had ended when the cancel came: this machine is too busy to show it")
    stage.ended(f"{job}, cancelled in {pause.split(':', maxsplit=1)[0]}; result {said}")


def late(system: str) -> None:
    """Nothing works at the deadline of a question; it is answered after that, and only then something works again."""
    stage = Stage(system, "")
    process = start(stage, "support", "one")
    if system == "langgraph":
        process.wait()
    else:
        stage.until(lambda: stage.is_in_history("one", "TimerStarted"))
        process.kill()
        process.wait()
    time.sleep(6)
    if system == "steadflow":
        answering = stage.begin("dsl", "approve", "one", "refund", "--by", "lena", "--group", "leads")
        time.sleep(0.5)
        stage.worker()
        answering.wait()
        said = f"ended with {answering.returncode}"
    else:
        said = answer(stage, "support", "one")
        if system == "temporal":
            stage.worker()
    came = said if system == "langgraph" else result(stage, "support", "one")
    stage.ended(f"support, answered late; the answer {said}; result {came}")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


SCENARIOS = {
    "saga-kill": lambda system: kill(system, "saga", "payments.charge:after:600"),
    "support-kill": lambda system: kill(system, "support", "payments.refund:after:600"),
    "research-kill": lambda system: kill(system, "research", "models.ask q2:before:600"),
    "saga-cancel": lambda system: cancel(system, "saga", "shipping.dispatch:before:8"),
    "saga-cancel-short": lambda system: cancel(system, "saga", "shipping.dispatch:before:4"),
    "support-late": late,
    "before": mistakes.tell,
}

if __name__ == "__main__":
    if sys.argv[1] == "yaml" and sys.argv[2].startswith("support"):
        sys.exit("this YAML has no way to wait for an answer, so the job cannot be written in it")
    SCENARIOS[sys.argv[2]](sys.argv[1])
