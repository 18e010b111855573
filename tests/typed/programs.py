"""Random programs with the value that the reference gives them, worked out here and not by the code that is tested.

An `Expr` is a text, the type that the reference gives it, and a function that works out its value from the inputs.
Where a value is taken for one of a wider type, `into` converts it by the reference's words: an int or a fraction
becomes a number, a record gets what it lacks. Programs of `wild.py` have no value here: they put together what may not
fit, and most are refused; those that are not must not fail for a type, a missing field or a null.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Scope = dict[str, Any]


@dataclass(frozen=True)
class Expr:
    text: str
    type: str
    value: Callable[[Scope], Any]


DECLARED = """edition 1
type R { a: int, b: int = 2, c: text?, n: number = 1 }
type X { kind: "x", v: int, w: int? }
type Y { kind: "y", v: number, w: int? }
type U = X | Y
"""
PARAMETERS = {
    "i": "int",
    "n": "number",
    "d": "decimal",
    "t": "text",
    "f": "bool",
    "xs": "[int]",
    "ns": "[number]",
    "r": "R",
    "u": "U",
    "m": "map[int]",
    "ds": "[duration]",
}
OPTIONAL = {"oi": "int", "ot": "text", "of": "bool", "ok": '"a" | "b"', "orr": "R", "ou": "U"}
_NUMBERS = ("int", "fraction", "decimal", "number")


def inputs(chance: random.Random) -> dict[str, Any]:
    """JSON for every parameter."""
    record = chance.choice([{"a": 1}, {"a": 3, "b": 5, "c": "z", "n": 0.5}])
    union = chance.choice([{"kind": "x", "v": 3}, {"kind": "y", "v": 0.5, "w": 1}])
    given: dict[str, Any] = {
        "i": chance.randint(-3, 3),
        "n": chance.choice([0.5, 2.0, -1.25]),
        "d": chance.choice(["0.10", "3"]),
        "t": chance.choice(["", "a", "zz"]),
        "f": chance.random() < 0.5,
        "xs": [1, 2, 3][: chance.randint(0, 3)],
        "ns": [0.5, 2.0][: chance.randint(0, 2)],
        "r": record,
        "u": union,
        "m": chance.choice([{}, {"k": 1}]),
        "ds": ["1s", "2s"][: chance.randint(0, 2)],
    }
    filled = {"oi": 1, "ot": "a", "of": chance.random() < 0.5, "ok": chance.choice("ab"), "orr": record, "ou": union}
    return given | {name: chance.choice([None, value]) for name, value in filled.items()}


def known(given: dict[str, Any]) -> Scope:
    """The inputs as values: of their types, with what was left out."""
    scope = dict(given)
    scope["d"] = Decimal(given["d"])
    scope["r"] = into(given["r"], "record", "R")
    scope["u"] = {"w": None, **given["u"]}
    return scope


def into(value: Any, type_: str, wanted: str) -> Any:
    """A value of `type_` as one of `wanted`, by the reference."""
    if type_ == wanted:
        return value
    if wanted == "number":
        return float(value)
    if wanted in ("decimal", "fraction"):
        return Decimal(value)
    if wanted == "R":
        return {"a": value["a"], "b": value.get("b", 2), "c": value.get("c"), "n": float(value.get("n", 1))}
    if wanted.startswith("["):
        return [into(item, type_[1:-1], wanted[1:-1]) for item in value]
    return value


def common(one: str, other: str) -> str | None:
    if one == other:
        return one
    if one in _NUMBERS and other in _NUMBERS and {one, other} != {"decimal", "number"}:
        return max(one, other, key=_NUMBERS.index)
    return "R" if {one, other} == {"R", "record"} else None


class Programs:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    # -- expressions of a type that is known

    def of(self, type_: str, depth: int) -> Expr:
        """Of exactly this type."""
        name = next((name for name, each in PARAMETERS.items() if each == type_), None)
        if depth <= 0 and name is not None:
            return Expr(name, type_, lambda scope: scope[name])
        makers = {
            "int": self._int,
            "fraction": self._fraction,
            "number": self._number,
            "decimal": self._decimal,
            "bool": self._bool,
            "text": self._text,
            "R": self._r,
            "record": self._record,
            "[int]": self._list,
            "[fraction]": self._list_of_fractions,
            "[number]": self._numbers,
        }
        if self.chance.random() < 0.15 and type_ not in ("record", "fraction", "int"):
            return self._either(type_, depth)
        return makers[type_](depth - 1)

    def fitting(self, type_: str, depth: int) -> Expr:
        """Of a type that fits."""
        narrower = {
            "number": ["int", "fraction", "number"],
            "decimal": ["int", "fraction", "decimal"],
            "R": ["R", "record"],
            "[number]": ["[int]", "[fraction]", "[number]"],
        }
        return self.of(self.chance.choice(narrower.get(type_, [type_])), depth)

    def _either(self, type_: str, depth: int) -> Expr:
        """A choice between two that have this type in common."""
        one, other = self.of(type_, depth - 1), self.fitting(type_, depth - 1)
        if self.chance.random() < 0.5:
            one, other = other, one
        condition = self.of("bool", depth - 1)

        def value(scope: Scope) -> Any:
            chosen = one if condition.value(scope) else other
            return into(chosen.value(scope), chosen.type, type_)

        return Expr(f"(if {condition.text} then {one.text} else {other.text})", type_, value)

    def _int(self, depth: int) -> Expr:
        match self.chance.randrange(6):
            case 0:
                number = self.chance.randint(0, 9)
                return Expr(str(number), "int", lambda scope: number)
            case 1:
                one, other = self.of("int", depth), self.of("int", depth)
                return Expr(f"({one.text} + {other.text})", "int", lambda scope: one.value(scope) + other.value(scope))
            case 2:
                record = self.of("R", depth)
                return Expr(f"{record.text}.b", "int", lambda scope: record.value(scope)["b"])
            case 3:
                items = self.of("[int]", depth)
                return Expr(f"sum({items.text})", "int", lambda scope: sum(items.value(scope)))
            case 4:
                items = self.fitting("[number]", depth)
                return Expr(f"len({items.text})", "int", lambda scope: len(items.value(scope)))
            case _:
                return Expr("i", "int", lambda scope: scope["i"])

    def _fraction(self, depth: int) -> Expr:
        if self.chance.random() < 0.6:
            text = self.chance.choice(["0.5", "1.25", "2.0"])
            return Expr(text, "fraction", lambda scope: Decimal(text))
        one = self.of("int", depth)
        return Expr(f"({one.text} / 4)", "fraction", lambda scope: Decimal(one.value(scope)) / 4)

    def _number(self, depth: int) -> Expr:
        match self.chance.randrange(6):
            case 0:
                one, other = self.of("number", depth), self.fitting("number", depth)
                return Expr(
                    f"({one.text} * {other.text})",
                    "number",
                    lambda scope: one.value(scope) * into(other.value(scope), other.type, "number"),
                )
            case 1:
                items = self.of("[number]", depth)
                return Expr(f"sum({items.text})", "number", lambda scope: float(sum(items.value(scope))))
            case 2:
                record = self.of("R", depth)
                return Expr(f"{record.text}.n", "number", lambda scope: record.value(scope)["n"])
            case 3:
                one, other = self.of("number", depth), self.fitting("number", depth)
                pair = [one, other] if self.chance.random() < 0.5 else [other, one]
                text = f"max({pair[0].text}, {pair[1].text})"
                return Expr(
                    text, "number", lambda scope: max(into(each.value(scope), each.type, "number") for each in pair)
                )
            case 4:
                return Expr("u.v", "number", lambda scope: float(scope["u"]["v"]))
            case _:
                return Expr("n", "number", lambda scope: scope["n"])

    def _decimal(self, depth: int) -> Expr:
        one = self.fitting("decimal", depth)
        return Expr(
            f"(d + {one.text})", "decimal", lambda scope: scope["d"] + into(one.value(scope), one.type, "decimal")
        )

    def _bool(self, depth: int) -> Expr:
        if self.chance.random() < 0.4:
            return Expr("f", "bool", lambda scope: scope["f"])
        one, other = self.fitting("number", depth), self.fitting("number", depth)
        return Expr(
            f"({one.text} < {other.text})",
            "bool",
            lambda scope: into(one.value(scope), one.type, "number") < into(other.value(scope), other.type, "number"),
        )

    def _text(self, depth: int) -> Expr:
        match self.chance.randrange(3):
            case 0:
                one = self.of("int", depth)
                return Expr(f'"<{{{{ {one.text} }}}}>"', "text", lambda scope: f"<{one.value(scope)}>")
            case 1:
                record = self.of("R", depth)
                return Expr(f'"{{{{ {record.text}.c }}}}"', "text", lambda scope: record.value(scope)["c"] or "")
            case _:
                return Expr("t", "text", lambda scope: scope["t"])

    def _record(self, depth: int) -> Expr:
        """A literal with fewer fields than an `R` has."""
        a = self.of("int", depth)
        if self.chance.random() < 0.5:
            return Expr(f"{{ a: {a.text} }}", "record", lambda scope: {"a": a.value(scope)})
        n = self.fitting("number", depth)
        return Expr(
            f"{{ n: {n.text}, a: {a.text} }}",
            "record",
            lambda scope: {"a": a.value(scope), "n": into(n.value(scope), n.type, "number")},
        )

    def _r(self, depth: int) -> Expr:
        if self.chance.random() < 0.4:
            return Expr("r", "R", lambda scope: scope["r"])
        one, other = self.of("R", depth), self._record(depth)
        whole = self.chance.random() < 0.5
        text = f"[{one.text}, {other.text}][{0 if whole else 1}]"
        return Expr(text, "R", lambda scope: one.value(scope) if whole else into(other.value(scope), "record", "R"))

    def _list(self, depth: int) -> Expr:
        if self.chance.random() < 0.5:
            return Expr("xs", "[int]", lambda scope: scope["xs"])
        one = self.of("int", depth)
        return Expr(f"(xs + [{one.text}])", "[int]", lambda scope: [*scope["xs"], one.value(scope)])

    def _list_of_fractions(self, depth: int) -> Expr:
        one, other = self.of("int", depth), self.of("fraction", depth)
        return Expr(
            f"[{one.text}, {other.text}]",
            "[fraction]",
            lambda scope: [Decimal(one.value(scope)), other.value(scope)],
        )

    def _numbers(self, depth: int) -> Expr:
        match self.chance.randrange(4):
            case 0:
                other = self.fitting("[number]", depth)
                return Expr(
                    f"({other.text} + ns)",
                    "[number]",
                    lambda scope: [*into(other.value(scope), other.type, "[number]"), *scope["ns"]],
                )
            case 1:
                one = self.of("number", depth)
                return Expr(
                    f"values({{ ...m, z: {one.text} }})",
                    "[number]",
                    lambda scope: [*map(float, scope["m"].values()), one.value(scope)],
                )
            case 2:
                one, other = self.of("int", depth), self.of("number", depth)
                return Expr(
                    f"values({{ a: {one.text}, b: {other.text} }})",
                    "[number]",
                    lambda scope: [float(one.value(scope)), other.value(scope)],
                )
            case _:
                return Expr("ns", "[number]", lambda scope: scope["ns"])


def head(returns: str) -> str:
    parameters = [f"{name}: {type_}" for name, type_ in PARAMETERS.items()]
    parameters += [f"{name}: ({type_})?" for name, type_ in OPTIONAL.items()]
    return f"{DECLARED}flow main({', '.join(parameters)}) -> {returns} "


def typed(seed: int) -> tuple[str, Callable[[Scope], Any]]:
    """A program that the check takes, and its value."""
    programs = Programs(seed)
    returns = programs.chance.choice(["number", "decimal", "R", "[number]", "text", "int"])
    one, other = programs.fitting(returns, 4), programs.fitting(returns, 3)
    condition = programs.of("bool", 2)
    match programs.chance.randrange(3):
        case 0:
            body = f"if {condition.text} {{ return {one.text} }} return {other.text}"
        case 1:
            body = f"var v: {returns} = {other.text} if {condition.text} {{ set v = {one.text} }} return v"
        case _:
            body = (
                f"parallel {{ branch p {{ var v: {returns} = {other.text} }} branch q {{ let k = 1 }} }} "
                f"if {condition.text} {{ set v = {one.text} }} return v"
            )

    def value(scope: Scope) -> Any:
        chosen = one if condition.value(scope) else other
        return into(chosen.value(scope), chosen.type, returns)

    return f"{head(returns)}{{ {body} }}", value
