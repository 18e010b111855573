"""Python annotations as types of the language, so that a function and a declaration can be compared.

| Python | language |
|---|---|
| `str bool int float Decimal` | `text bool int number decimal` |
| `datetime timedelta` | `time duration` |
| `File` | `file` |
| `Literal["a", "b"]`, an `Enum` of texts | `"a" | "b"` |
| `T | None`, `A | B` | `T?`, `A | B` |
| `list[T]`, `Sequence[T]`, `tuple[T, ...]` | `[T]` |
| `dict[str, T]`, `Mapping[str, T]` | `map[T]` |
| dataclass, `BaseModel`, `TypedDict` | a record |
| `Any`, `object`, `dict`, `dict[str, Any]` | `json`: fits everything |
"""

import collections.abc
import dataclasses
import types
import typing
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from dsl.ast.expressions import Expression, ListLiteral, Literal, RecordLiteral
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
from interpreter.stores.kept_files import File

_BASIC: dict[Any, str] = {
    str: "text",
    bool: "bool",
    int: "int",
    float: "number",
    Decimal: "decimal",
    datetime: "time",
    timedelta: "duration",
    Any: "json",
    object: "json",
    dict: "json",
    File: "file",
}
_LISTS = (list, tuple, collections.abc.Sequence)
_MAPS = (dict, collections.abc.Mapping)
JSON_TYPE = NamedType("json")


class UnusableAnnotation(TypeError):
    """A tool's annotation has no counterpart in the language."""


class Annotations:
    """Converts annotations. Classes become named types, kept in `types`, so that they may contain themselves."""

    def __init__(self) -> None:
        self.types: dict[str, Type] = {}
        self._names: dict[type, str] = {}

    def convert(self, annotation: Any) -> Type:
        annotation = _bare(annotation)
        if annotation in _BASIC:
            return NamedType(_BASIC[annotation])
        origin = get_origin(annotation)
        if origin is typing.Literal:
            return _enumeration(get_args(annotation), annotation)
        if origin in (Union, types.UnionType):
            return self._union(get_args(annotation))
        if annotation in _LISTS or origin in _LISTS:
            return self._list(annotation)
        if annotation in _MAPS or origin in _MAPS:
            return self._map(annotation)
        if isinstance(annotation, type):
            return self._class(annotation)
        raise _unusable(annotation)

    def _union(self, options: tuple[Any, ...]) -> Type:
        present = [self.convert(option) for option in options if option is not type(None)]
        whole = present[0] if len(present) == 1 else UnionType(tuple(_flat(present)))
        return whole if len(present) == len(options) else OptionalType(whole)

    def _list(self, annotation: Any) -> Type:
        arguments = get_args(annotation)
        if get_origin(annotation) is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
            raise UnusableAnnotation(f"{_shown(annotation)}: only tuples of one type, `tuple[T, ...]`, are lists")
        return ListType(self.convert(arguments[0]) if arguments else JSON_TYPE)

    def _map(self, annotation: Any) -> Type:
        arguments = get_args(annotation)
        if arguments and arguments[0] is not str:
            raise UnusableAnnotation(f"{_shown(annotation)}: the keys of a map are texts")
        value = self.convert(arguments[1]) if arguments else JSON_TYPE
        return JSON_TYPE if value == JSON_TYPE else GenericType("map", value)

    def _class(self, cls: type) -> Type:
        if issubclass(cls, Enum):
            return _enumeration(tuple(member.value for member in cls), cls)
        fields_of = _fields_reader(cls)
        if fields_of is None:
            raise _unusable(cls)
        if cls not in self._names:
            self._names[cls] = name = self._free_name(cls.__name__)
            self.types[name] = JSON_TYPE
            self.types[name] = RecordType(tuple(self._field(*field) for field in fields_of(cls)))
        return NamedType(self._names[cls])

    def _field(self, name: str, annotation: Any, default: Any) -> Field:
        found = self.convert(annotation)
        if default is None and not isinstance(found, OptionalType):
            return Field(name, OptionalType(found))
        return Field(name, found, default=_expression(default))

    def _free_name(self, name: str) -> str:
        taken = sum(known == name or known.startswith(f"{name}_") for known in self.types)
        return f"{name}_{taken + 1}" if taken else name


_REQUIRED = object()
_ClassField = tuple[str, Any, Any]
"""Name, annotation, and the default, or `_REQUIRED`."""


def _fields_reader(cls: type) -> Callable[[Any], Iterator[_ClassField]] | None:
    if issubclass(cls, BaseModel):
        return _model_fields
    if hasattr(cls, "__required_keys__"):  # a `TypedDict`, also that of `typing_extensions`
        return _typed_dict_fields
    return _dataclass_fields if dataclasses.is_dataclass(cls) else None


def _model_fields(cls: type[BaseModel]) -> Iterator[_ClassField]:
    for name, info in cls.model_fields.items():
        if info.alias is not None or info.validation_alias is not None:
            raise UnusableAnnotation(f"{cls.__name__}.{name} has an alias: name the field as the flow does")
        yield name, info.annotation, _REQUIRED if info.is_required() else info.get_default(call_default_factory=True)


def _typed_dict_fields(cls: Any) -> Iterator[_ClassField]:
    for name, annotation in typing.get_type_hints(cls).items():
        yield name, annotation, _REQUIRED if name in cls.__required_keys__ else None


def _dataclass_fields(cls: Any) -> Iterator[_ClassField]:
    hints = typing.get_type_hints(cls, include_extras=True)
    for part in dataclasses.fields(cls):
        default = part.default
        if default is dataclasses.MISSING:
            default = _REQUIRED if part.default_factory is dataclasses.MISSING else part.default_factory()
        yield part.name, hints[part.name], default


def _expression(default: Any) -> Expression | None:
    """A default as the language has it; a field with any other default must be given."""
    match default:
        case None | bool() | int() | str() | Decimal():
            return Literal(default)
        case float():
            return Literal(Decimal(repr(default)))
        case [] | ():
            return ListLiteral(())
        case dict() if not default:
            return RecordLiteral(())
        case _:
            return None


def _bare(annotation: Any) -> Any:
    """Without `Annotated`, `NewType` and `type X = …` around it."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            return annotation


def _enumeration(values: tuple[Any, ...], annotation: Any) -> Type:
    texts = [value for value in values if value is not None]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise UnusableAnnotation(f"{_shown(annotation)}: the values of an enumeration are texts")
    literals = tuple(LiteralType(str(text)) for text in texts)
    whole = literals[0] if len(literals) == 1 else UnionType(literals)
    return OptionalType(whole) if None in values else whole


def _flat(options: list[Type]) -> Iterator[Type]:
    for option in options:
        if isinstance(option, UnionType):
            yield from option.options
        else:
            yield option


def _unusable(annotation: Any) -> UnusableAnnotation:
    return UnusableAnnotation(f"{_shown(annotation)} has no counterpart in a flow: use str, Decimal, a dataclass, …")


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
