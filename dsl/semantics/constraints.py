"""What may be said about the values of a field: `at least`, `at most`, `matches`."""

from dsl.ast.types import Field
from dsl.semantics.findings import Finding, InvalidType
from dsl.semantics.fit import NUMERIC
from dsl.semantics.types import FILE, TEXT, UNKNOWN, Enum, ListOf, OptionalOf, Type, spelled
from dsl.values.patterns import pattern_problem


def constrained(field: Field, type_: Type, findings: list[Finding]) -> Type:
    """The type of a field with its constraints taken in: on a list, `at most` is its bound."""
    if isinstance(type_, OptionalOf):
        inner = constrained(field, type_.item, findings)
        return OptionalOf(inner)
    problem = _problem(field, type_)
    if problem is not None and type_ != UNKNOWN:
        findings.append(InvalidType(field, *problem))
        return type_
    if isinstance(type_, ListOf) and field.at_most is not None:
        at_most = int(field.at_most)
        return ListOf(type_.item, at_most if type_.at_most is None else min(at_most, type_.at_most))
    return type_


def _problem(field: Field, type_: Type) -> tuple[str, str | None] | None:
    bounds = [bound for bound in (field.at_least, field.at_most) if bound is not None]
    sized = type_ in (TEXT, FILE) or isinstance(type_, ListOf)
    if bounds and not sized and type_ not in NUMERIC:
        return f"`{field.name}` is {_words(type_)}, which has no size to bound", None
    if sized and any(bound < 0 or bound != bound.to_integral_value() for bound in bounds):
        return f"the size of `{field.name}` is counted in whole numbers from 0", None
    if field.at_least is not None and field.at_most is not None and field.at_least > field.at_most:
        return f"no value is at least {field.at_least} and at most {field.at_most}", None
    if field.matches is not None:
        return _pattern_problem(field, type_, field.matches)
    return None


def _pattern_problem(field: Field, type_: Type, pattern: str) -> tuple[str, str | None] | None:
    if type_ not in (TEXT, FILE):
        return f"`{field.name}` is {_words(type_)}, and `matches` is for text, or the media type of a file", None
    problem = pattern_problem(pattern)
    if problem is not None:
        return f"this pattern cannot be read: {problem}", "patterns are RE2's: no look-around, no back references"
    return None


def _words(type_: Type) -> str:
    return f"one of {spelled(Enum(type_.values))}" if isinstance(type_, Enum) else spelled(type_)
