"""The two ways in which an evaluation does not give a value."""

from typing import Any, Literal, NoReturn

from dsl.expressions.values import Reference, kind_name

ErrorKind = Literal[
    "DivisionByZero", "IndexOutOfRange", "InvalidArgument", "LimitExceeded", "NotFound", "NullValue", "TypeMismatch"
]


class EvaluationError(Exception):
    """The author's expression has no value. `kind` is what `on error` tells apart."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.message = message


class NeedsReference(Exception):
    """The evaluation must look into values that are kept elsewhere: do it again where they can be read."""

    def __init__(self, references: tuple[Reference, ...]) -> None:
        super().__init__(f"needs {len(references)} referenced value(s)")
        self.references = references


def refuse(value: Any, need: str) -> NoReturn:
    """`value` is not what is needed: perhaps because it is kept elsewhere."""
    if type(value) is Reference:
        raise NeedsReference((value,))
    raise EvaluationError("NullValue" if value is None else "TypeMismatch", f"{need}, not {kind_name(value)}")
