"""The second half of `make demo`: a worker is killed in the middle of a refund, and nobody is paid twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from examples import killed_worker
from tests.examples.example import FOLDER

COMMAND = [sys.executable, str(FOLDER / "killed_worker.py")]


def alive(folder: Path) -> list[str]:
    """The processes whose command names the folder: workers, and the server with its keeper."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        found += [command] if str(folder) in command else []
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_payment_and_one_mail_whatever_becomes_of_the_worker(tmp_path: Path) -> None:
    ended = subprocess.run([*COMMAND, tmp_path], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "kill -9" in ended.stdout
    assert ended.stdout.endswith("One payment, one mail.\n")
    assert alive(tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        next(line for line in demo.stdout if line.startswith("The bank has paid"))
        if number == signal.SIGINT:
            os.killpg(demo.pid, number)  # as a terminal does it: the workers too
        else:
            demo.send_signal(number)
        assert demo.wait() == 128 + number
        assert "Traceback" not in demo.stderr.read()
    assert alive(tmp_path) == []


def test_a_worker_that_is_being_started_when_a_signal_comes_ends_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen[bytes]

    def start_and_be_stopped(_: list[str], **options: object) -> subprocess.Popen[bytes]:
        begun.append(real([sys.executable, "-c", "import time; time.sleep(600)"]))
        signal.raise_signal(signal.SIGINT)
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", start_and_be_stopped)
    with pytest.raises(KeyboardInterrupt), killed_worker.workers_of(tmp_path, tmp_path) as workers:
        workers.start()
    ended = begun[0].poll()
    begun[0].kill()
    assert ended == -signal.SIGKILL


@pytest.mark.parametrize(
    ("attempts", "payments", "mails"), [(1, 1, 1), (2, 2, 1), (2, 0, 1), (2, 1, 0), (2, 1, 2), (2, 1, 1)]
)
def test_what_was_not_promised_is_told(attempts: int, payments: int, mails: int, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "support.db")) as books, books:
        books.execute("create table payments (amount text)")
        books.execute("create table mails (body text)")
        books.executemany("insert into payments values (?)", [("49.95",)] * payments)
        books.executemany("insert into mails values (?)", [("it is on its way",)] * mails)
    if (attempts, payments, mails) == (2, 1, 1):
        killed_worker.judge(tmp_path, attempts)
    else:
        with pytest.raises(killed_worker.Broken):
            killed_worker.judge(tmp_path, attempts)
