"""The bank: what tools really did, in an SQLite file of its own that survives whoever writes to it.

Each change is one transaction. What a tool did is a row under its idempotency key; `honoured` is that key once more,
and UNIQUE, where the tool honours keys. Tools that do not have as many rows as they took effect. The comparison reads
the rows when all runs are over.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLES = """
PRAGMA journal_mode = wal;
CREATE TABLE executions (key TEXT, tool TEXT, run TEXT, path TEXT, attempt INTEGER, began REAL, ended REAL);
CREATE TABLE effects (
  key TEXT, honoured TEXT UNIQUE, tool TEXT, run TEXT, path TEXT, result TEXT, at REAL, undone INTEGER DEFAULT 0
);
CREATE TABLE answers (run TEXT, tokens INTEGER, at REAL);
CREATE TABLE undos (key TEXT, tool TEXT, run TEXT, argument TEXT, at REAL, undid INTEGER);
"""

REPEATABLE = "t.idempotent"
"""It knows no keys: called again after it was undone, it takes effect again."""


@dataclass(frozen=True)
class Call:
    """One call of a tool: `run` is the run at the top, `path` that of the step as the ledger of that run names it."""

    tool: str
    key: str
    run: str
    path: str
    attempt: int = 1


@dataclass(frozen=True)
class Effect:
    """A row of the bank."""

    key: str
    tool: str
    run: str
    path: str
    undone: bool = False


class Bank:
    def __init__(self, file: Path | str) -> None:
        self._file = str(file)

    def open(self) -> None:
        with self._connected() as database:
            database.executescript(TABLES)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """In one transaction; nobody else writes meanwhile."""
        database = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as database:
            database.execute("PRAGMA synchronous = normal")
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    def begin(self, call: Call) -> tuple[int, bool]:
        """The number of the execution that begins, and whether it is the first under its key."""
        with self._writing() as database:
            known = database.execute("SELECT 1 FROM executions WHERE key = ? LIMIT 1", (call.key,)).fetchone()
            row = (call.key, call.tool, call.run, call.path, call.attempt, time.time())
            added = database.execute("INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
            return int(added.lastrowid or 0), known is None

    def end(self, execution: int) -> None:
        with self._writing() as database:
            database.execute("UPDATE executions SET ended = ? WHERE rowid = ?", (time.time(), execution))

    def commit(self, call: Call, *, honours: bool, known_for: float | None = None, began: float | None = None) -> str:
        """The id of the effect: this one, or that of an earlier execution under the same key, if that was known still
        when this execution `began`.
        """
        with self._writing() as database:
            if known_for is not None:
                first = database.execute("SELECT min(began) FROM executions WHERE key = ?", (call.key,)).fetchone()[0]
                honours = (began or time.time()) < first + known_for
            found = self._found(database, call.key) if honours else None
            if found is not None:
                if call.tool == REPEATABLE:
                    database.execute("UPDATE effects SET undone = 0 WHERE key = ?", (call.key,))
                return found
            number = database.execute("SELECT count(*) FROM effects").fetchone()[0]
            honoured = call.key if honours and known_for is None else None
            row = (call.key, honoured, call.tool, call.run, call.path, f"e{number}", time.time())
            database.execute("INSERT INTO effects VALUES (?, ?, ?, ?, ?, ?, ?, 0)", row)
            return f"e{number}"

    def undo(self, call: Call, key: str, argument: str) -> None:
        """What stands under `key` does so no more. What comes later is not touched by it."""
        with self._writing() as database:
            changed = database.execute("UPDATE effects SET undone = 1 WHERE key = ?", (key,)).rowcount
            row = (key, call.tool, call.run, argument, time.time(), changed)
            database.execute("INSERT INTO undos VALUES (?, ?, ?, ?, ?, ?)", row)

    def answered(self, run: str, tokens: int) -> None:
        """A model has answered the run at the top, or one below it, whether anybody hears of it or not."""
        with self._writing() as database:
            database.execute("INSERT INTO answers VALUES (?, ?, ?)", (run, tokens, time.time()))

    def tokens(self) -> dict[str, int]:
        """What models have counted, by run."""
        with self._connected() as database:
            return dict(database.execute("SELECT run, sum(tokens) FROM answers GROUP BY run").fetchall())

    def find(self, key: str) -> str | None:
        with self._connected() as database:
            return self._found(database, key)

    def _found(self, database: sqlite3.Connection, key: str) -> str | None:
        row = database.execute("SELECT result FROM effects WHERE key = ? LIMIT 1", (key,)).fetchone()
        return str(row[0]) if row else None

    def effects(self) -> list[Effect]:
        with self._connected() as database:
            rows = database.execute("SELECT key, tool, run, path, undone FROM effects ORDER BY rowid").fetchall()
        return [Effect(key, tool, run, path, bool(undone)) for key, tool, run, path, undone in rows]

    def at_work(self, since: float) -> int:
        """How many executions that began since then have not ended; those of killed workers never do."""
        query = "SELECT count(*) FROM executions WHERE ended IS NULL AND began > ?"
        with self._connected() as database:
            return int(database.execute(query, (since,)).fetchone()[0])
