"""Types and fields as text."""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.ast.types import (
    SENSITIVE,
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
from dsl.decompiling.expressions import Unwritable, decimal, expression
from dsl.decompiling.texts import braced, quoted
from dsl.decompiling.writing import Writing


def type_of(node: Type, writing: Writing, *, last: bool = True) -> str:
    """The text; `last`: the size of a conversation can stand behind it."""
    if last and (size := _size(node)):
        return f"{_WRITERS[type(node)](_without_size(node), writing)}{size}"
    return _WRITERS[type(node)](node, writing)


def field(node: Field, writing: Writing) -> str:
    """A field or a parameter, with its doc comment on lines of its own."""
    parts = [f"{node.name}: {type_of(node.type, writing)}"]
    parts += [] if node.at_least is None else [f"at least {decimal(node.at_least)}"]
    parts += [] if node.at_most is None else [f"at most {decimal(node.at_most)}"]
    parts += [] if node.matches is None else [f"matches {quoted(node.matches)}"]
    parts += [] if node.sensitive is None else [_sensitive(node.sensitive)]
    parts += ["trusted"] if node.trusted else []
    parts += [] if node.default is None else [f"= {expression(node.default, writing)}"]
    return f"{doc(node.doc)}{' '.join(parts)}"


def parameters(fields: tuple[Field, ...], writing: Writing) -> str:
    documented = any(each.doc is not None for each in fields)
    written = (",\n" if documented else ", ").join(field(each, writing) for each in fields)
    return f"(\n{written}\n)" if documented else f"({written})"


def doc(text: str | None) -> str:
    """The lines of a doc comment, before what they are about."""
    return "" if text is None else "".join(f"##{' ' if line else ''}{line}\n" for line in text.split("\n"))


def returned(node: Type | None, writing: Writing) -> str:
    return "" if node is None else f" -> {type_of(node, writing)}"


def class_name(name: str) -> str:
    return SENSITIVE if name == SENSITIVE else quoted(name)


def classes(word: str, names: tuple[str, ...]) -> list[str]:
    """`sees sensitive, "health"`, or nothing."""
    return [f"{word} {', '.join(map(class_name, names))}"] if names else []


def _sensitive(name: str) -> str:
    return SENSITIVE if name == SENSITIVE else f"{SENSITIVE} {quoted(name)}"


def _size(node: Type) -> str:
    """Of a conversation, or a list of them, what stands behind it."""
    match node:
        case ConversationType(at_most=int(most)) | OptionalType(item=ConversationType(at_most=int(most))):
            return f" at most {most} messages"
        case ListType(item=item, at_most=int(most)) if _size(item):
            return f" at most {most}"
        case _:
            return ""


def _without_size(node: Type) -> Type:
    match node:
        case ConversationType():
            return ConversationType()
        case OptionalType():
            return OptionalType(ConversationType())
        case ListType(item=item):
            return ListType(item)
        case _:
            return node


def _named(node: NamedType, writing: Writing) -> str:
    return node.name


def _literal(node: LiteralType, writing: Writing) -> str:
    return quoted(node.value)


def _record(node: RecordType, writing: Writing) -> str:
    fields = [field(each, writing) for each in node.fields]
    if not fields or any(each.doc is not None for each in node.fields):
        return braced(fields)
    return f"{{ {', '.join(fields)} }}"


def _list(node: ListType, writing: Writing) -> str:
    item = type_of(node.item, writing)
    if node.at_most is None:
        return f"[{item}]"
    if _size(node.item):
        raise Unwritable("a list of conversations has its size behind it")
    return f"[{item} at most {node.at_most}]"


def _generic(node: GenericType, writing: Writing) -> str:
    return f"{node.name}[{type_of(node.argument, writing, last=False)}]"


def _optional(node: OptionalType, writing: Writing) -> str:
    item = type_of(node.item, writing, last=False)
    return f"({item})?" if isinstance(node.item, UnionType | OptionalType) else f"{item}?"


def _union(node: UnionType, writing: Writing) -> str:
    return " | ".join(_option(each, writing) for each in node.options)


def _option(node: Type, writing: Writing) -> str:
    made = type_of(node, writing, last=False)
    return f"({made})" if isinstance(node, UnionType) else made


def _conversation(node: ConversationType, writing: Writing) -> str:
    if node.at_most is not None:
        raise Unwritable("the size of a conversation cannot stand there")
    return "conversation"


_WRITERS: Mapping[type[Type], Callable[[Any, Writing], str]] = {
    NamedType: _named,
    LiteralType: _literal,
    RecordType: _record,
    ListType: _list,
    GenericType: _generic,
    OptionalType: _optional,
    UnionType: _union,
    ConversationType: _conversation,
}
