"""Whose runs a store serves: a line for each server and namespace that somebody has connected to with it.

A store is a folder, and one folder may serve several servers. Only who knows of all of them knows what is needed.
"""

import os
from pathlib import Path

EMBEDDED = "embedded"
"""The server of the state folder."""


def remember(objects: Path, user: str) -> None:
    """Before anything is kept. Who may not write here keeps nothing here."""
    if user in users(objects):
        return
    objects.mkdir(parents=True, exist_ok=True)
    if os.access(objects, os.W_OK):
        with _file(objects).open("a", encoding="utf-8") as file:
            file.write(f"{user}\n")


def users(objects: Path) -> list[str]:
    try:
        return list(dict.fromkeys(_file(objects).read_text(encoding="utf-8").split()))
    except FileNotFoundError:
        return []


def forget(objects: Path, user: str) -> None:
    left = [each for each in users(objects) if each != user]
    _file(objects).write_text("".join(f"{each}\n" for each in left), encoding="utf-8")


def _file(objects: Path) -> Path:
    return objects / "used-by"
