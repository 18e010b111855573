"""What the tests of the command line share: a server that stays, and `dsl` in a process of its own."""

import asyncio
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from interpreter.cli.group import run_command
from interpreter.server.embedded import embedded
from interpreter.server.folder import state_folder

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "cli"
PATIENCE = 60
ESCAPES = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of a server that stays up between the commands."""
    folder = tmp_path_factory.mktemp("state")
    started, stop = threading.Event(), threading.Event()

    async def hold() -> None:
        async with embedded(state_folder(folder)):
            started.set()
            await asyncio.to_thread(stop.wait)

    holder = threading.Thread(target=lambda: asyncio.run(hold()))
    holder.start()
    assert started.wait(PATIENCE)
    yield folder
    stop.set()
    holder.join()


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, f"it ended with {self.code}: {self.err}"
        return json.loads(self.out)

    @property
    def events(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


KEY = "nov-1:" + b64encode(b"steadflow" * 3 + b"tests").decode()
"""With which a run on the server that the tests share is encrypted."""


@dataclass
class Dsl:
    """`dsl` with a state folder, in a folder to work in."""

    state: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list["subprocess.Popen[Any]"] = field(default_factory=list)

    def __call__(self, *arguments: str | Path, input: str | None = None) -> Ended:
        ended = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            input=input or "",
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def here(self, *arguments: str | Path) -> Ended:
        """In this process: a second faster, for commands that only look or answer."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            patch.setenv("STEADFLOW_STATE", str(self.state))
            patch.chdir(self.folder)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            code = run_command([str(argument) for argument in arguments])
        return Ended(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str | Path) -> "Running":
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return Running(process)

    def at_terminal(self, *arguments: str | Path) -> "Terminal":
        """With a terminal at both ends."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self._environment() | {"TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.started.append(process)
        return Terminal(process, master)

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "interpreter.cli", *map(str, arguments)]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "OPENAI_"))}
        return kept | {"PYTHONPATH": str(ROOT), "STEADFLOW_STATE": str(self.state)} | self.environment


@dataclass
class Running:
    """A command that goes on while the test looks at it."""

    process: "subprocess.Popen[str]"
    said: str = ""

    def until(self, text: str) -> str:
        """Read standard error until it holds `text`."""
        assert self.process.stderr is not None
        deadline = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < deadline, self.said
            line = self.process.stderr.readline()
            assert line, f"ended without saying {text!r}: {self.said}"
            self.said += line
        return self.said

    def while_waiting_for(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds; a command that ends before fails with what it said."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"what was waited for did not come: {self.end()}")
            time.sleep(0.05)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> Ended:
        out, err = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, out, self.said + err)


@dataclass
class Terminal:
    """A command at a terminal, and somebody who types."""

    process: "subprocess.Popen[bytes]"
    master: int
    said: str = ""

    def until(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < deadline, self.said
            self._read()
        return self.said

    def type(self, line: str) -> None:
        self.press(line + "\n")

    def press(self, keys: str) -> None:
        self.said = ""
        os.write(self.master, keys.encode())

    def end(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.said
            self._read()
        while self._read():
            """All that it has said before it ended."""
        os.close(self.master)
        return self.process.returncode

    def _read(self) -> bool:
        """Whether there was something."""
        if not select.select([self.master], [], [], 0.2)[0]:
            return False
        try:
            read = os.read(self.master, 65536)
        except OSError:  # the other end is closed
            time.sleep(0.05)
            return False
        self.said += ESCAPES.sub("", read.decode(errors="replace"))
        return bool(read)


@pytest.fixture
def dsl(state: Path, tmp_path: Path) -> Iterator[Dsl]:
    command = Dsl(state, tmp_path, {"SHOP_LOG": str(tmp_path / "shop.log")})
    yield command
    for process in command.started:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def shop_log(tmp_path: Path) -> Path:
    """What the tools of shop.flow have done."""
    return tmp_path / "shop.log"
