"""What to write where a value of another type stands: other languages take a number or a list for a condition, go over
texts, and put one item behind a list."""

from dsl.ast.expressions import Expression
from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import NUMERIC
from dsl.semantics.types import TEXT, Enum, ListOf, MapOf, Record, Type, UnionOf, required, spelled, structure

_LONGEST = 40


def instead(found: Mismatch, written: str, beside: Type | None) -> str | None:
    """`written` is the text of what does not fit, `beside` the type at the other side of its operator."""
    if not isinstance(found.node, Expression):
        return None
    value = "x" if "\n" in written or len(written) > _LONGEST else written
    bare = structure(required(found.found))
    if found.wanted == "bool":
        return _truth(found, bare, value)
    if spelled(found.found) == "approval" or found.wanted == "approval":
        return "write `.outcome` behind its name, or ask for `.approved`"
    if found.role == "`for`":
        return _items(bare, value)
    if found.role == "`+`":
        joins = beside is not None and isinstance(structure(beside), ListOf) and not isinstance(bare, ListOf)
        return f"a list is joined with a list: write `[{value}]`" if joins else None
    if (found.reason or "").startswith("it is none of ") and isinstance(bare, Record) and bare.name is None:
        return f"say which one it is where it is made: `let x: {found.wanted} = …`"
    if found.wanted == "text" and found.found == required(found.found):
        return _as_text(bare, value)
    return None


def _truth(found: Mismatch, bare: Type, value: str) -> str | None:
    """Nothing but true and false is a condition."""
    if spelled(found.found) == "approval":
        return f"write `{value}.approved`"
    if found.role == "each side of `or`":
        return "a value for what is missing: `if x != null then x else y`; a condition: `x != null`"
    if found.found != required(found.found):
        return f"write `{value} != null`"
    if bare in NUMERIC:
        return f"write `{value} != 0`"
    if bare == TEXT:
        return f'write `{value} != ""`'
    return f"write `len({value}) > 0`" if isinstance(bare, ListOf | MapOf) else None


def _items(bare: Type, value: str) -> str | None:
    if bare in NUMERIC:
        return f"write `range({value})`"
    if bare == TEXT or isinstance(bare, Enum):
        return f'write `split({value}, ",")`, or `split_lines({value})`'
    return f"write `keys({value})`, or `entries({value})`" if isinstance(bare, MapOf) else None


def _as_text(bare: Type, value: str) -> str | None:
    if isinstance(bare, ListOf) and (bare.item == TEXT or isinstance(bare.item, Enum)):
        return f'write `join({value}, ", ")`'
    if isinstance(bare, ListOf | MapOf | Record | UnionOf):
        return f'put it into a template: `"{{{{ {value} }}}}"`'
    return None
