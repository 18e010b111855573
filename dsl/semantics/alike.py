"""What is the same value though it is written otherwise: constants that are worked out, texts that are put together in
one way or another, records whose fields stand in another order.

Only where the values are equal whatever the names in them stand for. That what is written out differently may come to
the same all the same is no matter: nobody is told then.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from dsl.ast.expressions import Binary, Expression, FunctionCall, Name
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.semantics.facts import Facts
from dsl.semantics.gating.terms import Term
from dsl.semantics.nodes import by_class
from dsl.semantics.types import TEXT, Enum

NumberOf = Callable[[Term], int]
Key = tuple[object, ...]


def alike(term: Term, number_of: NumberOf, facts: Facts) -> int | Key | None:
    """A key that those have which are the same value, or the number of the part that it is; None where it is known by
    nothing but how it is written.
    """
    constant = _constant(term, facts)
    if constant is not None:
        return constant
    if term.kind == "RecordLiteral":
        return _record(term.part(0), number_of)
    if not _is_put_together(term, facts):
        return None
    pieces = _joined(_pieces(term, number_of, facts))
    match pieces:
        case (int(number),):
            return number
        case () | (str(),):
            return ("text", "".join(map(str, pieces)))
        case _:
            return ("of", *pieces)


def _constant(term: Term, facts: Facts) -> Key | None:
    node = term.node
    if not isinstance(node, Expression) or term.kind != type(node).__name__ or by_class(node).get(Name):
        return None
    for call in by_class(node).get(FunctionCall, ()):
        assert isinstance(call, FunctionCall)
        if call.function in ("now", "uuid") or facts.callee_of(call) is not None or id(call) in facts.casts:
            return None
    try:
        return _plain(evaluate(node, {}, CONSTANT))
    except EvaluationError:
        return None


def _plain(value: object) -> Key:
    match value:
        case bool() | None:
            return ("one", value is None, bool(value))
        case int() | Decimal():
            return ("number", Decimal(value))
        case str():
            return ("text", value)
        case list():
            return ("list", *map(_plain, value))
        case dict():
            return ("record", *sorted((str(name), _plain(each)) for name, each in value.items()))
        case _:
            return (type(value).__name__, repr(value))


def _record(entries: Term, number_of: NumberOf) -> Key | None:
    fields = []
    for entry in entries.parts:
        if not isinstance(entry, Term) or entry.kind != "Entry":
            return None
        fields.append((str(entry.parts[0]), number_of(entry.part(1))))
    return ("fields", *sorted(fields))


def _is_put_together(term: Term, facts: Facts) -> bool:
    if term.kind == "Template":
        return True
    return (
        isinstance(term.node, Binary) and term.kind == "Binary" and term.node.operator == "+" and _is_text(term, facts)
    )


def _is_text(term: Term, facts: Facts) -> bool:
    found = facts.type_of(term.node) if isinstance(term.node, Expression) else None
    return found == TEXT or isinstance(found, Enum)


def _pieces(term: Term, number_of: NumberOf, facts: Facts) -> Iterator[object]:
    """Texts that are written out, numbers of texts, and of other values what they are as a text."""
    constant = _constant(term, facts)
    if constant is not None and constant[0] == "text":
        yield constant[1]
    elif _is_put_together(term, facts):
        parts = term.part(0).parts if term.kind == "Template" else term.parts
        for part in parts:
            if isinstance(part, Term):
                yield from _pieces(part, number_of, facts)
    else:
        number = number_of(term)
        yield number if _is_text(term, facts) else ("written", number)


def _joined(pieces: Iterator[object]) -> tuple[object, ...]:
    found: list[object] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece != "":
            found.append(piece)
    return tuple(found)
