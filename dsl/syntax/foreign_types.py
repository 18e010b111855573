"""What people call types in other languages, with what says the same here."""

TYPES = {
    **dict.fromkeys(("string", "str", "String", "Text", "char", "varchar", "uuid", "email", "url"), "text"),
    **dict.fromkeys(
        (
            "integer",
            "Integer",
            "Int",
            "long",
            "int32",
            "int64",
            "i32",
            "i64",
            "short",
            "uint",
            "bigint",
            "byte",
            "bigserial",
        ),
        "int",
    ),
    **dict.fromkeys(("float", "double", "Float", "Double", "real", "f32", "f64", "Number", "num"), "number"),
    **dict.fromkeys(("Decimal", "money", "currency", "numeric", "usd"), "decimal"),
    **dict.fromkeys(("boolean", "Boolean", "Bool", "bit"), "bool"),
    **dict.fromkeys(("datetime", "DateTime", "timestamp", "date", "Date", "Time", "instant"), "time"),
    **dict.fromkeys(("timedelta", "interval", "Duration", "period"), "duration"),
    **dict.fromkeys(("bytes", "binary", "blob", "image", "File"), "file"),
    **dict.fromkeys(("any", "Any", "object", "Object", "JSON", "Json", "unknown", "dynamic", "mixed"), "json"),
}
GENERIC = {
    **dict.fromkeys(
        (
            "list",
            "List",
            "array",
            "Array",
            "seq",
            "Seq",
            "vector",
            "Vector",
            "tuple",
            "Tuple",
            "set",
            "Set",
            "Sequence",
        ),
        "[text] at most N",
    ),
    **dict.fromkeys(
        (
            "map",
            "dict",
            "Dict",
            "Map",
            "Record",
            "HashMap",
            "Hashtable",
            "hash",
            "Hash",
            "mapping",
            "Mapping",
            "hashmap",
        ),
        "map[text]",
    ),
    **dict.fromkeys(("optional", "Optional", "Maybe", "maybe", "Option", "option", "nullable"), "text?"),
    **dict.fromkeys(("enum", "Enum", "Literal", "literal", "choice"), '"a" | "b"'),
    **dict.fromkeys(("union", "Union", "oneOf"), "A | B"),
    **dict.fromkeys(("Outcome", "Result", "result", "Either"), "Outcome[text]"),
}
"""By the word for a type that is made of another one."""
NOTHING = frozenset(
    {"None", "nil", "undefined", "void", "Void", "unit", "Unit", "nothing", "none", "never", "NoneType"}
)

LISTS = frozenset(name for name, shape in GENERIC.items() if shape.startswith("["))
MAPS = frozenset(name for name, shape in GENERIC.items() if shape.startswith("map"))
OPTIONAL = frozenset(name for name, shape in GENERIC.items() if shape == "text?") | {"null"}
MARKS = frozenset({"sensitive", "trusted"})
"""What stands behind a type."""
ENUMS = frozenset(name for name, shape in GENERIC.items() if shape.startswith('"'))
BASIC = frozenset({"text", "int", "number", "decimal", "bool", "time", "duration", "json", "file", "conversation"})


def here(word: str) -> str:
    """The type that a word of another language means; the word itself where that is not known."""
    return TYPES.get(word, word)


def of(container: str, item: str) -> str | None:
    """`List[str]` and its like, in one step; None for what is no such thing."""
    shape = None if container == "enum" else GENERIC.get(container)
    if shape is None or "text" not in shape:
        return None
    return shape.replace("text", here(item))


def is_type(word: str) -> bool:
    """Whether it looks like one: a known word, or a capital letter."""
    return word in BASIC or word in TYPES or word in GENERIC or word[:1].isupper()
