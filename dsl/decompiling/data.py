"""A definition as data, for people and programs: JSON or YAML of one schema (`schemas/definition.json`), and back.

What is read is believed in nothing. It is looked at as data, unsealed as any definition from elsewhere, written as
text, checked, and sealed again: what comes out must be what stood there. So a file that passes means what its text
means, and a budget, a gate or a conversion that no text would have is named with its place.
"""

import json
from typing import Any

from dsl.ast.expressions import Convert, Widen
from dsl.ast.node import Node
from dsl.dataclass import dataclass
from dsl.decompiling.decompile import Decompiled, decompile
from dsl.decompiling.differences import MISSING, Difference
from dsl.decompiling.expressions import Unwritable
from dsl.decompiling.forms import Format
from dsl.decompiling.pointers import pointer_of
from dsl.decompiling.unreadable import Unreadable
from dsl.definition.canonical import canonical
from dsl.definition.definition import Definition
from dsl.definition.encode import encode
from dsl.definition.form import to_data
from dsl.definition.packed import LARGEST
from dsl.definition.shaped import escaped, misshapen
from dsl.definition.unseal import UnsealError, pack, unseal
from dsl.definition.upgrade import upgraded
from dsl.definition.well_formed import PARTS
from dsl.diagnostics.inert import inert_json
from dsl.expressions.json_reading import unique_pairs

MADE = "a definition is what `dsl compile` makes"


@dataclass(frozen=True)
class Data:
    """`definition` is what the data says, `text` the file that seals to it."""

    definition: Definition
    text: str


def written(definition: Definition, form: Format) -> str:
    """The definition as JSON or YAML, in the order in which people read it."""
    data = to_data(definition, definition.edition)
    if form == "json":
        return inert_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"
    from dsl.decompiling import yaml_form

    return yaml_form.write(data)


def read(text: str, form: Format, name: str) -> Data:
    """What the data says. Raises `Unreadable` with the place, what is wrong, and what to do."""
    definition = _definition(text, form)
    try:
        made = decompile(definition, name)
    except (Unwritable, RecursionError) as error:
        pointer = error.pointer if isinstance(error, Unwritable) else None
        raise Unreadable(f"no text says this: {error}"[:200], MADE, pointer) from None
    _proved(definition, made)
    return Data(definition, made.text)


def _definition(text: str, form: Format) -> Definition:
    if len(text) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST:,} characters", "no definition is so large")
    plain = _plain(text, form)
    if type(plain) is dict:
        plain = upgraded(plain)
    found = next(misshapen(plain), None)
    if found is not None:
        raise Unreadable(found.message, found.help, found.pointer)
    try:
        return unseal(pack(unseal(canonical(plain))))
    except UnsealError as error:
        said = str(error).split(" ", 2)[-1]
        raise Unreadable(f"this is no definition: {said}"[:300], MADE, _declaration(plain, said)) from None
    except (RecursionError, UnicodeEncodeError) as error:
        raise Unreadable(f"this is no definition: {error}"[:200], MADE) from None


def _declaration(plain: Any, said: str) -> str | None:
    """The declaration that a problem begins with: it is told by its name, or by an address within it."""
    place = said.partition(": ")[0].partition("/")[0]
    return next((f"/{part}/{escaped(place)}" for part in PARTS if place in plain[part]), None)


def _plain(text: str, form: Format) -> Any:
    if form == "yaml":
        from dsl.decompiling import yaml_form

        return yaml_form.read(text)
    try:
        return json.loads(text, object_pairs_hook=unique_pairs, parse_float=_no_fraction, parse_constant=_no_fraction)
    except (RecursionError, ValueError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(f"this is no JSON: {said}"[:300], "write a definition as `dsl compile` does") from None


def _no_fraction(digits: str) -> None:
    raise ValueError(f'{digits[:40]} loses its digits: write {{"$decimal": "{digits[:40]}"}}')


def _proved(definition: Definition, made: Decompiled) -> None:
    """Raises `Unreadable` unless the text passes the check and means the definition."""
    errors = [each for each in made.analysis.diagnostics if each.severity == "error"]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        place = pointer_of(definition, made.analysis.module, first.primary.span)
        raise Unreadable(f"{first.code} {first.message}{more}", first.help, place)
    if made.difference is not None:
        raise _differing(made.difference)


def _differing(difference: Difference) -> Unreadable:
    given, found = _shown(difference.given), _shown(difference.found)
    if isinstance(difference.given, Widen | Convert) or isinstance(difference.found, Widen | Convert):
        advice = "a value is converted where its place takes another type, and nowhere else"
    else:
        advice = f"this follows from the rest: write {found}, or compile the text that you mean"
    return Unreadable(f"{given} stands where the check comes to {found}", advice, difference.pointer)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    if isinstance(value, Node):
        return f"a node `{type(value).__name__}`"
    said = json.dumps(encode(value), ensure_ascii=False)
    return said if len(said) <= 60 else f"{said[:60]}…"
