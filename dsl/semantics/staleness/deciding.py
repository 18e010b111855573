"""A decision about a write, and whether what decides it is old.

A decision is taken apart at `and`, `or` and `not`. What is old in a part counts for nothing where it is compared there
with what is new, or where the same call was made anew for anything that the decision looks at: then somebody has
thought of it.
"""

from collections.abc import Iterator

from dsl.ast.expressions import Binary, Expression, Name, Unary
from dsl.ast.node import Node
from dsl.ast.statements import Call, Step
from dsl.dataclass import dataclass
from dsl.semantics.provenance.marks import Mark
from dsl.semantics.staleness.readings import Reading, Received, held

Part = tuple[tuple[Name, Mark], ...]
"""The names in a part of a decision, each with what is known of it, settled for the place of the decision."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """`about` is the first write that it leads to, or away from; `way` the calls that lead here, from the last back to
    the first. `around` are decisions that it stands in. One that `is_list` is about which items there are."""

    parts: tuple[Part, ...]
    around: tuple[Mark, ...]
    about: Step
    way: tuple[Step, ...] = ()
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    name: Name
    read: Step
    wait: Node
    about: Step
    way: tuple[Step, ...]


def parted(condition: Expression) -> Iterator[Expression]:
    match condition:
        case Binary(operator="and" | "or"):
            yield from parted(condition.left)
            yield from parted(condition.right)
        case Unary(operator="not"):
            yield from parted(condition.operand)
        case _:
            yield condition


def judged(decision: Deciding) -> Stale | None:
    """The first name that is told."""
    anew = asked_anew(decision)
    for part in decision.parts:
        if any(is_new(mark) for _, mark in part):
            continue
        for name, mark in part:
            for each in sorted(old(mark), key=_place):
                if each.step is not None and each.old is not None and each.step.call not in anew:
                    return Stale(name, each.step, each.old, decision.about, decision.way)
    return None


def is_open(decision: Deciding) -> bool:
    """Whether it depends on what the flow was given."""
    return any(isinstance(each, Received) for part in decision.parts for _, mark in part for each in held(mark))


def confirmed(decision: Deciding) -> Iterator[Name]:
    """Names of which all that is old is compared with what is new."""
    for part in decision.parts:
        if any(is_new(mark) for _, mark in part):
            yield from (name for name, mark in part if any(old(mark)))


def asked_anew(decision: Deciding) -> frozenset[Call]:
    """The calls of which all that the decision looks at, or one around it, is new."""
    marks = (*decision.around, *(mark for part in decision.parts for _, mark in part))
    return frozenset[Call]().union(*(_new_calls(mark) for mark in marks))


def _new_calls(mark: Mark) -> frozenset[Call]:
    steps = [(each.step, each.old is None) for each in held(mark) if isinstance(each, Reading)]
    aged = {step.call for step, is_new_ in steps if step is not None and not is_new_}
    return frozenset(step.call for step, _ in steps if step is not None) - aged


def is_new(mark: Mark) -> bool:
    every = list(held(mark))
    return bool(every) and all(each.old is None for each in every)


def old(mark: Mark) -> Iterator[Reading]:
    return (each for each in held(mark) if isinstance(each, Reading) and each.old is not None)


def _place(each: Reading) -> int:
    return 0 if each.step is None else each.step.span.start
