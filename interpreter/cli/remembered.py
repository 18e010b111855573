"""What `dsl attach` needs to carry a run on: kept in the state folder, one file for each run."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from interpreter.server.folder import StateFolder


@dataclass(frozen=True)
class Remembered:
    """How a run was started. Paths are absolute: `attach` may be typed anywhere."""

    id: str
    flow_path: str
    tools: list[str]
    search_path: str
    """The folder in which modules of tools are looked for by name."""
    task_queue: str
    address: str | None = None
    namespace: str | None = None
    people: str | None = None
    """The people file of its worker."""
    rehearse: bool = False
    scripted: str | None = None
    """The file in which the answers of its agents stand."""
    record: str | None = None
    replay: str | None = None
    """The file to which they are recorded, or were."""


def remember(folder: StateFolder, run: Remembered) -> None:
    folder.runs.mkdir(parents=True, exist_ok=True)
    place = _place(folder, run.id)
    draft = place.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(run), indent=2))
    draft.replace(place)


def recall(folder: StateFolder, id: str) -> Remembered | None:
    """None when the run was started elsewhere, or not by `dsl run`."""
    try:
        return Remembered(**json.loads(_place(folder, id).read_text()))
    except FileNotFoundError:
        return None


def recall_whose_worker(folder: StateFolder, id: str) -> Remembered | None:
    """Of the run, or of the nearest above it that `dsl run` has started: its worker carries both out."""
    parts = id.split("/")
    runs = (recall(folder, "/".join(parts[:length])) for length in range(len(parts), 0, -1))
    return next((run for run in runs if run is not None), None)


def people_of(folder: StateFolder, id: str) -> Path | None:
    """The people file that the worker of a run has."""
    run = recall_whose_worker(folder, id)
    return Path(run.people) if run is not None and run.people is not None else None


def _place(folder: StateFolder, id: str) -> Path:
    """An id may hold characters that a file name may not: then its hash stands for it."""
    spelt = all(character.isalnum() or character in "-_." for character in id)
    plain = spelt and 0 < len(id) < 100 and not id.startswith(".")
    return folder.runs / f"{id if plain else hashlib.sha256(id.encode()).hexdigest()}.json"
