"""The second half of `make demo`: a worker is killed in the middle of a refund, and nobody is paid twice.

    python examples/killed_worker.py FOLDER        the server and what the tools do are kept in FOLDER

The worst moment is chosen: the bank has the order, and the worker has not heard so yet. No step here waits for a time
to pass; each waits for something to be so. It ends with 1 when anything was done twice, or not at all.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TypeVar

from interpreter.api import AnswerKept, ClientError, Note, QuestionView, SyncRun, connect_sync
from interpreter.server.folder import state_folder
from interpreter.server.locks import is_held

HERE = Path(__file__).resolve().parent
PATIENCE = 120
"""Seconds after which what has not come will not come."""
T = TypeVar("T")


class Broken(Exception):
    """What was promised does not hold."""


class Workers:
    """The worker processes that were started here; each ends with this one at the latest."""

    def __init__(self, state: Path, books: Path) -> None:
        self._state = state
        self._books = books
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "interpreter.cli", "worker", "--rehearse", "--state", str(self._state)]
        command += ["--tools", str(HERE / "support_tools.py"), "--flow", str(HERE / "support.flow")]
        environment = {**os.environ, "STEADFLOW_DEMO_DIR": str(self._books), **environment}
        with (self._books / "workers.log").open("ab") as log, signals_heard_afterwards():
            worker = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            self._started.append(worker)
        return worker

    def check(self) -> None:
        """A worker that ended by itself brings nothing any more: say what it said."""
        if any(worker.poll() not in (None, -signal.SIGKILL) for worker in self._started):
            raise Broken("a worker ended:\n" + (self._books / "workers.log").read_text(errors="replace"))

    def kill(self) -> None:
        for worker in self._started:
            worker.kill()
            worker.wait()


def demo(state: Path) -> None:
    books = state / "killed"
    books.mkdir(parents=True)
    with ending_the_server(state), workers_of(state, books) as workers, connect_sync(state_dir=state) as client:
        say("The same flow again, and this time its worker is killed in the middle of the refund.")
        first = workers.start(STEADFLOW_DEMO_BANK="silent")
        request = json.loads((HERE / "support.json").read_text(encoding="utf-8"))
        run = client.submit(HERE / "support.flow", request, with_tools=True)
        say(f"{run.id} is started, and worker {first.pid} carries it out.")
        question = until(workers, "the question", lambda: next(iter(asked(run)), None))
        say(f"It asks: {question.question} Lena approves.")
        with suppress(AnswerKept):  # the worker was busy: it counts all the same
            run.approve(question.name, by="lena", group="support-leads", answer={"amount": "49.95", "note": "twice"})
        until(workers, "the payment", lambda: rows(books, "select id from payments"))
        say("The bank has paid, and the worker has not heard so yet.")
        first.kill()
        first.wait()
        say(f"kill -9 {first.pid}: the worker is gone, with all that it knew.")
        second = workers.start()
        say(f"Worker {second.pid} is started. When the silence of the other is noticed, it takes the run up.")
        notes = until(workers, "the end of the run", lambda: notes_of_ended(run))
        say(f"The run has ended: {json.dumps(run.result())}")
    judge(books, max(note.attempt for note in notes))


def asked(run: SyncRun) -> list[QuestionView]:
    """The open questions; none before a worker is there to tell."""
    try:
        return run.approvals()
    except ClientError:
        return []


def notes_of_ended(run: SyncRun) -> list[Note]:
    try:
        view = run.state()
    except ClientError:
        return []
    return [] if view.status == "running" else view.notes


def judge(books: Path, attempts: int) -> None:
    payments = rows(books, "select amount from payments")
    mails = rows(books, "select body from mails where body like '%on its way%'")
    say(f"The bank was asked {attempts} times, with the same key each time.")
    say(f"Payments: {len(payments)} ({', '.join(payments)}). Mails about it: {len(mails)} ({', '.join(mails)})")
    if attempts < 2 or payments != ["49.95"] or len(mails) != 1:
        raise Broken("that is not what was promised: a second attempt, one payment, one mail")
    say("One payment, one mail.")


def until(workers: Workers, what: str, find: Callable[[], T | None]) -> T:
    """What `find` finds, as soon as it finds something."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if found := find():
            return found
        workers.check()
        time.sleep(0.05)
    raise Broken(f"{what} has not come in {PATIENCE} seconds")


@contextmanager
def workers_of(state: Path, books: Path) -> Iterator[Workers]:
    workers = Workers(state, books)
    try:
        yield workers
    finally:
        workers.kill()


@contextmanager
def ending_the_server(state: Path) -> Iterator[None]:
    """The server waits a few seconds for another command before it goes: so do we, that nothing is left behind."""
    try:
        yield
    finally:
        last = time.monotonic() + PATIENCE
        while is_held(state_folder(state).keeper_lock) and time.monotonic() < last:
            time.sleep(0.05)


@contextmanager
def signals_heard_afterwards() -> Iterator[None]:
    """What ends this process waits until all that it has started is known to it: nothing is left behind."""
    heard: list[int] = []
    usual = {
        number: signal.signal(number, lambda which, _: heard.append(which))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        for which in heard:
            signal.raise_signal(which)


def rows(books: Path, query: str) -> list[str]:
    """The first column of what the tools have written, nothing while there is no such table."""
    with closing(sqlite3.connect(books / "support.db", timeout=30)) as connection:
        try:
            return [str(first) for (first,) in connection.execute(query)]
        except sqlite3.OperationalError:
            return []


def say(text: str) -> None:
    print(text, flush=True)


def stop(*_: object) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        demo(Path(sys.argv[1]).resolve())
    except Broken as broken:
        sys.exit(f"broken: {broken}")
    except KeyboardInterrupt:
        sys.exit(130)
