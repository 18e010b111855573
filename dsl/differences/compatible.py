"""Whether what was good for one version is good for the other: values of a type as values of another, which may be
called the same.

`misfit` answers with the reason why a value of `given` may not fit `wanted`. It compares by structure, under the names
of each side, and never says that something fits that does not. An `input` or an answer holds what is known and no more,
and leaves out what has a default; so does an `event`, but what it holds more is left out; a `result` holds all fields,
and who reads it may find more. Types in themselves are compared under the assumption that they fit: a difference shows
somewhere that is not inside itself.
"""

from collections.abc import Mapping
from typing import Literal

from dsl.ast.types import (
    ConversationType,
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.dataclass import dataclass, field
from dsl.values.structure import BASIC_TYPES
from dsl.values.writing import type_text

Types = Mapping[str, Type]
_INTO = {
    "null": "may be null no more",
    "case": "may be {} no more",
    "there": "has to be there",
    "unknown": "is not known any more",
    "items": "has at most {} items",
    "other": "is {1}, and was {0}",
    "least": "has to be at least {}",
    "most": "has to be at most {}",
    "pattern": "has to match another pattern",
}
_OUT = {
    "null": "may be null now",
    "case": "may be {} now",
    "there": "is not there any more",
    "unknown": "",
    "items": "may have more than {} items",
    "other": "is {0}, and was {1}",
    "least": "may be less than {}",
    "most": "may be more than {}",
    "pattern": "may not match the pattern",
}
"""What does not fit, of what is taken in and of what comes out: there the old side is who takes it."""
_WIDER = {("int", "number"), ("int", "decimal")}
_ANYTHING = "json"


@dataclass(frozen=True)
class Fitting:
    """`given` are the declared types of who gives the value, `wanted` those of who takes it."""

    given: Types
    wanted: Types
    of: Literal["input", "event", "result"]
    _assumed: set[tuple[str, str]] = field(default_factory=set)

    def misfit(self, given: Type, wanted: Type, at: str) -> str | None:
        """None where all values fit; else what does not, with `at`, the name of its place."""
        if not isinstance(given, NamedType) or not isinstance(wanted, NamedType):
            return self._structures(_resolved(given, self.given), _resolved(wanted, self.wanted), at)
        pair, before = (given.name, wanted.name), frozenset(self._assumed)
        if pair in before:
            return None
        if given.name in self.given and wanted.name in self.wanted:
            self._assumed.add(pair)
        reason = self._structures(_resolved(given, self.given), _resolved(wanted, self.wanted), at)
        if reason is not None:  # and so does nothing that was found under the assumption
            self._assumed.intersection_update(before)
        return reason

    def _structures(self, given: Type, wanted: Type, at: str) -> str | None:
        if wanted == NamedType(_ANYTHING) or {type(given), type(wanted)} == {ConversationType}:
            return None
        if isinstance(given, OptionalType) and isinstance(wanted, OptionalType):
            return self.misfit(given.item, wanted.item, at)
        if isinstance(wanted, OptionalType):
            return self.misfit(given, wanted.item, at)
        if isinstance(given, OptionalType):
            return self._say(at, "null")
        if isinstance(given, UnionType) or isinstance(wanted, UnionType):
            return self._unions(given, wanted, at)
        match given, wanted:
            case NamedType(), NamedType():
                fits = given.name == wanted.name or (given.name, wanted.name) in _WIDER
                return None if fits and given.name in BASIC_TYPES else self._other(given, wanted, at)
            case LiteralType(), LiteralType():
                return None if given.value == wanted.value else self._say(at, "case", type_text(given))
            case LiteralType(), NamedType(name="text"):
                return None
            case ListType(), ListType():
                return self._longer(given, wanted, at) or self.misfit(given.item, wanted.item, f"{at}[]")
            case GenericType(), GenericType() if given.name == wanted.name:
                return self.misfit(given.argument, wanted.argument, f"{at}[]")
            case RecordType(), RecordType():
                return self.records(given.fields, wanted.fields, at)
            case _:
                return self._other(given, wanted, at)

    def _unions(self, given: Type, wanted: Type, at: str) -> str | None:
        """Each of what may be given has to fit one of what is taken."""
        options = wanted.options if isinstance(wanted, UnionType) else (wanted,)
        for each in given.options if isinstance(given, UnionType) else (given,):
            reasons = [self.misfit(each, option, at) for option in options]
            if None not in reasons:
                text = _resolved(each, self.given)
                simple = len(options) == 1 and not isinstance(text, LiteralType)
                return reasons[0] if simple else self._say(at, "case", type_text(each))
        return None

    def records(self, given: tuple[Field, ...], wanted: tuple[Field, ...], at: str) -> str | None:
        before, after = {each.name: each for each in given}, {each.name: each for each in wanted}
        for name, new in after.items():
            old = before.get(name)
            if old is None:
                if self.of == "result" or not may_be_left_out(new, self.wanted):
                    return self._say(_below(at, name), "there")
                continue
            if (reason := self.field(old, new, _below(at, name))) is not None:
                return reason
        if self.of != "input":
            return None
        gone = next((name for name in before if name not in after), None)
        return None if gone is None else self._say(_below(at, gone), "unknown")

    def field(self, given: Field, wanted: Field, at: str) -> str | None:
        if self.of != "result" and given.default is not None and not may_be_left_out(wanted, self.wanted):
            return self._say(at, "there")
        return self.misfit(given.type, wanted.type, at) or self._bounds(given, wanted, at)

    def _bounds(self, given: Field, wanted: Field, at: str) -> str | None:
        if wanted.at_least is not None and (given.at_least is None or given.at_least < wanted.at_least):
            return self._say(at, "least", f"{wanted.at_least:f}")
        if wanted.at_most is not None and (given.at_most is None or given.at_most > wanted.at_most):
            return self._say(at, "most", f"{wanted.at_most:f}")
        if wanted.matches is not None and wanted.matches != given.matches:
            return self._say(at, "pattern")
        return None

    def _longer(self, given: ListType, wanted: ListType, at: str) -> str | None:
        fits = wanted.at_most is None or (given.at_most is not None and given.at_most <= wanted.at_most)
        return None if fits else self._say(at, "items", str(wanted.at_most))

    def _other(self, given: Type, wanted: Type, at: str) -> str:
        return self._say(at, "other", type_text(given), type_text(wanted))

    def _say(self, at: str, what: str, *parts: str) -> str:
        return f"{at} {(_OUT if self.of == 'result' else _INTO)[what].format(*parts)}".lstrip()


def may_be_left_out(field: Field, types: Types) -> bool:
    return field.default is not None or isinstance(_resolved(field.type, types), OptionalType)


def _resolved(type_: Type, types: Types) -> Type:
    seen = 0
    while isinstance(type_, NamedType) and type_.name in types and seen < 100:
        type_, seen = types[type_.name], seen + 1
    return type_


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
