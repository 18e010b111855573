"""How a field is compared: what is said of two of its values that differ.

Each manner takes the words for the field and its two values, either of which may be None, and gives the changes of it.
It knows nothing of where the field stands; `fields.py` says which field is compared in which.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from dsl.ast.declarations import Costs, Exclusive, Verify
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Expression, Literal
from dsl.ast.statements import Budget, Call, Retry
from dsl.dataclass import dataclass, replace
from dsl.differences import gates
from dsl.differences.changes import COMPATIBLE, STRONGER, Found, Verb, Weighed, Weight, shown, verb_of, weaker
from dsl.differences.written import (
    budget_text,
    call_text,
    class_text,
    costs_text,
    exclusive_text,
    expression_text,
    limit_text,
    undo_text,
    verify_text,
)

Compare = Callable[["Row", Any, Any], Iterator[Found]]


@dataclass(frozen=True)
class Row:
    """`aspect` and `what` as of a `Change`; `weights` by verb, for what is not merely compatible, with the reason."""

    aspect: str
    what: str
    manner: Compare
    show: Callable[[Any], str] = str
    weights: tuple[tuple[Verb, Weight, str | None], ...] = ()

    def found(self, before: Any, after: Any, verb: Verb | None = None, what: str = "") -> Found:
        verb = verb or verb_of(before, after)
        texts = shown(self.show, before, after)
        weight, why = self.weight(verb)
        return Found(self.aspect, what or self.what, verb, *texts, weight, why)

    def weight(self, verb: Verb) -> Weighed:
        return next(((weight, why) for of, weight, why in self.weights if of == verb), COMPATIBLE)


def whole(row: Row, before: Any, after: Any) -> Iterator[Found]:
    """One value takes the place of another."""
    yield row.found(_none(before), _none(after))


def _none(value: Any) -> Any:
    """What is not there: nothing at all, an empty tuple, False."""
    return None if value is False or value == () else value


def number(row: Row, before: Any, after: Any) -> Iterator[Found]:
    """Where there are two, one is larger."""
    if before is None or after is None:
        yield row.found(before, after)
    else:
        yield row.found(before, after, "raised" if after > before else "lowered")


def flag(row: Row, before: Any, after: Any) -> Iterator[Found]:
    verb: Verb = "added" if after else "removed"
    yield Found(row.aspect, row.what, verb, None, None, *row.weight(verb))


def several(row: Row, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Found]:
    """A set, of which some are gone and some are new; their order counts only where it is all that differs."""
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    for each in gone:
        yield row.found(each, None)
    for each in come:
        yield row.found(None, each)
    if not gone and not come:
        texts = shown(lambda values: ", ".join(map(row.show, values)), before, after)
        yield Found(row.aspect, f"order of {row.what}", "moved", *texts)


def budget(row: Row, before: Budget | None, after: Budget | None) -> Iterator[Found]:
    """Unit by unit: a limit that is raised, or is not there any more, lets more be spent."""
    for unit in ("usd", "tokens", "calls", "turns", "iterations", "time"):
        old, new = (None if each is None else getattr(each, unit) for each in (before, after))
        if old == new:
            yield from _chosen(row, unit, before, after)
            continue
        texts = _limits(unit, old, new)
        what = f"{row.what}, {unit}"
        if old is None or new is None:
            verb: Verb = verb_of(old, new)
            weight: Weighed = STRONGER if old is None else ("weaker", f"no limit of {unit}")
        else:
            verb = "raised" if new > old else "lowered"
            weight = weaker(MORE_SPENT[unit]) if new > old else STRONGER
        yield Found(row.aspect, what, verb, *texts, *weight)
    if (before is None) != (after is None) and budget_text(before or after or Budget()) == "":
        yield row.found(before, after)


def _chosen(row: Row, unit: str, before: Budget | None, after: Budget | None) -> Iterator[Found]:
    """The cap is the same, and what is worked out below it is not."""
    old, new = (
        next(
            (limit.value for limit in (each.chosen if each is not None else ()) if (limit.unit or "time") == unit), None
        )
        for each in (before, after)
    )
    if old != new:
        yield replace(row, what=f"{row.what}, {unit} worked out", show=expression).found(old, new)


def _limits(unit: str, before: Any, after: Any) -> tuple[str | None, str | None]:
    return shown(lambda limit: limit_text(unit, limit), before, after)


MORE_SPENT = {
    "usd": "it may cost more",
    "tokens": "it may take more tokens",
    "calls": "it may ask models more often",
    "turns": "it may go on for more turns",
    "iterations": "it may go round more often",
    "time": "it may take longer",
}


def stages(row: Row, before: Any, after: Any) -> Iterator[Found]:
    """A question that is there on both sides; one that is not has no stages there."""
    if before and after:
        yield from gates.compared(before, after, row.aspect, f"{row.what}, stage" if row.what != "gate" else "stage")
    else:
        yield row.found(_none(before), _none(after))


def calling(row: Row, before: Call, after: Call) -> Iterator[Found]:
    """What is called, and each argument by its name."""
    if before.target != after.target:
        yield Found("target", "calls", "changed", call_text(before), call_text(after))
        return
    old, new = ({each.name or "": each.value for each in call.arguments} for call in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            texts = shown(expression_text, old.get(name), new.get(name))
            yield Found("argument", f"argument {name}", verb_of(old.get(name), new.get(name)), *texts)


def undo(row: Row, before: Any, after: Any) -> Iterator[Found]:
    """A step or a tool that had an undo and has none cannot be taken back."""
    old, new = (each is not None and bool(each.calls) for each in (before, after))
    texts = shown(undo_text, before, after)
    weight: Weighed = COMPATIBLE
    if old and not new:
        weight = "weaker", "what it did is not undone any more"
    elif new and not old:
        weight = "stronger", None
    elif old and {each.target for each in before.calls} - {each.target for each in after.calls}:
        weight = "weaker", "what undid it is not called any more"
    elif old and _given(before.calls) != _given(after.calls):
        weight = "weaker", "something else may be undone"
    yield Found(row.aspect, row.what, verb_of(before, after), *texts, *weight)


def _given(calls: tuple[Call, ...]) -> dict[tuple[str, str], str]:
    """What is worked out of the result and the parameters: what an undo is about."""
    return {
        (call.target, each.name or ""): expression_text(each.value)
        for call in calls
        for each in call.arguments
        if not isinstance(each.value, Literal)
    }


MORE_AT_A_TIME = "more of them may run at a time"
KEPT_APART = "those that waited for each other may run at a time"


def locking(row: Row, before: Exclusive | None, after: Exclusive | None) -> Iterator[Found]:
    weight: Weighed = COMPATIBLE
    if before is None or after is None:
        weight = STRONGER if before is None else weaker(MORE_AT_A_TIME)
    elif before.by != after.by and not isinstance(after.by, Literal):
        weight = weaker(KEPT_APART)
    elif before.up_to != after.up_to:
        weight = weaker(MORE_AT_A_TIME) if after.up_to > before.up_to else STRONGER
    yield Found(row.aspect, row.what, verb_of(before, after), *shown(exclusive_text, before, after), *weight)


def retrying(row: Row, before: Retry | None, after: Retry | None) -> Iterator[Found]:
    found = row.found(before, after)
    old, new = (None if each is None else each.times for each in (before, after))
    if old is not None and new is not None and old != new:
        found = replace(found, why="it may be tried more often" if new > old else "it is tried less often")
    yield found


def costs(row: Row, before: Costs | None, after: Costs | None) -> Iterator[Found]:
    """By what is set aside for a call."""
    old, new = (Decimal(0) if each is None or each.at_most is None else each.at_most for each in (before, after))
    weight = weaker("a call may cost more") if new > old else STRONGER if new < old else COMPATIBLE
    verb = verb_of(before, after)
    if verb == "changed" and new != old:
        verb = "raised" if new > old else "lowered"
    yield Found(row.aspect, row.what, verb, *shown(costs_text, before, after), *weight)


def kinds(row: Row, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Found]:
    """What a handler takes; without kinds, all that may be caught in general."""
    if before and after:
        yield from several(row, before, after)
    else:
        weight = COMPATIBLE if before else weaker("not all that it took is handled here now")
        texts = (", ".join(each) or "all that may be caught" for each in (before, after))
        old, new = texts
        yield Found(row.aspect, row.what, "changed", old, new, *weight)


def verifying(row: Row, before: Verify | None, after: Verify | None) -> Iterator[Found]:
    old, new = (each is not None and each.call is not None for each in (before, after))
    weight = COMPATIBLE
    if old and not new:
        weight = weaker("what became of a call is not found out any more")
    elif new and not old:
        weight = STRONGER
    yield Found(row.aspect, row.what, verb_of(before, after), *shown(verify_text, before, after), *weight)


def classes(row: Row, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Found]:
    for found in several(row, before, after):
        if found.verb == "moved":
            yield found
        else:
            texts = shown(class_text, found.before, found.after)
            yield Found(found.aspect, found.what, found.verb, *texts, found.weight, found.why)


def duration(milliseconds: int) -> str:
    return format_duration(milliseconds)


def expression(value: Expression) -> str:
    return expression_text(value)


def expressions(values: tuple[Expression, ...]) -> str:
    return ", ".join(map(expression_text, values))
