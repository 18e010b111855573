"""`server.json`: where the live server of a state folder answers. Trustworthy only while the keeper's lock is held."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from interpreter.server.command import ADDRESS


@dataclass(frozen=True)
class ServerRecord:
    """`pid` is the server's own, `keeper` that of the process that watches it."""

    port: int
    ui_port: int
    pid: int
    keeper: int

    @property
    def address(self) -> str:
        return f"{ADDRESS}:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{ADDRESS}:{self.ui_port}"


def read_record(path: Path) -> ServerRecord | None:
    """None when there is none yet, or an unreadable one (the disk was full while it was written)."""
    try:
        return ServerRecord(**json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def write_record(path: Path, record: ServerRecord) -> None:
    """In one piece: a reader sees the old record or the new one."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(path)


def choose_port(preferred: int | None) -> int:
    """The port that was used before, so that links and clients stay good; another when it is taken."""
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {ADDRESS}")
