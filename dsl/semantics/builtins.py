"""The built-in functions as the check sees them: what each takes and gives. `dsl.expressions.functions` runs them.

A parameter accepts a *shape*: a set of types with a name in words. The result may depend on the arguments:
`last(xs, 3)` holds at most 3 items, which is what keeps a conversation's memory bounded.
"""

from dsl.semantics.fit import NUMERIC, ORDERED, join
from dsl.semantics.pure_functions import PURE_FUNCTIONS
from dsl.semantics.taken import A_LIST as _LIST
from dsl.semantics.taken import A_TEXT as _TEXT
from dsl.semantics.taken import AN_INT as _INT
from dsl.semantics.taken import ANY as _ANY
from dsl.semantics.taken import Function, Given, Parameter, Shape, gives, is_text, smaller
from dsl.semantics.together import comparable, together
from dsl.semantics.types import (
    BOOL,
    DECIMAL,
    DURATION,
    ERROR,
    INT,
    JSON,
    NEVER,
    NUMBER,
    TEXT,
    TIME,
    UNKNOWN,
    Conversation,
    Enum,
    ListOf,
    MapOf,
    Member,
    OutcomeOf,
    Record,
    Type,
    holds_conversation,
    members,
    optional,
    required,
    structure,
)


def _is_ordered(found: Type) -> bool:
    return found in ORDERED or isinstance(found, Enum) or found in (UNKNOWN, NEVER)


def _sums(found: Type) -> bool:
    return isinstance(found, ListOf) and (found.item in NUMERIC or found.item in (DURATION, UNKNOWN, NEVER))


def _starts(found: Type, given: Given) -> bool:
    item = given.item()
    if UNKNOWN in (found, item) or item == NEVER:
        return found in (*NUMERIC, DURATION, UNKNOWN)
    return found == item or (found in NUMERIC and item in NUMERIC and join(found, item) is not None)


def _has_extreme(found: Type, given: Given) -> bool:
    return _is_ordered(found) if given.more else isinstance(found, ListOf) and _is_ordered(found.item)


def _beside(found: Type, given: Given) -> bool:
    """Whether one of several arguments of `min` can be compared with the first, as far as that is fine itself."""
    first = given.types.get("items", UNKNOWN)
    if not _is_ordered(first):
        return True
    return _is_ordered(found) and (UNKNOWN in (found, first) or join(first, found) is not None)


def _is_part(found: Type, given: Given) -> bool:
    """Of a text, a text; of a list, what may be equal to an item."""
    whole = given.types.get("value", UNKNOWN)
    if whole == UNKNOWN:
        return True
    if isinstance(whole, ListOf):
        return whole.item in (UNKNOWN, NEVER) or comparable(found, whole.item)
    return is_text(found)


def _sortable(found: Type, given: Given) -> bool:
    if not isinstance(found, ListOf):
        return False
    by = "by" in given.types
    return (found.item == UNKNOWN or members(found.item) is not None) if by else _is_ordered(found.item)


def _names_a_field(found: Type, given: Given) -> bool:
    field = (members(given.item()) or {}).get(str(given.literal("by")))
    return is_text(found) and (given.item() == UNKNOWN or (field is not None and _is_ordered(field.type)))


def _in_list(given: Given) -> bool:
    return isinstance(given.types.get("value"), ListOf)


def _outcomes(found: Type, given: Given) -> bool:
    return isinstance(found, ListOf) and (isinstance(found.item, OutcomeOf) or found.item in (UNKNOWN, NEVER))


def _lists(found: Type, given: Given) -> bool:
    return isinstance(found, ListOf) and (isinstance(structure(found.item), ListOf) or found.item in (UNKNOWN, NEVER))


_BOOL = Shape("bool", lambda found, given: found == BOOL)
_NUMERIC = Shape("a number", lambda found, given: found in NUMERIC)
_AMOUNT = Shape("a number or a duration", lambda found, given: found in NUMERIC or found == DURATION)
_CONVERTIBLE = Shape("a number or a text", lambda found, given: found in NUMERIC or found == JSON or is_text(found))
_ENDING = Shape("a list or a conversation", lambda found, given: isinstance(found, ListOf | Conversation))
_COMPARED = Shape(
    "a list of what can be compared",
    lambda found, given: isinstance(found, ListOf) and not holds_conversation(found.item),
)
_SIZED = Shape(
    "a list, a map, a text or a conversation",
    lambda found, given: isinstance(found, ListOf | MapOf | Conversation) or is_text(found),
)
_SEARCHED = Shape("a text or a list", lambda found, given: isinstance(found, ListOf) or is_text(found))
_KEYED = Shape("a map or a record", lambda found, given: isinstance(found, MapOf | Record))
_TEXTS = Shape(
    "a list of texts",
    lambda found, given: isinstance(found, ListOf) and (is_text(found.item) or found.item in (UNKNOWN, NEVER)),
)
_SUMMED = Shape("a list of numbers or durations", lambda found, given: _sums(found))
_START = Shape("of the kind of the items", _starts)
_MORE = Shape("what is of the kind of the first one", _beside)
_SOUGHT = Shape("a text, or what may be an item of the list", _is_part, nullable=_in_list)
_EXTREMES = Shape("a list of numbers, texts, times or durations, or two and more of them", _has_extreme)
_SORTED = Shape("a list of numbers, texts, times or durations (or of records, with `by`)", _sortable)
_FIELD = Shape("the name of a field of the items, which can be put in order", _names_a_field)
_OUTCOMES = Shape("a list of outcomes", _outcomes)
_LISTS = Shape("a list of lists", _lists)


def _end(given: Given) -> Type:
    """`first` and `last`: one item, or null of an empty list; with a count, a list of so many."""
    talk = given.types["items"]
    if isinstance(talk, Conversation):
        return Conversation(smaller(talk.at_most, given.literal("count")))
    if "count" not in given.types:
        return optional(given.item())
    return ListOf(given.item(), smaller(given.bound(), given.literal("count")))


def _same_list(given: Given) -> Type:
    return ListOf(given.item(), given.bound())


def _extreme(given: Given) -> Type:
    if not given.more:
        return given.item()
    found: Type | None = given.types["items"]
    for more in given.more:
        found = None if found is None else join(found, more)
    return UNKNOWN if found is None else found


def _total(given: Given) -> Type:
    found = join(given.item(), given.types.get("start", NEVER))
    return INT if found == NEVER else UNKNOWN if found is None else found


def _keys(given: Given) -> Type:
    found = members(given.types["value"])
    return ListOf(TEXT, None if found is None else len(found))


def _values(given: Given) -> Type:
    found = given.types["value"]
    if isinstance(found, MapOf):
        return ListOf(found.value)
    types = [member.type for member in (members(found) or {}).values()]
    joined = together(types, filling=False) if types else JSON
    return ListOf(JSON if joined is None else joined, len(types) or None)


def _flat(given: Given) -> Type:
    inner = structure(given.item())
    if not isinstance(inner, ListOf):
        return ListOf(UNKNOWN)
    outer = given.bound()
    return ListOf(inner.item, None if outer is None or inner.at_most is None else outer * inner.at_most)


def _range(given: Given) -> Type:
    start, stop = given.literal("start"), given.literal("stop")
    low, high = (start, stop) if "stop" in given.types else (0, start)
    return ListOf(INT, max(0, high - low) if isinstance(low, int) and isinstance(high, int) else None)


def _pairs(given: Given) -> Type:
    pair = Record((Member("left", given.item("left")), Member("right", given.item("right"))))
    return ListOf(pair, smaller(given.bound("left"), given.bound("right")))


def _succeeded(given: Given) -> Type:
    item = given.item("outcomes")
    return ListOf(item.value if isinstance(item, OutcomeOf) else UNKNOWN, given.bound("outcomes"))


def _rounded(given: Given) -> Type:
    return given.types["value"] if "digits" in given.types else INT


_ITEMS = Parameter("items", _LIST)
_COUNT = Parameter("count", _INT, required=False)
_VALUE = Parameter("value", _TEXT)
_PART = Parameter("part", _TEXT)

BUILTINS: dict[str, Function] = {
    "len": gives(INT, Parameter("value", _SIZED)),
    "last": Function((Parameter("items", _ENDING), _COUNT), _end),
    "first": Function((_ITEMS, _COUNT), _end),
    "sum": Function((Parameter("items", _SUMMED), Parameter("start", _START, required=False)), _total),
    "min": Function((Parameter("items", _EXTREMES),), _extreme, more=_MORE),
    "max": Function((Parameter("items", _EXTREMES),), _extreme, more=_MORE),
    "abs": Function((Parameter("value", _AMOUNT),), lambda given: given.types["value"]),
    "round": Function((Parameter("value", _NUMERIC), Parameter("digits", _INT, required=False)), _rounded),
    "floor": gives(INT, Parameter("value", _NUMERIC)),
    "ceil": gives(INT, Parameter("value", _NUMERIC)),
    "join": gives(TEXT, Parameter("items", _TEXTS), Parameter("separator", _TEXT, required=False)),
    "split": gives(ListOf(TEXT), _VALUE, Parameter("separator", _TEXT)),
    "lower": gives(TEXT, _VALUE),
    "upper": gives(TEXT, _VALUE),
    "trim": gives(TEXT, _VALUE),
    "contains": gives(BOOL, Parameter("value", _SEARCHED), Parameter("part", _SOUGHT)),
    "starts_with": gives(BOOL, _VALUE, _PART),
    "ends_with": gives(BOOL, _VALUE, _PART),
    "replace": gives(TEXT, _VALUE, Parameter("old", _TEXT), Parameter("new", _TEXT)),
    "truncate": gives(TEXT, _VALUE, Parameter("length", _INT)),
    "mask": gives(TEXT, Parameter("value", _ANY), Parameter("last", _INT, required=False)),
    "text": gives(TEXT, Parameter("value", _ANY)),
    "int": gives(INT, Parameter("value", _CONVERTIBLE)),
    "number": gives(NUMBER, Parameter("value", _CONVERTIBLE)),
    "decimal": gives(DECIMAL, Parameter("value", _CONVERTIBLE)),
    "keys": Function((Parameter("value", _KEYED),), _keys),
    "values": Function((Parameter("value", _KEYED),), _values),
    "sort": Function(
        (
            Parameter("items", _SORTED),
            Parameter("by", _FIELD, required=False),
            Parameter("descending", _BOOL, required=False),
        ),
        _same_list,
    ),
    "reverse": Function((_ITEMS,), _same_list),
    "distinct": Function((Parameter("items", _COMPARED),), _same_list),
    "flatten": Function((Parameter("items", _LISTS),), _flat),
    "range": Function((Parameter("start", _INT), Parameter("stop", _INT, required=False)), _range),
    "zip": Function((Parameter("left", _LIST), Parameter("right", _LIST)), _pairs),
    "succeeded": Function((Parameter("outcomes", _OUTCOMES),), _succeeded),
    "failed": Function((Parameter("outcomes", _OUTCOMES),), lambda given: ListOf(ERROR, given.bound("outcomes"))),
    **PURE_FUNCTIONS,
    "now": gives(TIME),
    "uuid": gives(TEXT),
    "json_text": gives(TEXT, Parameter("value", _ANY)),
    "parse_json": gives(JSON, _VALUE),
}


def accepted(shape: Shape, found: Type, given: Given) -> bool:
    bare = structure(required(found))
    return bare == UNKNOWN or shape.accepts(bare, given)
