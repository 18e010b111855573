"""Is this value one of that type? The same at submission, in the run, and on what tools and models answer.

Takes plain JSON (fractions as `Decimal`, `float` or text) as well as values that are already decoded, and gives the
value that a flow computes with: defaults filled in, fields in the order of their declaration. What is sent to us on
purpose is exact: unknown fields are refused. What we receive from the world (`received`: results of tools and models)
may hold more than its type names, because a service may add a field at any time: that is dropped, and told only where
something else is wrong. A `Reference` is accepted unseen: its content was validated where it was made, and data never
becomes one.

The conversions of expressions are the same: `widen` puts a value that fits into the form of a wider type and judges no
constraints; `convert` is the way out of `json` and `text`, where whatever comes from the world may turn out not to fit.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

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
from dsl.dataclass import replace
from dsl.expressions.context import CONSTANT, Context
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.json_reading import exact
from dsl.expressions.numbers import LARGEST_INT, parse_decimal
from dsl.expressions.values import Reference
from dsl.expressions.wire import json_text
from dsl.values.basic import DECODERS
from dsl.values.bounds import check_bounds
from dsl.values.checking import MOST_DEPTH, Checking, Enough
from dsl.values.problems import Checked, Place, did_you_mean, inside, shown
from dsl.values.structure import Types, has_tags, is_optional, options, resolve, tags
from dsl.values.writing import type_text

Validator: TypeAlias = Callable[[Any, Any, Place | None, Checking], Any]


def validate(value: Any, type_: Type, types: Types, *, received: bool = False) -> Checked:
    """`value` as a value of `type_`."""
    return _checked(value, type_, Checking(types, received))


def demands_more(value: Any, type_: Type, types: Types) -> bool:
    """Whether a part of `value` that lies in the store stands where a type says more of it than `json`."""
    found: list[Type] = []

    def note(reference: Reference, demanded: Type) -> Reference:
        inner = resolve(demanded, types)
        if inner != NamedType("json") and type(inner) is not ConversationType:
            found.append(inner)
        return reference

    _checked(value, type_, Checking(types, received=True, reference=note))
    return bool(found)


def _checked(value: Any, type_: Type, checking: Checking) -> Checked:
    try:
        return Checked(_value(value, type_, None, checking), tuple(checking.problems))
    except Enough:
        return Checked(None, tuple(checking.problems))


def validate_record(value: Any, fields: tuple[Field, ...], types: Types) -> Checked:
    """The arguments of a call, or the input of a flow, by the fields that are its parameters."""
    return validate(value, RecordType(fields), types)


def converting(context: Context, types: Types) -> Context:
    """`context` with the conversions of a definition that declares `types`."""
    return replace(context, widen=partial(widen, types), convert=partial(convert, types))


def widen(types: Types, value: Any, type_: Type) -> Any:
    """`value`, which fits `type_`, in the form that a value of it has."""
    return _converted(value, type_, Checking(types, bounded=False, reference=partial(_kept_as_it_is, types)))


def convert(types: Types, value: Any, type_: Type) -> Any:
    """`value` as a `type_`, if it is one. A text is read as what writes such a value: digits, JSON, a time."""
    if type(value) is str:
        value = _read(value, type_, types)
    return _converted(value, type_, Checking(types, received=True, reference=_looked_into))


def _converted(value: Any, type_: Type, checking: Checking) -> Any:
    found = _checked(value, type_, checking)
    if found.problems:
        raise EvaluationError(
            "InvalidArgument", f"this is no {type_text(type_)}: {'; '.join(map(str, found.problems))}"
        )
    return found.value


def _read(text: str, type_: Type, types: Types) -> Any:
    match resolve(type_, types):
        case OptionalType(item=item):
            read = _read(text, item, types)
            return None if read is text and text.strip() == "null" and not _is_of_texts(item, types) else read
        case RecordType() | ListType() | GenericType() | ConversationType():
            pass
        case UnionType(options=options) if not any(type(option) is LiteralType for option in options):
            pass
        case NamedType(name="int" | "number" | "decimal"):
            number = parse_decimal(text.strip())
            return text if number is None else number
        case NamedType(name="bool"):
            return _WRITTEN.get(text.strip(), text)
        case _:
            return text
    try:
        return exact(text)
    except (ValueError, RecursionError):
        return text


def _is_of_texts(type_: Type, types: Types) -> bool:
    found = resolve(type_, types)
    return found == NamedType("text") or tags(Field("", found), types) != ()


_WRITTEN = {"true": True, "false": False}


def _looked_into(reference: Reference, type_: Type) -> Any:
    raise NeedsReference((reference,))


def _kept_as_it_is(types: Types, reference: Reference, type_: Type) -> Any:
    """A value that is large enough to lie elsewhere is looked into only where its form may change."""
    inner = resolve(type_, types)
    while isinstance(inner, ListType | OptionalType):
        inner = resolve(inner.item, types)
    if type(inner) is LiteralType or (type(inner) is NamedType and inner.name in _OF_ONE_FORM):
        return reference
    raise NeedsReference((reference,))


_OF_ONE_FORM = frozenset({"text", "int", "bool", "time", "duration", "file"})


def _value(value: Any, type_: Type, place: Place | None, checking: Checking) -> Any:
    if type(value) is Reference:
        return checking.reference(value, type_)
    if place is not None and place[2] > MOST_DEPTH:
        return checking.problem(None, f"this value is nested more than {MOST_DEPTH} deep")
    return _VALIDATORS[type(type_)](value, type_, place, checking)


def _named(value: Any, type_: NamedType, place: Place | None, checking: Checking) -> Any:
    decode = DECODERS.get(type_.name)
    if decode is not None:
        return decode(value, place, checking)
    resolved = resolve(type_, checking.types)
    if type(resolved) is NamedType:
        if resolved.name in DECODERS:
            return DECODERS[resolved.name](value, place, checking)
        return checking.problem(place, f"the type {resolved.name} is not known")
    return _value(value, resolved, place, checking)


def _literal(value: Any, type_: LiteralType, place: Place | None, checking: Checking) -> Any:
    if value != type_.value:
        checking.unfit(place, json_text(type_.value), value)
    return value


def _optional(value: Any, type_: OptionalType, place: Place | None, checking: Checking) -> Any:
    return None if value is None else _value(value, type_.item, place, checking)


def _list(value: Any, type_: ListType, place: Place | None, checking: Checking) -> Any:
    if type(value) is not list:
        return checking.unfit(place, "a list", value)
    if checking.bounded and type_.at_most is not None and len(value) > type_.at_most:
        checking.problem(place, f"at most {type_.at_most} items are allowed, not {len(value)}")
        return value
    item = type_.item
    if _is_plain(value, resolve(item, checking.types)):
        return value
    return [_value(part, item, inside(place, position), checking) for position, part in enumerate(value)]


def _is_plain(items: list[Any], type_: Type) -> bool:
    """Whether each item fits as it is, seen for all at once: a list that grows is validated with each item it gets."""
    if not items or type(type_) is not NamedType:
        return False
    kinds = set(map(type, items))
    match type_.name:
        case "int":
            return kinds == {int} and min(items) >= -LARGEST_INT - 1 and max(items) <= LARGEST_INT
        case "text":
            return kinds == {str} and all(map(str.isascii, items))
        case "bool":
            return kinds == {bool}
        case _:
            return False


def _generic(value: Any, type_: GenericType, place: Place | None, checking: Checking) -> Any:
    if type_.name != "map":
        resolved = resolve(type_, checking.types)
        if type(resolved) is GenericType:
            return checking.problem(place, f"the type {type_.name} is not known")
        return _value(value, resolved, place, checking)
    if type(value) is not dict:
        return checking.unfit(place, "a map", value)
    key = DECODERS["text"]
    return {
        key(name, inside(place, str(name)), checking): _value(part, type_.argument, inside(place, str(name)), checking)
        for name, part in value.items()
    }


def _record(value: Any, type_: RecordType, place: Place | None, checking: Checking) -> Any:
    if type(value) is not dict:
        return checking.unfit(place, "a record", value)
    record: dict[str, Any] = {}
    given, found = 0, len(checking.problems)
    for field in type_.fields:
        name = field.name
        if name in value:
            given += 1
            record[name] = _field(value[name], field, inside(place, name), checking)
        else:
            record[name] = _left_out(field, inside(place, name), checking)
    if given < len(value) and (not checking.received or len(checking.problems) > found):
        _unknown_fields(value, type_, place, checking)
    return record


def _field(value: Any, field: Field, place: Place, checking: Checking) -> Any:
    found = len(checking.problems)
    decoded = _value(value, field.type, place, checking)
    if checking.bounded and len(checking.problems) == found:
        check_bounds(decoded, field, place, checking)
    return decoded


def _left_out(field: Field, place: Place, checking: Checking) -> Any:
    if field.default is None:
        return None if is_optional(field.type, checking.types) else checking.problem(place, "is missing")
    try:
        default = evaluate(field.default, {}, converting(CONSTANT, checking.types))
    except EvaluationError as error:
        return checking.problem(place, f"the default has no value: {error.message}")
    return _field(default, field, place, checking)


def _unknown_fields(value: dict[Any, Any], type_: RecordType, place: Place | None, checking: Checking) -> None:
    known = [field.name for field in type_.fields]
    for name in value:
        if name not in known:
            free = [candidate for candidate in known if candidate not in value]
            checking.problem(inside(place, str(name)), f"unknown field{did_you_mean(str(name), free)}")


def _conversation(value: Any, type_: ConversationType, place: Place | None, checking: Checking) -> Any:
    from dsl.values import spoken  # most files have no conversation, and a check judges their constants

    return spoken.checked(value, type_, place, checking, _value)


def _union(value: Any, type_: UnionType, place: Place | None, checking: Checking) -> Any:
    if value is None and is_optional(type_, checking.types):
        return None
    choices = list(options(type_, checking.types))
    texts = [choice.value for choice in choices if type(choice) is LiteralType]
    if type(value) is str and value in texts:
        return value
    if len(texts) == len(choices):
        return _not_one_of(texts, value, place, checking)
    records = [choice for choice in choices if type(choice) is RecordType]
    if type(value) is dict and records:
        return _tagged(value, records, place, checking)
    others = [choice for choice in choices if type(choice) not in (RecordType, LiteralType)]
    return _first_that_fits(value, others, type_, place, checking)


def _tagged(value: dict[Any, Any], records: list[RecordType], place: Place | None, checking: Checking) -> Any:
    """The record whose literal fields the value has."""
    fitting = [record for record in records if has_tags(value, record, checking.types)]
    if len(fitting) == 1:
        return _value(value, fitting[0], place, checking)
    if fitting:
        return _first_that_fits(value, list(fitting), fitting[0], place, checking)
    for field in records[0].fields:
        texts = [
            text
            for record in records
            for part in record.fields
            if part.name == field.name
            for text in tags(part, checking.types)
        ]
        if texts:
            return _not_one_of(texts, value.get(field.name), inside(place, field.name), checking)
    return checking.unfit(place, " or ".join(map(type_text, records)), value)


def _first_that_fits(value: Any, choices: list[Any], whole: Type, place: Place | None, checking: Checking) -> Any:
    """Exactly, or else the first that names some of it, where more may come."""
    for received in (False, True) if checking.received else (False,):
        for choice in choices:
            attempt = checking.attempt(received=received)
            try:
                return _value(value, choice, place, attempt)
            except Enough:
                continue
    return checking.unfit(place, type_text(whole), value)


def _not_one_of(texts: list[str], value: Any, place: Place | None, checking: Checking) -> None:
    expected = " or ".join(json_text(text) for text in dict.fromkeys(texts))
    hint = did_you_mean(value, texts, quote='"') if type(value) is str else ""
    checking.problem(place, f"expected {expected}, not {shown(value)}{hint}")


_VALIDATORS: dict[type, Validator] = {
    NamedType: _named,
    LiteralType: _literal,
    OptionalType: _optional,
    ListType: _list,
    GenericType: _generic,
    RecordType: _record,
    UnionType: _union,
    ConversationType: _conversation,
}
