"""The keeper: a small process that owns the server of one state folder.

It is started detached, so Ctrl-C in a terminal reaches neither it nor the server. It starts the server again when that
dies while commands use it, on the same ports, where their clients find it again. It ends the server when no command
has held the users' lock for a while: a lock is given up by the kernel, so a command that was killed is not waited for.

It imports the standard library only: it must be up in milliseconds.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from interpreter.server import locks
from interpreter.server.command import find_binary, server_command
from interpreter.server.folder import StateFolder
from interpreter.server.record import ServerRecord, choose_port, read_record, write_record

POLL_SECONDS = 0.1
LINGER_SECONDS = 3
"""Commands that are typed one after the other should not each pay for a start."""

STOP_SECONDS = 8
HEALTHY_SECONDS = 5
"""A server that lived shorter than this three times in a row is not started again."""


def main(root: str) -> int:
    folder = StateFolder(Path(root))
    if not locks.try_exclusive(locks.open_lock(folder.keeper_lock)):
        return 1
    _detach()
    signal.signal(signal.SIGTERM, _leave)
    _end_orphan(folder)
    early_deaths = 0
    while early_deaths < 3:
        started = time.monotonic()
        if _serve_until_unused(folder):
            return 0
        early_deaths = early_deaths + 1 if time.monotonic() - started < HEALTHY_SECONDS else 1
    return 1


def _detach() -> None:
    """Go on in a child that has no terminal and nobody who waits for it. It inherits the lock; its pid is announced."""
    child = os.fork()
    if child:
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os._exit(0)
    os.setsid()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _serve_until_unused(folder: StateFolder) -> bool:
    """True when nobody needs the server any more, False when it died by itself."""
    users = locks.open_lock(folder.users_lock)
    server = _start(folder)
    used = time.monotonic()
    try:
        while server.poll() is None:
            time.sleep(POLL_SECONDS)
            if not locks.try_exclusive(users):
                used = time.monotonic()
            elif time.monotonic() - used > LINGER_SECONDS:
                return True  # the lock is held until the server has ended, so a new command waits for that
            else:
                locks.release(users)
        return False
    finally:
        _stop(server)
        os.close(users)


def _start(folder: StateFolder) -> "subprocess.Popen[bytes]":
    before = read_record(folder.server)
    port = choose_port(before.port if before else None)
    ui_port = choose_port(before.ui_port if before else None)
    database = locks.open_lock(folder.database_lock)
    locks.lock_exclusive(database)
    with folder.log.open("ab") as log:
        server = subprocess.Popen(
            server_command(find_binary(), folder.database, port, ui_port),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(database,),
        )
    os.close(database)  # the server has its own copy, and with it the lock
    write_record(folder.server, ServerRecord(port, ui_port, server.pid, os.getpid()))
    return server


def _environment() -> dict[str, str]:
    """Without what is said of OpenTelemetry: that is meant for runs, and the server would send spans of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _end_orphan(folder: StateFolder) -> None:
    """A keeper that was killed leaves its server behind; two servers must never share one database."""
    record = read_record(folder.server)
    begun = time.monotonic()
    while locks.is_held(folder.database_lock):
        waited = time.monotonic() - begun
        if record is None or waited > 2 * STOP_SECONDS:
            raise SystemExit(f"another process has {folder.database} open")
        with suppress(ProcessLookupError):  # it has ended since we looked
            os.kill(record.pid, signal.SIGTERM if waited < STOP_SECONDS else signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)  # the `finally` above ends the server


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
