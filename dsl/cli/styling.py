"""Whether what is written may have colours and bold letters."""

import os


def styled() -> bool | None:
    """NO_COLOR and FORCE_COLOR say so, when not empty, and a terminal that knows none of them (`TERM=dumb`, as in
    an editor); None: where it is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return False if os.environ.get("TERM") == "dumb" else None
