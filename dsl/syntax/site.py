"""What a builder function is told besides its children: where the rule was found, and where problems go."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from dsl.ast.node import Node
from dsl.dataclass import dataclass, field
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Span

N = TypeVar("N", bound=Node)
Rules = dict[str, Callable[..., Any]]
"""Builder functions by the name of their rule."""


class Option(NamedTuple):
    """One entry of a body of options: the field of the node that it fills, its value, where it stands, and how it is
    written where that is not the name of the field."""

    name: str
    value: object
    span: Span
    written: str | None = None


@dataclass(slots=True)
class Findings:
    """What is gathered while a text is read: problems, and how often each target was called by an unnamed step."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    unnamed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Site:
    span: Span
    findings: Findings

    def problem(
        self,
        message: str,
        span: Span | None = None,
        *,
        code: str = "SF001",
        advice: str | None = None,
        replacement: str | None = None,
        secondary: tuple[Label, ...] = (),
    ) -> None:
        place = span or self.span
        fix = None if replacement is None else Fix(place, replacement)
        self.findings.diagnostics.append(Diagnostic(code, message, Label(place), secondary, advice, fix))

    def options(self, options: Iterable[object]) -> dict[str, Option]:
        """Options by name, leaving out what is none; one that stands twice is a problem."""
        found: dict[str, Option] = {}
        for option in options:
            if not isinstance(option, Option):
                continue
            first = found.setdefault(option.name, option)
            if first is not option:
                self.problem(
                    f"`{option.written or option.name}` stands twice",
                    option.span,
                    advice="keep one of them",
                    secondary=(Label(first.span, "the first one"),),
                )
        return found


def only(kind: type[N], values: Iterable[object]) -> tuple[N, ...]:
    """The values that are nodes of one kind."""
    return tuple(value for value in values if isinstance(value, kind))


def option_values(site: Site, options: Iterable[Option]) -> dict[str, Any]:
    """What fills the fields of a node."""
    return {option.name: option.value for option in site.options(options).values()}
