"""Errors that a tool declares: each promises that nothing happened, so the call may be made again."""

from interpreter.boundary.payloads import JSON


class ToolError(Exception):
    """`raise ToolError("CardDeclined", "no funds")`, or with a class of its own, whose name is then the kind:

    class CardDeclined(ToolError): ...
    raise CardDeclined("no funds")
    """

    def __init__(self, *words: str, details: JSON = None) -> None:
        kind, message = words if len(words) == 2 else (type(self).__name__, " ".join(words))
        super().__init__(message or kind)
        self.kind = kind
        self.message = message or kind
        self.details = details
