"""What a value may depend on. Marks only grow, and there are finitely many, so every iteration over them ends.

A **source** is the answer of a model or an event, what a field holds that is declared `sensitive`, or what a parameter
of the flow at hand was given (so that a flow is looked at once, whoever calls it). A **mark** is the set of sources of
a whole value, and for a record that is known field by field more sources for each field. The items of a list have the
mark of the list: what decides how many there are, and in which order, is a source of each.

Joining is union. The bottom is the empty mark: constants, the input of the main flow, what people answered, and what
tools gave, whatever they were asked.
"""

from collections.abc import Iterable, Iterator, Mapping

from dsl.ast.declarations import Use
from dsl.ast.events import ExpectedEvent
from dsl.ast.statements import Call, Step
from dsl.ast.types import Field
from dsl.dataclass import dataclass, field

Path = tuple[str, ...]

ANY = "*"
"""Some value of a map, by a key that is not known here."""
ALL = "**"
"""Everything in a value."""
SPINE = "#"
"""How many items a list has, and what was chosen for it, whatever they are."""
DEEPEST = 5
"""Fields are told apart to this depth; below, everything is one."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model answered, or an event that somebody sent. `step` is where it came into the flow at hand: the step
    that asked, or called a flow; the use that an agent makes of it; or where the event is awaited."""

    at: tuple[int, int]
    call: Call | ExpectedEvent = field(compare=False)
    step: Step | Use | ExpectedEvent = field(compare=False)

    @staticmethod
    def by(call: Call | ExpectedEvent, step: Step | Use | ExpectedEvent) -> "Answered":
        """Known by where they stand: identical calls at two places are two."""
        return Answered((id(call), id(step)), call, step)


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What a field or parameter holds that is declared sensitive, of a class."""

    class_: str
    at: int
    declared: Field = field(compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What a parameter of the flow at hand was given, or a part of that; nothing that is sensitive of the classes
    `without`."""

    parameter: str
    path: Path = ()
    without: frozenset[str] = frozenset()

    def part(self, name: str) -> "Given":
        if self.path[-1:] in ((ALL,), (SPINE,)):
            return self
        return Given(self.parameter, (*self.path, ALL if len(self.path) >= DEEPEST else name), self.without)


Source = Answered | Given | Sensitive
Sources = frozenset[Source]
NO_SOURCES: Sources = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    sources: Sources = NO_SOURCES
    fields: Mapping[str, "Mark"] = field(default_factory=dict)

    def all(self) -> Sources:
        """What anything in the value depends on, taken together: of what is made of that, a field is no field of it."""
        return _closed(self.sources).union(*(each.all() for each in self.fields.values()))

    def part(self, name: str) -> "Mark":
        """A field of a record; `ANY` of a map's values, `ALL` of everything in it taken together, a list's `SPINE`."""
        below = frozenset(each.part(name) if isinstance(each, Given) else each for each in self.sources)
        match name:
            case name if name == ALL:
                return Mark(below.union(*(each.all() for each in self.fields.values())))
            case name if name == ANY:
                return joined((Mark(below), *self.fields.values()))
            case name if name == SPINE:
                return Mark(below)
            case _:
                return joined((Mark(below), self.fields.get(name, Mark())))

    def at(self, path: Path) -> "Mark":
        found = self
        for name in path:
            found = found.part(name)
        return found

    def and_(self, sources: Sources) -> "Mark":
        return Mark(self.sources | sources, self.fields) if sources - self.sources else self

    def without(self, classes: frozenset[str]) -> "Mark":
        """The same, of which nothing is sensitive of these classes any more."""
        if not classes:
            return self
        fields = {name: each.without(classes) for name, each in self.fields.items()}
        return Mark(frozenset(_without(self.sources, classes)), fields)

    def spine(self) -> Sources:
        return self.part(SPINE).sources


def _closed(sources: Sources) -> Sources:
    """The same, where all of what a parameter was given counts, whichever part of it is asked for later."""
    return frozenset(each.part(ALL) if isinstance(each, Given) else each for each in sources)


def _without(sources: Sources, classes: frozenset[str]) -> Iterator[Source]:
    for each in sources:
        if isinstance(each, Given):
            yield Given(each.parameter, each.path, each.without | classes)
        elif not (isinstance(each, Sensitive) and each.class_ in classes):
            yield each


def known(mark: Mark, given: Mapping[str, Mark]) -> Mark:
    """A mark of something that is called, where its parameters are known."""
    kept = frozenset(each for each in mark.sources if not isinstance(each, Given))
    fields = {name: known(each, given) for name, each in mark.fields.items()}
    parts = (
        given.get(each.parameter, Mark()).at(each.path).without(each.without)
        for each in mark.sources
        if isinstance(each, Given)
    )
    return joined((Mark(kept, fields), *parts))


def joined(marks: Iterable[Mark], depth: int = 0) -> Mark:
    every = tuple(marks)
    sources = NO_SOURCES.union(*(each.sources for each in every))
    names = dict.fromkeys(name for each in every for name in each.fields)
    if depth == DEEPEST:
        return Mark(sources.union(*(each.all() for each in every)))
    parts = {name: [each.fields[name] for each in every if name in each.fields] for name in names}
    return Mark(sources, {name: joined(found, depth + 1) for name, found in parts.items()})
