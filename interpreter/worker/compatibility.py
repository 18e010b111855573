"""Can this function serve calls that are declared so? What it is given must fit it, what it returns must fit the flow.

Only structure counts: bounds and patterns are checked on the values. `json` fits everything, both ways.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dsl.ast.types import (
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
from dsl.values.structure import Types, options, resolve
from dsl.values.writing import type_text
from interpreter.activities.tool import Tool, in_python

_WIDER = {("int", "number"), ("int", "decimal")}


@dataclass(frozen=True, slots=True)
class Declared:
    """A tool as a flow calls it: with its declared parameters and the one that takes the key."""

    parameters: tuple[Field, ...]
    returns: Type | None
    types: Types


def differences(declared: Declared, tool: Tool) -> list[str]:
    """Each reason why `tool` cannot serve what is declared; none when it can."""
    return [*_parameter_differences(declared, tool), *_result_differences(declared, tool)]


def _parameter_differences(declared: Declared, tool: Tool) -> Iterator[str]:
    offered = {field.name: field for field in tool.parameters}
    into = _Fitting(declared.types, tool.types)
    given = {in_python(field.name, offered) for field in declared.parameters}
    for field in declared.parameters:
        name = in_python(field.name, offered)
        if name not in offered:
            yield f"the function has no parameter `{name}`"
            continue
        reason = into.misfit(field.type, offered[name].type)
        if reason is not None:
            yield f"parameter `{field.name}`: {reason}"
    for name in offered:
        if name not in given and name not in tool.optional:
            yield f"the function demands `{name}`, which is not declared"


def _result_differences(declared: Declared, tool: Tool) -> Iterator[str]:
    if declared.returns is None:
        return
    if tool.returns is None:
        yield f"the function returns nothing, declared is {type_text(declared.returns)}"
        return
    reason = _Fitting(tool.types, declared.types, dictionaries=True).misfit(tool.returns, declared.returns)
    if reason is not None:
        yield f"the result: {reason}"


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Whether values of one side fit the other.

    `dictionaries`: whether a map may stand for a record; a function that returns `dict[str, str]` says no more than
    that. `assumed`: pairs of types that are being compared further out.
    """

    found_types: Types
    wanted_types: Types
    dictionaries: bool = False
    assumed: frozenset[tuple[str, str]] = frozenset()

    def misfit(self, found: Type, wanted: Type) -> str | None:
        """Why not, in the words of both sides; None when they do."""
        if isinstance(found, NamedType) and isinstance(wanted, NamedType):
            pair = (found.name, wanted.name)
            if pair in self.assumed:
                return None
            deeper = replace(self, assumed=self.assumed | {pair})
            return deeper._resolved(resolve(found, self.found_types), resolve(wanted, self.wanted_types))
        return self._resolved(resolve(found, self.found_types), resolve(wanted, self.wanted_types))

    def _resolved(self, found: Type, wanted: Type) -> str | None:
        if _is_json(found) or _is_json(wanted):
            return None
        match found, wanted:
            case OptionalType(), OptionalType():
                return self.misfit(found.item, wanted.item)
            case _, OptionalType():
                return self.misfit(found, wanted.item)
            case OptionalType(), _:
                return f"{type_text(found)} may be null, {type_text(wanted)} may not"
            case UnionType(), _:
                return _first(self.misfit(option, wanted) for option in options(found, self.found_types))
            case _, UnionType():
                return self._into_union(found, wanted)
            case _:
                return self._structural(found, wanted)

    def _structural(self, found: Type, wanted: Type) -> str | None:
        match found, wanted:
            case ListType(), ListType():
                return self.misfit(found.item, wanted.item)
            case GenericType(), GenericType():
                return self.misfit(found.argument, wanted.argument)
            case RecordType(), RecordType():
                return self._records(found, wanted)
            case RecordType(), GenericType():
                return _first(self.misfit(field.type, wanted.argument) for field in found.fields)
            case GenericType(), RecordType() if self.dictionaries:
                return _first(self.misfit(found.argument, field.type) for field in wanted.fields)
            case LiteralType(), NamedType(name="text"):
                return None
            case NamedType(), NamedType() if (found.name, wanted.name) in _WIDER:
                return None
            case _:
                return None if found == wanted else f"{type_text(found)} is not {type_text(wanted)}"

    def _into_union(self, found: Type, wanted: UnionType) -> str | None:
        choices = list(options(wanted, self.wanted_types))
        if any(self.misfit(found, choice) is None for choice in choices):
            return None
        return f"{type_text(found)} is not {type_text(wanted)}"

    def _records(self, found: RecordType, wanted: RecordType) -> str | None:
        have = {field.name: field for field in found.fields}
        want = {field.name: field for field in wanted.fields}
        extra = next((name for name in have if name not in want), None)
        if extra is not None:
            return f"{type_text(wanted)} has no field `{extra}`"
        return _first(self._field(name, have, field) for name, field in want.items())

    def _field(self, name: str, have: Mapping[str, Field], wanted: Field) -> str | None:
        if name not in have:
            may_be_missing = wanted.default is not None or isinstance(wanted.type, OptionalType)
            return None if may_be_missing else f"the field `{name}` is missing"
        reason = self.misfit(have[name].type, wanted.type)
        return f"field `{name}`: {reason}" if reason is not None else None


def _is_json(type_: Type) -> bool:
    return isinstance(type_, NamedType) and type_.name == "json"


def _first(reasons: Iterable[str | None]) -> str | None:
    return next((reason for reason in reasons if reason is not None), None)
