"""Names that mean something in other languages: what says the same here."""

from dsl.ast.types import GenericType, NamedType
from dsl.semantics.findings import UnknownField, UnknownName
from dsl.semantics.types import TEXT, Enum, ListOf, MapOf, Record, structure
from dsl.syntax.foreign import method
from dsl.syntax.foreign_types import GENERIC, NOTHING, TYPES, of

_VALUES = {
    **dict.fromkeys(("None", "nil", "undefined", "NULL", "Null", "none", "nothing", "NaN", "void"), "null"),
    **dict.fromkeys(("True", "TRUE", "yes", "on"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "off"), "false"),
}
_FUNCTIONS = {
    **dict.fromkeys(
        ("str", "string", "String", "repr", "to_string", "toString", "format", "f"),
        'text(…)`, or a template: `"{{ x }}"',
    ),
    **dict.fromkeys(("float", "double", "Number", "parseFloat"), "number(…)"),
    **dict.fromkeys(("parseInt", "integer", "Int", "to_int", "atoi"), "int(…)"),
    **dict.fromkeys(("Decimal",), "decimal(…)"),
    **dict.fromkeys(("length", "size", "count"), "len(…)"),
    **dict.fromkeys(("sorted", "order", "orderBy", "order_by"), "sort(…)"),
    **dict.fromkeys(("reversed",), "reverse(…)"),
    **dict.fromkeys(("unique", "uniq", "dedupe"), "distinct(…)"),
    **dict.fromkeys(("strip",), "trim(…)"),
    **dict.fromkeys(("lowercase", "toLowerCase", "lcase"), "lower(…)"),
    **dict.fromkeys(("uppercase", "toUpperCase", "ucase"), "upper(…)"),
    **dict.fromkeys(("concat", "append", "push"), "a + b"),
    **dict.fromkeys(("map",), "[f(x) for x in xs]"),
    **dict.fromkeys(("filter",), "[x for x in xs if …]"),
    **dict.fromkeys(("enumerate",), "for at, x in xs { … }"),
    **dict.fromkeys(("exists", "is_null", "isNull", "defined", "isset", "isNone", "isnull"), "x != null"),
    **dict.fromkeys(("pow", "power"), "a * a"),
    **dict.fromkeys(("is_empty", "isEmpty", "empty"), "len(x) == 0"),
    **dict.fromkeys(("any", "all", "some", "every"), "len([x for x in xs if …]) > 0"),
    **dict.fromkeys(("includes", "has", "in"), "item in items"),
    **dict.fromkeys(("substring", "substr", "slice"), "value[0:5]"),
    **dict.fromkeys(("today", "date_now", "current_time", "utcnow"), "now()"),
    **dict.fromkeys(("datetime", "date", "parse_time", "strptime", "timestamp", "to_time"), "time(…)"),
    **dict.fromkeys(("timedelta", "parse_duration", "interval"), "duration(…)"),
    **dict.fromkeys(("guid", "uuid4"), "uuid()"),
    **dict.fromkeys(("json", "to_json", "dumps", "stringify"), "json_text(…)"),
    **dict.fromkeys(("loads", "from_json", "parse"), "parse_json(…)"),
    **dict.fromkeys(("coalesce", "default", "ifnull", "nvl"), "if x != null then x else y"),
    **dict.fromkeys(("iif", "ifelse", "choose"), "if c then a else b"),
    **dict.fromkeys(("isinstance", "typeof", "type"), 'match x.kind { "a" => { … } … }'),
}
_NO_WAY = {
    **dict.fromkeys(
        ("print", "println", "log", "debug"), "a run says what it came to by `return`; a step keeps what is to be shown"
    ),
    **dict.fromkeys(("random", "rand", "randint", "choice"), "nothing here is random: a tool may be"),
    **dict.fromkeys(("sleep", "wait", "delay"), "to wait is a statement: `sleep 5m`"),
    **dict.fromkeys(("env", "getenv", "environ"), "take it as input: a run knows no environment"),
    **dict.fromkeys(
        ("open", "read", "fetch", "get", "post", "request", "http"),
        "what touches the world is a `tool`, called by a step",
    ),
}
_OWNERS = {
    "this": "fields are written without an owner",
    "self": "fields are written without an owner",
    "context": "a flow knows its parameters and what its steps gave",
    "ctx": "a flow knows its parameters and what its steps gave",
    "env": "take it as input: a run knows no environment",
    "input": "a flow's input are its parameters, by their names",
    "inputs": "a flow's input are its parameters, by their names",
    "config": "a value of the deployment is `config NAME: TYPE` outside of flows, and written by its name alone",
    "args": "a flow's input are its parameters, by their names",
    "Math": "there is no `Math`: `min`, `max`, `abs`, `round`, `floor` and `ceil` stand alone",
    "math": "there is no `math`: `min`, `max`, `abs`, `round`, `floor` and `ceil` stand alone",
    "JSON": "there is no `JSON`: write `json_text(…)` or `parse_json(…)`",
}


def meant_by(found: UnknownName) -> tuple[str, str, str | None] | None:
    """The message about a name of another language, its help, and what to put instead when that alone mends it."""
    name, missing = found.name, f"there is no {found.kind} `{found.name}`"
    if found.kind == "name" and name in _VALUES:
        return f"`{name}` is `{_VALUES[name]}` here", f"write `{_VALUES[name]}`", _VALUES[name]
    if found.kind == "name" and name in _OWNERS:
        return missing, _OWNERS[name], None
    if found.kind == "type" and name in TYPES:
        return missing, f"write `{TYPES[name]}`", TYPES[name]
    if found.kind == "type" and name in NOTHING:
        return missing, NO_RESULT, None
    if found.kind == "type" and isinstance(found.node, GenericType) and isinstance(found.node.argument, NamedType):
        instead = of(name, found.node.argument.name)
        if instead is not None:
            return missing, f"write `{instead}`", None
    if found.kind == "type" and name in GENERIC:
        return missing, f"write `{GENERIC[name]}`", None
    if found.kind == "function" and name in _NO_WAY:
        return missing, _NO_WAY[name], None
    if found.kind == "function" and name in _FUNCTIONS:
        return missing, f"write `{_FUNCTIONS[name]}`", None
    return None


NO_RESULT = "what gives nothing has no `->`: leave that out; a value that may be null is a `text?`"

_LENGTHS = ("length", "size", "count", "len")


def field_meant(found: UnknownField, subject: str) -> tuple[str, str] | None:
    """The same for a field that other languages give to texts, lists and maps."""
    bare = structure(found.type)
    if isinstance(bare, Record):
        return None
    kind = {ListOf: "a list", MapOf: "a map"}.get(type(bare)) or (
        "a text" if bare == TEXT or isinstance(bare, Enum) else None
    )
    instead = method(found.name, subject)
    if kind is None or instead is None or (kind == "a map" and found.name not in (*_LENGTHS, "keys", "values")):
        return None
    return f"{kind} has no field `{found.name}`", f"write `{instead}`"
