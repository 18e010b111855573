"""The files among the arguments of a tool. They come as values, and their content is read when the tool wants it; on a
task queue of its own, where a worker may have no store of ours, they come with all of their content, as plain JSON."""

from typing import Any

from dsl.ast.types import Field, GenericType, ListType, NamedType, OptionalType, RecordType, Type
from dsl.expressions import values
from dsl.values.structure import Types, resolve
from interpreter.stores.kept_files import File, opened, read_back
from interpreter.stores.store import ObjectStore


class GivenFiles:
    def __init__(self, store: ObjectStore | None) -> None:
        self._store = store
        self._read: dict[str, File] = {}

    def taken(self, arguments: dict[str, Any], fields: tuple[Field, ...], types: Types) -> dict[str, Any]:
        """`arguments` with files where content came in their place. Raises `ValueError` and the like for what is
        none."""
        declared = {field.name: field.type for field in fields}
        return {
            name: self._value(value, declared[name], types) if name in declared else value
            for name, value in arguments.items()
        }

    def for_the_tool(self, given: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = values.replaced(given, values.File, self._opened)
        return found

    def _value(self, value: Any, type_: Type, types: Types) -> Any:
        match resolve(type_, types):
            case NamedType(name="file") if type(value) is dict:
                file = read_back(value)
                kept = file.value
                self._read[kept.hash] = file
                return kept
            case OptionalType(item=item):
                return None if value is None else self._value(value, item, types)
            case ListType(item=item) if type(value) is list:
                return [self._value(each, item, types) for each in value]
            case GenericType(name="map", argument=item) if type(value) is dict:
                return {name: self._value(each, item, types) for name, each in value.items()}
            case RecordType(fields=fields) if type(value) is dict:
                return self.taken(value, fields, types)
            case _:
                return value

    def _opened(self, kept: values.File) -> Any:
        if kept.hash in self._read:
            return self._read[kept.hash]
        return kept if self._store is None else opened(self._store, kept)
