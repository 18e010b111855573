"""What stands beside the functions of every day: maps put together, layout of texts, the calendar, other signs.

A list keeps its bound wherever it has one, so that what is made of it may be looped over.
"""

from dsl.expressions.functions_time import UNITS
from dsl.semantics.fit import join
from dsl.semantics.taken import A_LIST, A_TEXT, AN_INT, Function, Given, Parameter, Shape, gives, is_text
from dsl.semantics.together import together
from dsl.semantics.types import (
    INT,
    NEVER,
    TEXT,
    TIME,
    UNKNOWN,
    ListOf,
    MapOf,
    Member,
    Record,
    Type,
    members,
    optional,
    structure,
)

CALENDAR = Record(
    tuple(
        Member(name, INT) for name in ("year", "month", "day", "hour", "minute", "second", "weekday", "yearday", "week")
    )
)


def _names_a_text(found: Type, given: Given) -> bool:
    field = (members(given.item()) or {}).get(str(given.literal("by")))
    return is_text(found) and (given.item() == UNKNOWN or (field is not None and _may_be_text(field.type)))


def _may_be_text(found: Type) -> bool:
    return found == UNKNOWN or is_text(structure(found))


def _is_entries(found: Type, given: Given) -> bool:
    if not isinstance(found, ListOf):
        return False
    fields = members(found.item) or {}
    key, value = fields.get("key"), fields.get("value")
    return found.item in (UNKNOWN, NEVER) or (value is not None and key is not None and _may_be_text(key.type))


def _is_such_a_map(found: Type, given: Given) -> bool:
    left, right = _as_map(given.types.get("left", UNKNOWN)), _as_map(found)
    return right is not None and (left is None or join(left.value, right.value) is not None)


def _as_map(found: Type) -> MapOf | None:
    """A record is taken for a map wherever one is wanted: of values of the kind that those of its fields have in
    common. None where it has none."""
    if isinstance(found, MapOf):
        return found
    value = together([each.type for each in found.members], filling=False) if isinstance(found, Record) else None
    return None if value is None else MapOf(value)


_A_MAP_OR_RECORD = Shape("a map", lambda found, given: _as_map(found) is not None)
_MAP = Shape("a map", lambda found, given: isinstance(found, MapOf))
_SUCH_A_MAP = Shape("a map of values of that kind", _is_such_a_map)
_RECORDS = Shape(
    "a list of records",
    lambda found, given: isinstance(found, ListOf) and (found.item == UNKNOWN or members(found.item) is not None),
)
_BY = Shape("the name of a field of the items, which is a text", _names_a_text)
_ENTRIES = Shape("a list of records with `key`, a text, and `value`", _is_entries)
_TIME = Shape("time", lambda found, given: found == TIME)
_UNIT = Shape(
    "one of " + ", ".join(UNITS),
    lambda found, given: is_text(found) and given.literal("unit") in (None, *UNITS),
)

_VALUE = Parameter("value", A_TEXT)
_ITEMS = Parameter("items", A_LIST)
_AT = Parameter("at", _TIME)
_ZONE = Parameter("zone", A_TEXT, required=False)
_PATTERN = Parameter("pattern", A_TEXT)
_FILL = Parameter("fill", A_TEXT, required=False)


def _chunks(given: Given) -> Type:
    size, bound = given.literal("size"), given.bound()
    if not isinstance(size, int) or size < 1:
        return ListOf(ListOf(given.item(), bound), bound)
    return ListOf(ListOf(given.item(), size), None if bound is None else -(-bound // size))


def _numbered(given: Given) -> Type:
    return ListOf(Record((Member("index", INT), Member("item", given.item()))), given.bound())


def _grouped(given: Given) -> Type:
    return MapOf(ListOf(given.item(), given.bound()))


def _entries(given: Given) -> Type:
    found = given.types["value"]
    inner = found.value if isinstance(found, MapOf) else UNKNOWN
    return ListOf(Record((Member("key", TEXT), Member("value", inner))))


def _merged(given: Given) -> Type:
    left, right = _as_map(given.types["left"]), _as_map(given.types["right"])
    if left is None or right is None:
        return MapOf(UNKNOWN)
    joined = join(left.value, right.value)
    return MapOf(UNKNOWN if joined is None else joined)


def _made(given: Given) -> Type:
    value = (members(given.item("entries")) or {}).get("value")
    return MapOf(UNKNOWN if value is None else value.type)


PURE_FUNCTIONS: dict[str, Function] = {
    "split_lines": gives(ListOf(TEXT), _VALUE),
    "split_words": gives(ListOf(TEXT), _VALUE),
    "position": gives(optional(INT), _VALUE, Parameter("part", A_TEXT)),
    "repeat": gives(TEXT, _VALUE, Parameter("count", AN_INT)),
    "pad_start": gives(TEXT, _VALUE, Parameter("length", AN_INT), _FILL),
    "pad_end": gives(TEXT, _VALUE, Parameter("length", AN_INT), _FILL),
    "chunk": Function((_ITEMS, Parameter("size", AN_INT)), _chunks),
    "enumerate": Function((_ITEMS,), _numbered),
    "group": Function((Parameter("items", _RECORDS), Parameter("by", _BY)), _grouped),
    "entries": Function((Parameter("value", _MAP),), _entries),
    "map_of": Function((Parameter("entries", _ENTRIES),), _made),
    "merge": Function((Parameter("left", _A_MAP_OR_RECORD), Parameter("right", _SUCH_A_MAP)), _merged),
    "calendar": gives(CALENDAR, _AT, _ZONE),
    "moment": gives(
        TIME,
        *(Parameter(name, AN_INT) for name in ("year", "month", "day")),
        *(Parameter(name, AN_INT, required=False) for name in ("hour", "minute", "second")),
        _ZONE,
    ),
    "add_months": gives(TIME, _AT, Parameter("months", AN_INT), _ZONE),
    "start_of": gives(TIME, _AT, Parameter("unit", _UNIT), _ZONE),
    "format_time": gives(TEXT, _AT, _PATTERN, _ZONE),
    "parse_time": gives(TIME, _VALUE, _PATTERN, _ZONE),
    "base64": gives(TEXT, _VALUE),
    "from_base64": gives(TEXT, _VALUE),
    "url_encode": gives(TEXT, _VALUE),
    "sha256": gives(TEXT, _VALUE),
}
