"""Typed programs with what a file declares: configuration, constants, functions; and with values of blocks, caps and
rounds. They stand beside those of `programs.py`, whose seeds stay what they are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.typed.programs import Expr, Programs, Scope, head, into

CONFIGURED = """config cn: number = 0.5
config ci: int at least 1 at most 5 = 2
config cd: decimal = 1
config cr: R = { a: 4 }
config co: int? = null
let LN = 0.25
let LR = { a: 7 }
fn mix(x: number, y: R = { a: 1 }, z: decimal? = 2) -> number = x * y.n + y.b + (if z == null then 0 else number(z))
fn made(a: int, o: int?) -> R = { n: if o == null then 0.5 else a, a: if o != null then o else a }
fn halves(xs: [number] at most 50) -> [number] = [x / 2 for x in xs]
"""
CONFIGS: tuple[dict[str, Any], ...] = (
    {},
    {"cn": 2.0, "ci": 5, "cd": "0.30", "cr": {"a": 9, "c": "z"}, "co": 3},
    {"ci": 1, "cr": {"a": 0, "n": -1.5}},
)


def configured(config: dict[str, Any]) -> Scope:
    """What a run finds under the names of its configuration."""
    given = {"cn": 0.5, "ci": 2, "cd": "1", "cr": {"a": 4}, "co": None} | config
    return given | {"cd": Decimal(given["cd"]), "cr": into(given["cr"], "record", "R")}


class Wider(Programs):
    def _int(self, depth: int) -> Expr:
        match self.chance.randrange(4):
            case 0:
                return Expr("ci", "int", lambda scope: scope["ci"])
            case 1:
                other = self.of("int", 0)
                text = f"(if co != null then co else {other.text})"
                return Expr(text, "int", lambda scope: other.value(scope) if scope["co"] is None else scope["co"])
            case _:
                return super()._int(depth)

    def _fraction(self, depth: int) -> Expr:
        if self.chance.random() < 0.2:
            return Expr("LN", "fraction", lambda scope: Decimal("0.25"))
        return super()._fraction(depth)

    def _decimal(self, depth: int) -> Expr:
        if self.chance.random() < 0.2:
            return Expr("cd", "decimal", lambda scope: scope["cd"])
        return super()._decimal(depth)

    def _number(self, depth: int) -> Expr:
        match self.chance.randrange(5):
            case 0:
                return Expr("cn", "number", lambda scope: scope["cn"])
            case 1 | 2:
                return self._mixed(depth)
            case _:
                return super()._number(depth)

    def _mixed(self, depth: int) -> Expr:
        """A call that may leave out what has a default, and takes what fits."""
        x, y = self.fitting("number", depth), self.fitting("R", depth)
        shape = self.chance.randrange(4)
        text = (f"{x.text}", f"{x.text}, {y.text}", f"y: {y.text}, x: {x.text}", f"{x.text}, z: null")[shape]

        def value(scope: Scope) -> Any:
            record = into(y.value(scope), y.type, "R") if shape in (1, 2) else into({"a": 1}, "record", "R")
            return into(x.value(scope), x.type, "number") * record["n"] + record["b"] + (0 if shape == 3 else 2.0)

        return Expr(f"mix({text})", "number", value)

    def _record(self, depth: int) -> Expr:
        if self.chance.random() < 0.2:
            return Expr("LR", "record", lambda scope: {"a": 7})
        return super()._record(depth)

    def _r(self, depth: int) -> Expr:
        match self.chance.randrange(4):
            case 0:
                return Expr("cr", "R", lambda scope: scope["cr"])
            case 1:
                a = self.of("int", depth)

                def value(scope: Scope) -> Any:
                    one, other = a.value(scope), scope["oi"]
                    n = 0.5 if other is None else one
                    return into({"n": n, "a": one if other is None else other}, "record", "R")

                return Expr(f"made({a.text}, oi)", "R", value)
            case _:
                return super()._r(depth)

    def _numbers(self, depth: int) -> Expr:
        if self.chance.random() < 0.3:
            items = self.fitting("[number]", depth)
            return Expr(
                f"halves(last({items.text}, 50))", "[number]", lambda scope: [float(x) / 2 for x in items.value(scope)]
            )
        return super()._numbers(depth)


def wider(seed: int) -> tuple[str, Callable[[Scope], Any]]:
    """A program that the check takes, and its value."""
    programs = Wider(seed)
    shape = programs.chance.choice([_chosen, _matched, _of_a_number, _rounds, _for_each, _side_by_side])
    returns, body, value = shape(programs)
    declared, flow = head(returns).split("flow main", 1)
    return f"{declared}{CONFIGURED}flow main{flow}{{ {body} }}", value


Made = tuple[str, str, Callable[[Scope], Any]]
_RETURNS = ("number", "decimal", "R", "[number]", "text", "int")


def _pair(programs: Wider, returns: str) -> list[Expr]:
    """Two of which one has this type, in any order."""
    pair = [programs.of(returns, 4), programs.fitting(returns, 3)]
    programs.chance.shuffle(pair)
    return pair


def _chosen(programs: Wider) -> Made:
    returns = programs.chance.choice(_RETURNS)
    one, other = _pair(programs, returns)
    condition = programs.of("bool", 2)
    body = f"if {condition.text} as v {{ yield {one.text} }} else {{ yield {other.text} }} return v"
    return returns, body, _either(returns, one, other, condition.value)


def _matched(programs: Wider) -> Made:
    returns = programs.chance.choice(_RETURNS)
    one, other = _pair(programs, returns)
    body = f'match u.kind as v {{ "x" => {{ yield {one.text} }} "y" => {{ yield {other.text} }} }} return v'
    return returns, body, _either(returns, one, other, lambda scope: scope["u"]["kind"] == "x")


def _of_a_number(programs: Wider) -> Made:
    returns = programs.chance.choice(_RETURNS)
    one, other = _pair(programs, returns)
    body = f"match ci as v {{ 1, 2 => {{ yield {one.text} }} else => {{ yield {other.text} }} }} return v"
    return returns, body, _either(returns, one, other, lambda scope: scope["ci"] in (1, 2))


def _either(returns: str, one: Expr, other: Expr, holds: Callable[[Scope], bool]) -> Callable[[Scope], Any]:
    def value(scope: Scope) -> Any:
        chosen = one if holds(scope) else other
        return into(chosen.value(scope), chosen.type, returns)

    return value


def _rounds(programs: Wider) -> Made:
    """A loop whose budget a deployment decides."""
    returns = programs.chance.choice(["number", "decimal", "int"])
    first, added = programs.fitting(returns, 2), programs.fitting(returns, 3)
    limit = programs.chance.choice(["ci", "2 * ci", "len(xs) + ci"])
    body = (
        f"var v: {returns} = {first.text} "
        f"loop l budget {limit} at most 10 iterations {{ set v = v + {added.text} }} on exhausted {{ }} return v"
    )

    def value(scope: Scope) -> Any:
        rounds = {"ci": scope["ci"], "2 * ci": 2 * scope["ci"], "len(xs) + ci": len(scope["xs"]) + scope["ci"]}[limit]
        found = into(first.value(scope), first.type, returns)
        for _ in range(rounds):
            found = found + into(added.value(scope), added.type, returns)
        return found

    return returns, body, value


def _for_each(programs: Wider) -> Made:
    first, factor = programs.fitting("number", 2), programs.fitting("number", 3)
    body = f"var v: number = {first.text} for x in xs at most 9 {{ set v = v + x * {factor.text} }} return v"

    def value(scope: Scope) -> Any:
        found = into(first.value(scope), first.type, "number")
        for x in scope["xs"]:
            each = factor.value(scope)
            found = found + float(x * each)
        return found

    return "number", body, value


def _side_by_side(programs: Wider) -> Made:
    one = programs.fitting(programs.chance.choice(["number", "decimal", "R"]), 3)
    wanted = {"R": "R", "record": "R", "decimal": "decimal"}.get(one.type, "number")
    body = f"parallel for x in xs at most 9 up to ci at most 5 as v {{ yield {one.text} }} return v"
    return f"[{wanted}]", body, lambda scope: [into(one.value(scope), one.type, wanted) for _ in scope["xs"]]
