"""Where the lock file stands. Apart from all else here, since every worker asks, and few have servers."""

from collections.abc import Iterable
from pathlib import Path

NAME = "flow.lock"


def lock_of(named: Path | None, flows: Iterable[object]) -> Path:
    """The lock file: the one that was named, else the one beside the first flow that is a file, else here."""
    if named is not None:
        return named
    files = (Path(flow) for flow in flows if isinstance(flow, Path) or (isinstance(flow, str) and "\n" not in flow))
    return next((file.with_name(NAME) for file in files), Path(NAME))
