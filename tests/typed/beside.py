"""Records side by side: the items of a list, the ways of an `if`, what a choice yields, lists that are joined.

By the reference they become values of one type. Where one of them is an `R`, that is the type, and what they leave out
is filled in; otherwise the type has the fields of all, and what one lacks is null there. Every program is taken, and
its value worked out here.
"""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.typed.programs import Expr, Scope, head, into

_B = (Expr("7", "int", lambda scope: 7), Expr("i", "int", lambda scope: scope["i"]))
_C = (Expr('"w"', "text", lambda scope: "w"), Expr("t", "text", lambda scope: scope["t"]))
_N = (
    Expr("4", "int", lambda scope: 4),
    Expr("0.5", "fraction", lambda scope: Decimal("0.5")),
    Expr("n", "number", lambda scope: scope["n"]),
)
_J = (Expr("m", "json", lambda scope: scope["m"]), Expr("null", "json", lambda scope: None))
_FIELDS = {"b": _B, "c": _C, "n": _N}
_WHOLE = Expr("r", "R", lambda scope: scope["r"])

Fields = dict[str, Expr]


def beside(seed: int) -> tuple[str, Callable[[Scope], Any]]:
    """A program that the check takes, and its value."""
    chance = random.Random(seed)
    with_whole = chance.random() < 0.5
    records = [_record(chance, json=not with_whole) for _ in range(chance.randint(2, 5))]
    shape = chance.choice([_items, _ways, _yielded, _joined])
    whole = (chance.randrange(len(records)) if shape is not _joined else 0) if with_whole else None
    texts = [_WHOLE.text if at == whole else _text(record) for at, record in enumerate(records)]
    made = _as_whole(records, whole) if whole is not None else _with_all(records)
    body, chosen = shape(texts)
    return f"{head('json')}{{ {body} }}", lambda scope: chosen(made(scope), scope)


def _record(chance: random.Random, *, json: bool) -> Fields:
    """All have `a`, so they have something in common."""
    fields = {"a": chance.choice(_B)} | {
        name: chance.choice(values) for name, values in _FIELDS.items() if chance.random() < 0.5
    }
    if json and chance.random() < 0.3:
        fields["j"] = chance.choice(_J)
    names = list(fields)
    chance.shuffle(names)
    return {name: fields[name] for name in names}


def _text(record: Fields) -> str:
    return f"{{ {', '.join(f'{name}: {value.text}' for name, value in record.items())} }}"


Made = Callable[[Scope], list[Any]]


def _as_whole(records: list[Fields], whole: int) -> Made:
    def value(scope: Scope) -> list[Any]:
        given = [{name: each.value(scope) for name, each in record.items()} for record in records]
        return [scope["r"] if at == whole else into(each, "record", "R") for at, each in enumerate(given)]

    return value


def _with_all(records: list[Fields]) -> Made:
    names = list(dict.fromkeys(name for record in records for name in record))
    of_n = {record["n"].type for record in records if "n" in record}
    number = "int" if of_n <= {"int"} else "number"  # also a fraction is a number in json

    def field(name: str, record: Fields, scope: Scope) -> Any:
        if name not in record:
            return None
        found = record[name]
        return into(found.value(scope), found.type, number) if name == "n" else found.value(scope)

    return lambda scope: [{name: field(name, record, scope) for name in names} for record in records]


Choice = tuple[str, Callable[[list[Any], Scope], Any]]


def _items(texts: list[str]) -> Choice:
    return f"let z = [{', '.join(texts)}] return z", lambda made, scope: made


def _joined(texts: list[str]) -> Choice:
    return f"let z = {' + '.join(f'[{text}]' for text in texts)} return z", lambda made, scope: made


def _ways(texts: list[str]) -> Choice:
    ways = "".join(f"if i == {at} then {text} else " for at, text in enumerate(texts[:-1]))
    return f"let z = {ways}{texts[-1]} return z", _by_number


def _yielded(texts: list[str]) -> Choice:
    cases = " ".join(f"{at} => {{ yield {text} }}" for at, text in enumerate(texts[:-1]))
    return f"match i as z {{ {cases} else => {{ yield {texts[-1]} }} }} return z", _by_number


def _by_number(made: list[Any], scope: Scope) -> Any:
    return made[scope["i"]] if 0 <= scope["i"] < len(made) - 1 else made[-1]
