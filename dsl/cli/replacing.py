"""A file gets another content at once or not at all, and stays the file that it was.

What is new is written aside and moved into place, so whoever reads, and whatever stops us, there is one text or the
other. A link stays a link, and the file that it leads to keeps its permissions.
"""

import os
import stat
import tempfile
from contextlib import suppress


class Changed(Exception):
    """Somebody else has written the file since it was read."""


def replace(path: str, before: bytes, after: bytes) -> None:
    """Give the file at `path`, which had the content `before`, the content `after`.

    Raises `Changed`, and OSError when it cannot be written; then it is as it was."""
    place = os.path.realpath(path)
    if not os.access(place, os.W_OK):
        raise PermissionError(None, "permission denied")
    descriptor, aside = tempfile.mkstemp(dir=os.path.dirname(place), prefix=".dsl-fmt-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(after)
        known = os.stat(place)
        with suppress(PermissionError):  # only root may give a file away
            os.chown(aside, known.st_uid, known.st_gid)
        os.chmod(aside, stat.S_IMODE(known.st_mode))
        with open(place, "rb") as now:
            if now.read() != before:
                raise Changed
        os.replace(aside, place)
    except BaseException:
        os.unlink(aside)
        raise
