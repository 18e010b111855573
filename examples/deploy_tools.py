"""The tools of deploy.flow: services are rows in `deploy.db`, and an action is a new version or count in its row."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interpreter.api import current, tool

TABLES = """
create table if not exists services (name text primary key, state text);
create table if not exists actions (key text primary key, service text, action text, before text);
insert or ignore into services values ('billing', 'running'), ('search', 'running'), ('mail', 'running');
"""


Service = Literal["billing", "search", "mail"]
Action = Literal["restart", "migrate", "scale"]


@dataclass(frozen=True)
class Done:
    log: str


@tool("services.carry_out")
def carry_out(service: Service, action: Action) -> Done:
    with books() as connection:
        connection.execute(
            "insert or ignore into actions select ?, ?, ?, state from services where name = ?",
            (current().key, service, action, service),
        )
        connection.execute("update services set state = ? where name = ?", (f"after {action}", service))
    return Done(f"{action} of {service}")


@tool("services.restore")
def restore(service: Service) -> None:
    with books() as connection:
        connection.execute("update services set state = 'running' where name = ?", (service,))


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "deploy.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
