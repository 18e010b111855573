"""Servers that nobody here wrote, as `make servers` installs them.

`aimock` speaks the API of models: it answers from fixtures, breaks as they say, and keeps a journal of what it was
asked.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / ".ci" / "servers"
MODULES = FOLDER / "node_modules"
AIMOCK = MODULES / "@copilotkit" / "aimock" / "dist" / "cli.js"

START = 60.0
"""Seconds until a test gives up waiting for a server; how long it takes is never what is tested."""


def needed(*parts: Path) -> list[pytest.MarkDecorator]:
    """Of tests that need these. Where STEADFLOW_NEEDS_SERVERS is set, they fail without."""
    there = shutil.which("node") is not None and all(part.exists() for part in parts)
    return [
        pytest.mark.slow,
        pytest.mark.timeout(240),
        pytest.mark.skipif(
            not os.environ.get("STEADFLOW_NEEDS_SERVERS") and not there,
            reason="make servers installs the servers of these tests; they need node",
        ),
    ]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def listening(command: list[str], port: int, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """The process of a server, from when it listens on the port; killed in the end."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START
        while not _listens(port):
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command} does not listen"
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class ModelServer:
    root: str

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": "test-key-of-nobody", "OPENAI_BASE_URL": f"{self.root}/v1"}

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.root}/{path}", timeout=START) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> Any:
        data = json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.root}/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=START) as answer:
            return json.load(answer)


@contextmanager
def aimock(folder: Path, fixtures: list[dict[str, Any]], *more: str) -> Iterator[ModelServer]:
    """Strict: what no fixture fits is refused, and stands in the journal."""
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
    port = free_port()
    command = ["node", str(AIMOCK), "-p", str(port), "-f", str(folder / "fixtures.json"), "--strict", *more]
    with listening(command, port, {}):
        yield ModelServer(f"http://127.0.0.1:{port}")
