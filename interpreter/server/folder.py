"""The state folder: everything that must outlive a command. Deleting it forgets all runs, and nothing else."""

import os
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = "STEADFLOW_STATE"


@dataclass(frozen=True)
class StateFolder:
    """Where things lie in a state folder."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "temporal.db"

    @property
    def objects(self) -> Path:
        """The content-addressed store."""
        return self.root / "objects"

    @property
    def runs(self) -> Path:
        """What a worker needs to carry a run on, one file for each run."""
        return self.root / "runs"

    @property
    def server(self) -> Path:
        """Where the live server answers, as JSON."""
        return self.root / "server.json"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def users_lock(self) -> Path:
        """Held shared by every command that uses the server: the kernel's reference count, also after kill -9."""
        return self.root / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one command that starts a server."""
        return self.root / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for as long as it lives."""
        return self.root / "keeper.lock"

    @property
    def database_lock(self) -> Path:
        """Inherited by the server process, so it tells for certain whether one still has the database open."""
        return self.root / "database.lock"


def state_folder(chosen: str | os.PathLike[str] | None = None) -> StateFolder:
    """The folder that was asked for, else that of the environment, else the user's own."""
    if chosen is None:
        chosen = os.environ.get(ENVIRONMENT) or _of_the_user()
    return StateFolder(Path(chosen).expanduser().resolve())


def _of_the_user() -> Path:
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "steadflow"
