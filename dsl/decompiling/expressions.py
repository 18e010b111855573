"""Expressions as text: with no more brackets than the grammar asks for, and without what sealing put there.

`Widen` goes, because the same place takes the same type again; `Convert` is the call of its type, `Apply` that of its
function. Names that no author can write are those of an envelope, a transcript, the run and its budgets.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dsl.ast.duration import format_duration
from dsl.ast.expressions import (
    Apply,
    Argument,
    Binary,
    Chain,
    Comprehension,
    Conditional,
    Convert,
    DurationLiteral,
    Entry,
    Expression,
    FunctionCall,
    Get,
    Index,
    ListLiteral,
    Literal,
    Name,
    RecordLiteral,
    Row,
    Slice,
    Template,
    Unary,
    Widen,
)
from dsl.ast.node import walk
from dsl.ast.types import ConversationType, NamedType
from dsl.decompiling import texts
from dsl.decompiling.writing import Writing
from dsl.expressions.names import names
from dsl.regex import regex

ANY, OR, AND, NOT, COMPARISON, SUM, PRODUCT, NEGATION, POSTFIX = range(9)
"""How tightly the operators bind, as the grammar has them."""
_DEEP = (45, 95)
"""A constant may be 100 deep with what stands in it, and so may the text around it."""
_BINDING = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT}
_PLAIN_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NO_KEYS = frozenset({"true", "false", "null", "and", "or", "not", "in"})
_ENVELOPE = regex(r"event\(([A-Za-z_][A-Za-z0-9_]*)\)")


class Unwritable(Exception):
    """What no text can say. `pointer` is the declaration in which it stands."""

    pointer: str | None = None


def expression(node: Expression, writing: Writing, binding: int = ANY, *, nested: bool = False) -> str:
    """The text, in brackets where it binds less tightly than `binding`; `nested`: within a text, so on one line."""
    if writing.divides and writing.depth(node) in _DEEP and _is_constant(node):
        return writing.constant("part", node)
    binds, _ = _WRITERS[type(node)]
    made = spelt(node, writing, nested=nested)
    tight = binds(node) if callable(binds) else binds
    return f"({made})" if tight < binding else made


def spelt(node: Expression, writing: Writing, *, nested: bool = False) -> str:
    """What the node itself says, whatever is around it."""
    _, write = _WRITERS[type(node)]
    return write(node, writing, nested)


def _is_constant(node: Expression) -> bool:
    changing = (each.function in ("now", "uuid") for each in walk(node) if isinstance(each, FunctionCall))
    return not isinstance(node, Widen) and not names(node) and not any(changing)


def text(node: Expression, writing: Writing) -> str:
    """Where the grammar takes nothing but a text."""
    bare = node.value if isinstance(node, Widen) else node
    if not isinstance(bare, Template) and not (isinstance(bare, Literal) and isinstance(bare.value, str)):
        raise Unwritable("a text is expected")
    return expression(bare, writing)


def arguments(given: tuple[Argument, ...], writing: Writing, nested: bool = False) -> str:
    return ", ".join(_argument(each, writing, nested) for each in given)


def decimal(value: Decimal) -> str:
    """All of its digits, and no exponent."""
    return format(value, "f")


def _argument(node: Argument, writing: Writing, nested: bool) -> str:
    value = expression(node.value, writing, nested=nested)
    return value if node.name is None else f"{node.name}: {value}"


def _literal(node: Literal, writing: Writing, nested: bool) -> str:
    match node.value:
        case None:
            return "null"
        case bool(value):
            return "true" if value else "false"
        case str(value):
            return texts.written(value, on_one_line=nested)
        case Decimal() as value:
            digits = decimal(value)
            return digits if "." in digits else f"{digits}.0"
        case int(value):
            return str(value)


def _duration(node: DurationLiteral, writing: Writing, nested: bool) -> str:
    return format_duration(node.milliseconds)


def _template(node: Template, writing: Writing, nested: bool) -> str:
    plain = _plain_parts(node.parts)
    pieces: list[str | None] = []
    inner: list[str] = []
    for at, part in enumerate(node.parts):
        if at in plain and isinstance(part, Literal):
            pieces.append(str(part.value))
        else:
            pieces.append(None)
            inner.append("{{ " + expression(part, writing, nested=True) + " }}")
    if not nested and (made := texts.block(pieces, inner)) is not None:
        return made
    filling = iter(inner)
    followed = [*pieces, ""][1:]
    written = (
        next(filling) if piece is None else texts.short(piece, brace_follows=after is None)
        for piece, after in zip(pieces, followed, strict=True)
    )
    return f'"{"".join(written)}"'


def _plain_parts(parts: tuple[Expression, ...]) -> set[int]:
    """Which of the parts stand as they are. A text that follows another was an expression, a constant mostly; so was
    one that is empty, or all there is. Of neighbours, those are plain that look less like a name."""
    plain: set[int] = set()
    run: list[int] = []
    for at, part in enumerate(parts):
        if isinstance(part, Literal) and isinstance(part.value, str) and part.value:
            run.append(at)
        else:
            plain.update(_every_other(run, parts))
            run = []
    if len(run) < len(parts) or len(run) > 1:
        plain.update(_every_other(run, parts))
    return plain


def _every_other(run: list[int], parts: tuple[Expression, ...]) -> list[int]:
    def signs(places: list[int]) -> int:
        return sum(not each.isalnum() for at in places for each in str(getattr(parts[at], "value", "")))

    return max(run[0::2], run[1::2], key=signs)


def _name(node: Name, writing: Writing, nested: bool) -> str:
    found = _ENVELOPE.fullmatch(node.name)
    return node.name if found is None else found.group(1)


def _get(node: Get, writing: Writing, nested: bool) -> str:
    return f"{_of(node.subject, writing, nested)}{'?.' if node.optional else '.'}{node.name}"


def _index(node: Index, writing: Writing, nested: bool) -> str:
    return f"{_of(node.subject, writing, nested)}[{expression(node.index, writing, nested=nested)}]"


def _slice(node: Slice, writing: Writing, nested: bool) -> str:
    start, stop = ("" if each is None else expression(each, writing, nested=nested) for each in (node.start, node.stop))
    return f"{_of(node.subject, writing, nested)}[{start}:{stop}]"


def _of(subject: Expression, writing: Writing, nested: bool) -> str:
    return expression(subject, writing, POSTFIX, nested=nested)


def _function_call(node: FunctionCall, writing: Writing, nested: bool) -> str:
    given = node.arguments
    if node.function == "sum" and given and given[-1] == Argument("start", DurationLiteral(0)):
        given = given[:-1]
    if node.function == "len" and len(given) == 1 and given[0].name is None:
        sizes = given[0].value
        if isinstance(sizes, Get) and sizes.name == "sizes" and not writing.is_otherwise(sizes):
            return f"len({expression(sizes.subject, writing, nested=nested)})"
    return f"{node.function}({arguments(given, writing, nested)})"


def _unary(node: Unary, writing: Writing, nested: bool) -> str:
    if node.operator == "not":
        return f"not {expression(node.operand, writing, NOT, nested=nested)}"
    return f"-{expression(node.operand, writing, NEGATION, nested=nested)}"


def _binding(node: Binary) -> int:
    return _BINDING.get(node.operator, COMPARISON)


def _binary(node: Binary, writing: Writing, nested: bool) -> str:
    own = _binding(node)
    left = expression(node.left, writing, SUM if own == COMPARISON else own, nested=nested)
    right = expression(node.right, writing, own + 1, nested=nested)
    return f"{left} {node.operator} {right}"


def _row_binding(node: Row) -> int:
    return _BINDING[node.rest[0].operator]


def _row(node: Row, writing: Writing, nested: bool) -> str:
    own = _row_binding(node)
    first = expression(node.first, writing, own, nested=nested)
    rest = (f" {each.operator} {expression(each.value, writing, own + 1, nested=nested)}" for each in node.rest)
    return f"{first}{''.join(rest)}"


def _chain(node: Chain, writing: Writing, nested: bool) -> str:
    ways = (
        f"if {expression(way.condition, writing, nested=nested)} then {expression(way.value, writing, nested=nested)}"
        for way in node.ways
    )
    return f"{' else '.join(ways)} else {expression(node.otherwise, writing, nested=nested)}"


def _conditional(node: Conditional, writing: Writing, nested: bool) -> str:
    condition, then, otherwise = (
        expression(each, writing, nested=nested) for each in (node.condition, node.then, node.otherwise)
    )
    return f"if {condition} then {then} else {otherwise}"


def _list(node: ListLiteral, writing: Writing, nested: bool) -> str:
    return f"[{', '.join(expression(each, writing, nested=nested) for each in node.items)}]"


def _comprehension(node: Comprehension, writing: Writing, nested: bool) -> str:
    item, source = (expression(each, writing, OR, nested=nested) for each in (node.item, node.source))
    condition = "" if node.condition is None else f" if {expression(node.condition, writing, OR, nested=nested)}"
    return f"[{item} for {node.variable} in {source}{condition}]"


def _record(node: RecordLiteral, writing: Writing, nested: bool) -> str:
    entries = (
        f"{_key(each.name)}: {expression(each.value, writing, nested=nested)}"
        if isinstance(each, Entry)
        else f"...{expression(each.value, writing, nested=nested)}"
        for each in node.entries
    )
    inner = ", ".join(entries)
    return f"{{ {inner} }}" if inner else "{}"


def _key(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) and name not in _NO_KEYS else texts.quoted(name)


def _widen(node: Widen, writing: Writing, nested: bool) -> str:
    if _keeps_last(node, writing):
        assert isinstance(node.type, ConversationType)
        return f"last({expression(node.value, writing, nested=nested)}, {node.type.at_most})"
    return expression(node.value, writing, nested=nested)


def _keeps_last(node: Widen, writing: Writing) -> bool:
    """What is oldest of a conversation is left out where it is put, or because the text asks for its last messages."""
    kept = isinstance(node.type, ConversationType) and node.type.at_most is not None
    return kept and writing.is_otherwise(node)


def _widen_binding(node: Widen) -> int:
    binds, _ = _WRITERS[type(node.value)]
    return binds(node.value) if callable(binds) else binds


def _convert(node: Convert, writing: Writing, nested: bool) -> str:
    if not isinstance(node.type, NamedType):
        raise Unwritable("a type is called by its name")
    instead = "" if node.otherwise is None else f", or: {expression(node.otherwise, writing, nested=nested)}"
    return f"{node.type.name}({expression(node.value, writing, nested=nested)}{instead})"


def _apply(node: Apply, writing: Writing, nested: bool) -> str:
    writing.functions.setdefault(node.function, node)
    return f"{node.function}({arguments(node.arguments, writing, nested)})"


_Writer = Callable[[Any, Writing, bool], str]
_WRITERS: Mapping[type[Expression], tuple[int | Callable[[Any], int], _Writer]] = {
    Literal: (POSTFIX, _literal),
    DurationLiteral: (POSTFIX, _duration),
    Template: (POSTFIX, _template),
    Name: (POSTFIX, _name),
    Get: (POSTFIX, _get),
    Index: (POSTFIX, _index),
    Slice: (POSTFIX, _slice),
    FunctionCall: (POSTFIX, _function_call),
    Unary: (lambda node: NOT if node.operator == "not" else NEGATION, _unary),
    Binary: (_binding, _binary),
    Row: (_row_binding, _row),
    Conditional: (ANY, _conditional),
    Chain: (ANY, _chain),
    ListLiteral: (POSTFIX, _list),
    Comprehension: (POSTFIX, _comprehension),
    RecordLiteral: (POSTFIX, _record),
    Widen: (_widen_binding, _widen),
    Convert: (POSTFIX, _convert),
    Apply: (POSTFIX, _apply),
}
"""How tightly each binds, and how it is written."""
