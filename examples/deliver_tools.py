"""Tools of `deliver.flow`: files in one folder, and nowhere else."""

import os
from pathlib import Path

from interpreter.api import ToolError, tool


@tool("files.write")
def write(path: str, content: str) -> None:
    file = inside(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


@tool("files.read")
def read(path: str) -> dict[str, str]:
    try:
        return {"content": inside(path).read_text(encoding="utf-8")}
    except FileNotFoundError:
        raise ToolError("NoSuchFile", f"there is no file {path}") from None


def inside(path: str) -> Path:
    """A model chose the path, so it may be any."""
    folder = (Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent) / "delivered").resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        raise ValueError(f"{path} is outside of the folder")
    return file
