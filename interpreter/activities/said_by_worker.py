"""How a tool that is the worker's own, and no author's, ends in the worker's words (`interpreter.boundary.told`)."""

from interpreter.boundary.payloads import JSON


class SaidByWorker(Exception):
    """`at_work`: what was called may be at work still."""

    def __init__(self, kind: str, message: str, details: JSON = None, *, at_work: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details
        self.at_work = at_work
