"""What a server that was started prints to its standard error: into the log, and its last words into messages."""

import logging
import os
import threading
from collections import deque
from typing import TextIO

LAST_LINES = 5
LONGEST = 500

log = logging.getLogger("steadflow.mcp")


class StandardError:
    """`file` is what the process gets; it is closed here once the process has it, so that its end is seen."""

    def __init__(self, server: str) -> None:
        reading, writing = os.pipe()
        self.file: TextIO = os.fdopen(writing, "w")
        self._server = server
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._thread = threading.Thread(target=self._read, args=(reading,), name=f"steadflow-mcp-{server}", daemon=True)
        self._thread.start()

    def started(self) -> None:
        if not self.file.closed:
            self.file.close()

    def last_words(self) -> str:
        self.started()
        self._thread.join(timeout=0.2)
        return " / ".join(self._last)

    def _read(self, reading: int) -> None:
        with os.fdopen(reading, encoding="utf-8", errors="backslashreplace") as lines:
            for line in lines:
                said = line.rstrip()[:LONGEST]
                if said:
                    self._last.append(said)
                    log.debug("%s: %s", self._server, said)
