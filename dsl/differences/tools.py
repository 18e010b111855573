"""What a tool does to the world, and what an agent may call: both say what can happen without anybody being asked."""

from collections.abc import Iterator

from dsl.ast.declarations import Effect, Use
from dsl.ast.duration import format_duration
from dsl.ast.people import Stage
from dsl.differences import gates, manners
from dsl.differences.changes import COMPATIBLE, STRONGER, Found, Verb, Weighed, Weight, shown, verb_of, weaker
from dsl.differences.manners import Row
from dsl.differences.written import class_text, expression_text, stage_text, use_text

KINDS = ("read", "idempotent", "write", "irreversible")
"""Each does more than those before it."""
NEEDS_A_KEY = ("write", "irreversible")
"""The others are called again without one."""
DOES_MORE = {
    "idempotent": "it changes something",
    "write": "each call counts",
    "irreversible": "what it does cannot be taken back",
}


def effects(row: Row, before: Effect, after: Effect) -> Iterator[Found]:
    if before.kind != after.kind:
        more = KINDS.index(after.kind) > KINDS.index(before.kind)
        weight: Weighed = weaker(DOES_MORE[after.kind]) if more else _guarded_less(before, after)
        yield Found("effect", row.what, "raised" if more else "lowered", before.kind, after.kind, *weight)
    if before.keyed != after.keyed:
        why = "a call of which nobody knows may not be made again"
        lost: tuple[tuple[Verb, Weight, str | None], ...] = (
            (("removed", "weaker", why),) if after.kind in NEEDS_A_KEY else ()
        )
        keyed = Row("effect", "keyed", manners.flag, str, (*lost, ("added", "stronger", None)))
        yield from manners.flag(keyed, before.keyed, after.keyed)
    elif before.keyed_for != after.keyed_for:
        yield from _keyed_for(before.keyed_for, after.keyed_for)
    if before.final != after.final:
        why = "what it does stays done"
        final = Row("effect", "final", manners.flag, str, (("added", "weaker", why), ("removed", "stronger", None)))
        yield from manners.flag(final, before.final, after.final)
    if before.quick != after.quick:
        yield from manners.flag(Row("effect", "quick", manners.flag), before.quick, after.quick)


def _guarded_less(before: Effect, after: Effect) -> Weighed:
    """It is said to do less; whether the tool does, nobody can tell from here, and what guarded its calls is gone."""
    if before.kind == "irreversible":
        return weaker("nobody has to agree to a call any more")
    return "stronger", "a call of which nobody knows is made again" if before.kind == "write" else None


def _keyed_for(before: int | None, after: int | None) -> Iterator[Found]:
    """Without a time it is for ever."""
    shorter = before is None or (after is not None and after < before)
    weight: Weighed = ("weaker", "its key is known for a shorter time") if shorter else STRONGER
    texts = shown(format_duration, before, after)
    verb = verb_of(before, after) if before is None or after is None else "lowered" if shorter else "raised"
    yield Found("effect", "keyed for", verb, *texts, *weight)


MAY_CALL = "its model may call it by itself"


def using(row: Row, before: tuple[Use, ...], after: tuple[Use, ...]) -> Iterator[Found]:
    """By what is used."""
    old, new = ({each.target: each for each in uses} for uses in (before, after))
    for target in dict.fromkeys([*old, *new]):
        one, other = old.get(target), new.get(target)
        if one is None or other is None:
            texts = shown(use_text, one, other)
            weight: Weighed = weaker(MAY_CALL) if one is None else STRONGER
            yield Found("use", f"use {target}", verb_of(one, other), *texts, *weight)
        elif one != other:
            yield from _use(one, other)
    if list(old) != list(new) and set(old) == set(new):
        yield Found("use", "order of use", "moved", ", ".join(old), ", ".join(new))


def _use(before: Use, after: Use) -> Iterator[Found]:
    name = f"use {after.target}"
    if before.gate != after.gate:
        yield from _gate(name, before, after)
    for part, what, why in (
        ("when", "when", "it is offered in more cases, maybe"),
        ("only", "only if", "calls are carried out that were refused, maybe"),
        ("then", "then", None),
        ("otherwise", "else", None),
    ):
        one, other = getattr(before, part), getattr(after, part)
        if one != other:
            texts = shown(expression_text, one, other)
            weight: Weighed = COMPATIBLE
            if why is not None:
                weight = STRONGER if one is None else ("weaker", why)
            yield Found("use", f"{name}, {what}", verb_of(one, other), *texts, *weight)
    if before.sees != after.sees:
        why = "people are shown what is sensitive of this class"
        row = Row("sees", f"{name}, sees", manners.classes, class_text, (("added", "weaker", why),))
        yield from manners.several(row, before.sees, after.sees)


def _gate(name: str, before: Use, after: Use) -> Iterator[Found]:
    if before.gate and after.gate:
        yield from gates.compared(before.gate, after.gate, "gate", f"{name}, stage")
        return
    weight: Weighed = weaker("nobody is asked before it") if before.gate else STRONGER
    texts = shown(_stages, before.gate or None, after.gate or None)
    yield Found("gate", f"{name}, after approval", "removed" if before.gate else "added", *texts, *weight)


def _stages(stages: tuple[Stage, ...]) -> str:
    return "; ".join(map(stage_text, stages))
