"""What the three jobs act on: a file that knows what was called and what it did, and stops at a planned place.

A call with a key that was there before does nothing again, as a good service does. `WORLD_PAUSE=WHAT:before:8` makes
the first call of WHAT wait for 8 seconds before its effect, `after` behind it, so that a process can be killed there.
"""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

FOLDER = Path(os.environ.get("WORLD", "."))


class NoCourier(Exception):
    """Nothing was sent."""


def act(what: str, key: str, value: str = "") -> str:
    """Carry `what` out once for a key; the same answer each time."""
    _write("insert into calls values (?, ?)", what, key)
    _pause(what, "before")
    if what == "shipping.dispatch" and value == "Atlantis":
        raise NoCourier("no courier goes to Atlantis")
    _write("insert or ignore into effects values (?, ?)", what, key)
    _pause(what, "after")
    return f"{what}#{key}"


def _write(statement: str, what: str, key: str) -> None:
    with closing(_world()) as database, database:
        database.execute(statement, (what, key))


def _world() -> sqlite3.Connection:
    database = sqlite3.connect(FOLDER / "world.db", timeout=30)
    database.execute("create table if not exists calls (what, key)")
    database.execute("create table if not exists effects (what, key, unique (what, key))")
    return database


def _pause(what: str, where: str) -> None:
    planned, _, rest = os.environ.get("WORLD_PAUSE", "").partition(":")
    begun = FOLDER / "paused"
    if planned == what and rest.startswith(f"{where}:") and not begun.exists():
        begun.touch()
        time.sleep(float(rest.partition(":")[2]))


def told() -> dict[str, str]:
    """Of each thing: how often it was called, and how often it took effect."""
    with closing(_world()) as database:
        calls = dict(database.execute("select what, count(*) from calls group by what order by min(rowid)").fetchall())
        effects = dict(database.execute("select what, count(*) from effects group by what").fetchall())
    return {what: f"{effects.get(what, 0)} of {number}" for what, number in calls.items()}
