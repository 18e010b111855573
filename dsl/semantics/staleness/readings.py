"""What a value was made of that a tool has read, and since when that may have changed.

The marks are those of `provenance.marks`, so fields are told apart; their sources are readings. A reading knows the
moment at which it was made and, once that is settled, the wait behind which it is old. What a parameter was given is
known where the flow is called (`Received`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from dsl.ast.node import Node
from dsl.ast.statements import Step
from dsl.dataclass import dataclass, field, replace
from dsl.semantics.provenance.marks import Given, Mark, Source, joined


@dataclass(frozen=True, slots=True)
class Reading(Given):
    """What the tool `parameter` has read in `step`. `born` is the moment, `old` the wait behind which it is old, known
    by its identity. One by `choice` was looked at, and the value was chosen by it; one that is `told` went through a
    model."""

    at: int = 0
    born: int = 0
    waited: int = 0
    choice: bool = False
    told: bool = False
    step: Step | None = field(default=None, compare=False)
    old: Node | None = field(default=None, compare=False)

    def part(self, name: str) -> "Reading":
        return self


@dataclass(frozen=True, slots=True)
class Received(Given):
    """What a parameter of the flow at hand was given, or a part of that."""

    born: int = 0
    waited: int = 0
    choice: bool = False
    told: bool = False
    old: Node | None = field(default=None, compare=False)

    def part(self, name: str) -> "Received":
        below = Given(self.parameter, self.path).part(name)
        return replace(self, path=below.path)


Held = Reading | Received
MOST = 32
"""Readings that are kept of one value: so a `var` that sums up a long flow costs no more than another."""


def held(mark: Mark) -> Iterator[Held]:
    return (each for each in mark.all() if isinstance(each, Reading | Received))


def aged(each: Held, wait: Node) -> Held:
    return replace(each, waited=id(wait), old=wait)


def mapped(mark: Mark, change: Callable[[Held], Held | None]) -> Mark:
    """The same with each source as `change` makes it; None leaves it out."""
    if not mark.sources and not mark.fields:
        return mark
    changed = (change(each) for each in mark.sources if isinstance(each, Reading | Received))
    sources: frozenset[Source] = frozenset(each for each in changed if each is not None)
    return Mark(sources, {name: mapped(each, change) for name, each in mark.fields.items()})


def old_since(mark: Mark, wait: Node) -> Mark:
    return mapped(mark, lambda each: each if each.old is not None else aged(each, wait))


def fewest(mark: Mark) -> Mark:
    """No more than `MOST`, what is old before what is not: one that is told is enough. The same ones in each process:
    sets have no order that could be gone by."""
    if len(mark.sources) <= MOST:
        return mark
    every = sorted((each for each in mark.sources if isinstance(each, Reading | Received)), key=_old_first)
    return Mark(frozenset(every[:MOST]), mark.fields)


def _old_first(each: Held) -> tuple[object, ...]:
    step = each.step if isinstance(each, Reading) else None
    place = () if step is None else (step.span.start,)
    return each.old is None, place, each.parameter, each.path, each.choice, each.told, each.born


def by_choice(sources: Iterable[Held]) -> frozenset[Source]:
    return frozenset(replace(each, choice=True) for each in sources)


def substituted(mark: Mark, given: Mapping[str, Mark]) -> Mark:
    """A mark of a called flow where its parameters are known. What grew old inside is old; so is what already was."""
    kept = frozenset(each for each in mark.sources if isinstance(each, Reading))
    fields = {name: substituted(each, given) for name, each in mark.fields.items()}
    parts = (_passed(each, given) for each in mark.sources if isinstance(each, Received))
    return joined((Mark(kept, fields), *parts))


def _passed(received: Received, given: Mapping[str, Mark]) -> Mark:
    def change(each: Held) -> Held:
        kept = replace(each, choice=each.choice or received.choice, told=each.told or received.told)
        return aged(kept, received.old) if received.old is not None and kept.old is None else kept

    return mapped(given.get(received.parameter, Mark()).at(received.path), change)
