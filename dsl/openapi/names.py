"""Names as the language has them, out of names as documents have them; no two become one."""

from collections.abc import Iterable

from dsl.regex import regex
from dsl.syntax.words import DECLARATIONS, STATEMENTS

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_ODD = regex(r"[^A-Za-z0-9_]+")
_ESCAPED = regex(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\{(?=\{)')
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = frozenset({"true", "false", "null", "not", "if", "then", "else", "and", "or", "in", "for"})
"""What means something else where a value stands."""


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def as_name(text: str, *, fallback: str = "value") -> str:
    """As close to `text` as a name can be."""
    found = _ODD.sub("_", text).strip("_") or fallback
    found = f"_{found}" if found[0].isdigit() else found
    return f"{found}_" if found in _WORDS else found


def as_type_name(text: str) -> str:
    """A word that a declaration or a statement begins with is a field, and no type."""
    name = as_name(text, fallback="Type")
    return f"{name}_" if name.upper() in DECLARATIONS | STATEMENTS and name.islower() else name


def as_tool_name(text: str) -> str:
    """`listPets` and `list-pets` as `list_pets`."""
    return as_name(_HUMP.sub("_", text), fallback="call").lower()


def quoted(text: str) -> str:
    """As a text of the language, in which nothing is a template."""
    return '"' + _ESCAPED.sub(lambda found: f"\\u{{{ord(found[0]):X}}}", text) + '"'


class Names:
    """Gives each text a name of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._given: dict[str, str] = {}

    def of(self, text: str, wanted: str) -> str:
        if text not in self._given:
            name, number = wanted, 2
            while name in self._taken:
                name, number = f"{wanted}_{number}", number + 1
            self._taken.add(name)
            self._given[text] = name
        return self._given[text]
