"""The recorded histories: a file holds every execution of one run, continued ones and those of its children too."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Recording:
    """One file, by the version that recorded it."""

    path: Path

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def executions(self) -> list[dict[str, Any]]:
        """Each as `{"id": workflow id, "history": events as Temporal's JSON}`."""
        executions: list[dict[str, Any]] = json.loads(self.path.read_text(encoding="utf-8"))
        return executions


def recordings() -> list[Recording]:
    return [Recording(path) for path in sorted(FOLDER.glob("*/*.json"))]


def as_history(execution: dict[str, Any]) -> WorkflowHistory:
    return WorkflowHistory.from_json(execution["id"], execution["history"])
