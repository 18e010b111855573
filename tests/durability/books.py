"""The books: a process of its own that writes down every execution of a tool, and every effect once for each key.

It speaks JSON, a line for a request and a line for the answer. The key of an effect is UNIQUE, as in a real system that
honours idempotency keys; a write without a key is one more effect each time.
"""

import json
import os
import socket
import socketserver
import sqlite3
import sys
import threading
import time
from typing import Any

ADDRESS = "BOOKS"
"""The environment variable that tells tools where the books are."""

TABLES = """
CREATE TABLE executions (run TEXT, step TEXT, attempt INTEGER, at REAL);
CREATE TABLE effects (key TEXT UNIQUE, run TEXT, step TEXT, result TEXT);
"""


class Ledger:
    """The tables. One writer at a time, each change committed before it is answered."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(TABLES)
        self._lock = threading.Lock()

    def answer(self, request: dict[str, Any]) -> Any:
        with self._lock:
            return getattr(self, request.pop("do"))(**request)

    def begin(self, run: str, step: str, attempt: int) -> int:
        """An execution begins; how many of this step there have been, this one included."""
        self._database.execute("INSERT INTO executions VALUES (?, ?, ?, ?)", (run, step, attempt, time.time()))
        counted = self._database.execute("SELECT count(*) FROM executions WHERE run = ? AND step = ?", (run, step))
        return int(counted.fetchone()[0])

    def commit(self, key: str | None, run: str, step: str, result: str) -> str:
        """The result that stands under the key: this one, or that of an earlier execution."""
        self._database.execute("INSERT OR IGNORE INTO effects VALUES (?, ?, ?, ?)", (key, run, step, result))
        return result if key is None else str(self.find(key))

    def find(self, key: str) -> str | None:
        found = self._database.execute("SELECT result FROM effects WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def executions(self, run: str) -> list[Any]:
        return self._database.execute("SELECT step, attempt, at FROM executions WHERE run = ?", (run,)).fetchall()

    def effects(self, run: str) -> list[Any]:
        return [row[0] for row in self._database.execute("SELECT step FROM effects WHERE run = ?", (run,))]


def ask(do: str, **request: Any) -> Any:
    """What the books at the address in the environment answer."""
    host, port = os.environ[ADDRESS].split(":")
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rw") as lines:
        lines.write(json.dumps({"do": do, **request}) + "\n")
        lines.flush()
        return json.loads(lines.readline())


def serve(path: str) -> None:
    ledger = Ledger(path)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(json.dumps(ledger.answer(json.loads(line))).encode() + b"\n")

    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        print(f"127.0.0.1:{server.server_address[1]}", flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()  # until whoever started the books is gone


if __name__ == "__main__":
    serve(sys.argv[1])
