"""A diagnostic is a value: nothing in `dsl` raises because of what an author wrote."""

from typing import Literal, TypeAlias

from dsl.dataclass import dataclass
from dsl.source import Span

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what stands there. Without `text` the place speaks for itself."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends it: put `replacement` in place of `span`."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `code` stands in `codes.py`; `primary` is the smallest text that must change; `secondary` holds
    the place of the declaration, when one is concerned; `help` names one thing to do."""

    code: str
    message: str
    primary: Label
    secondary: tuple[Label, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    severity: Severity = "error"
