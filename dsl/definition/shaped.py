"""What is wrong with the JSON of a definition as a whole, told for people who edit one: the place as a JSON pointer,
what is wrong there, and what to do.

`well_formed` looks at the nodes that were made of it, for the run; this looks before, where a field still has its name.
The search goes by a list of its own, so depth is a number to compare.
"""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from dsl.ast.node import Node
from dsl.definition.encode import NODES
from dsl.definition.form import EDITIONS, FORMAT
from dsl.definition.well_formed import LARGEST_INT, MOST_DEPTH, PARTS, is_negative, options

_TOP = ("format", "edition", "flow", *PARTS)


class Misshapen(NamedTuple):
    pointer: str
    message: str
    help: str


class _Place(NamedTuple):
    value: Any
    annotation: Any
    pointer: str
    depth: int


def misshapen(form: Any) -> Iterator[Misshapen]:
    """What is wrong with the shape of `form`, in the order of the text: nothing is looked for below what is wrong."""
    if type(form) is not dict:
        yield Misshapen("", f"{_shown(form)} is no definition", "`dsl compile` writes one, as an object")
        return
    top = _top(form)
    yield from _of_parts(form) if top is None else (top,)


def escaped(name: str) -> str:
    """A name within a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _top(form: dict[str, Any]) -> Misshapen | None:
    for name in form:
        if name not in _TOP:
            return Misshapen(f"/{escaped(name)}", f"a definition has no `{name}`", _instead(name, _TOP))
    for name in _TOP:
        if name not in form:
            return Misshapen("", f"`{name}` is missing", f"a definition has {', '.join(_TOP)}")
    if type(form["format"]) is not int or form["format"] != FORMAT:
        newer = type(form["format"]) is int and form["format"] > FORMAT
        advice = "use a newer version of dsl" if newer else f"this version reads `format` {FORMAT}"
        return Misshapen("/format", f"the form {_shown(form['format'])} is not known here", advice)
    if type(form["edition"]) is not int or form["edition"] not in EDITIONS:
        known = " or ".join(map(str, EDITIONS))
        return Misshapen("/edition", f"the edition {_shown(form['edition'])} is not known", f"write {known}")
    flow, flows = form["flow"], form["flows"]
    if type(flow) is not str or (type(flows) is dict and flow not in flows):
        return Misshapen("/flow", f"{_shown(flow)} is none of the `flows`", "name the flow that a run starts with")
    return None


def _of_parts(form: dict[str, Any]) -> Iterator[Misshapen]:
    for part, annotation in PARTS.items():
        if type(form[part]) is not dict:
            yield Misshapen(f"/{part}", f"{_shown(form[part])} stands for declarations by name", "write an object")
            continue
        for name, value in form[part].items():
            pointer = f"/{part}/{escaped(name)}"
            yield from _below(_Place(value, annotation, pointer, 0))
            if part != "types" and type(value) is dict and value.get("name") != name:
                message = f"it is called {_shown(value.get('name'))} and stands under `{name}`"
                yield Misshapen(f"{pointer}/name", message, "give both one name")


def _below(place: _Place) -> Iterator[Misshapen]:
    waiting = [place]
    while waiting:
        at = waiting.pop()
        problem = _problem(at)
        if problem is not None:
            yield problem
            continue
        waiting.extend(reversed(list(_parts(at))))


def _problem(at: _Place) -> Misshapen | None:
    """What is wrong with a value itself, not looking at its parts."""
    if at.depth > MOST_DEPTH:
        return Misshapen(at.pointer, f"more than {MOST_DEPTH} nodes inside of each other", "divide it by `let` or `fn`")
    chosen = _chosen(at)
    if chosen is None:
        return Misshapen(at.pointer, f"{_shown(at.value)} cannot stand here", f"write {_wanted(at.annotation)}")
    if not _is_node(chosen):
        half = type(at.value) is str and any("\ud800" <= each <= "\udfff" for each in at.value)
        return Misshapen(at.pointer, "half of a character is none", "leave it out") if half else None
    known = {part.name: part for part in fields(chosen) if part.name != "span"}
    for name in at.value:
        if name != "node" and name not in known:
            pointer = f"{at.pointer}/{escaped(name)}"
            return Misshapen(pointer, f"`{chosen.__name__}` has no `{name}`", _instead(name, tuple(known)))
        if is_negative(chosen.__name__, name, at.value[name]):
            pointer = f"{at.pointer}/{escaped(name)}"
            return Misshapen(pointer, f"{_shown(at.value[name])} is less than nothing", "write a number of 0 or more")
    for name, part in known.items():
        if part.default is MISSING and name not in at.value:
            wanted = _wanted(_annotations(chosen)[name])
            return Misshapen(at.pointer, f"`{chosen.__name__}` lacks `{name}`", f"add it: {wanted}")
    return None


def _parts(at: _Place) -> Iterator[_Place]:
    chosen = _chosen(at)
    if get_origin(chosen) is tuple:
        inner = get_args(chosen)[0]
        for number, item in enumerate(at.value):
            yield _Place(item, inner, f"{at.pointer}/{number}", at.depth)
    elif _is_node(chosen):
        annotations = _annotations(chosen)
        for name, value in at.value.items():
            if name != "node":
                yield _Place(value, annotations[name], f"{at.pointer}/{escaped(name)}", at.depth + 1)


def _chosen(at: _Place) -> Any:
    """Of what may stand here, what the value means to be."""
    return next((option for option in options(at.annotation) if _means(at.value, option)), None)


def _means(value: Any, option: Any) -> bool:
    if get_origin(option) is Literal:
        return any(type(value) is type(word) and value == word for word in get_args(option))
    if get_origin(option) is tuple:
        return type(value) is list
    if option is Decimal:
        return type(value) is dict and value.keys() == {"$decimal"} and _is_decimal(value["$decimal"])
    if _is_node(option):
        return type(value) is dict and value.get("node") == option.__name__ and option.__name__ in NODES
    return type(value) is option and (option is not int or -LARGEST_INT <= value < LARGEST_INT)


def _is_node(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, Node)


def _is_decimal(text: Any) -> bool:
    try:
        return type(text) is str and len(text) < 10_000 and Decimal(text).is_finite()
    except ArithmeticError:
        return False


@cache
def _annotations(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _wanted(annotation: Any) -> str:
    """What may stand somewhere, in words."""
    words = list(dict.fromkeys(word for option in options(annotation) for word in _words(option)))
    return f"one of {', '.join(words[:12])}{' …' if len(words) > 12 else ''}" if len(words) > 1 else words[0]


def _words(option: Any) -> list[str]:
    if get_origin(option) is Literal:
        return [f'"{word}"' for word in get_args(option)]
    if get_origin(option) is tuple:
        return ["a list"]
    if _is_node(option):
        return [f"a node `{option.__name__}`"]
    return [_PLAIN[option]]


_PLAIN = {
    type(None): "null",
    bool: "true or false",
    int: "a whole number",
    str: "a text, in quotes",
    Decimal: '`{ "$decimal": "0.50" }`, with its digits in quotes',
}


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:40]}{"…" if len(value) > 40 else ""}"'
        case {"node": str(name)}:
            return f"a node `{name[:40]}`"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return f"{value:.40}" if isinstance(value, str) else str(value)[:40]


def _instead(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"leave it out; known are {', '.join(known)}"
