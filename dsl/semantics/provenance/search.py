"""From what is known of one flow back to where a value comes from: through its parameters to each call of it, shortest
ways first."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Use
from dsl.ast.statements import Step
from dsl.dataclass import dataclass
from dsl.semantics.provenance.around import REACHED, Called
from dsl.semantics.provenance.marks import Answered, Given, Mark, Path, Sensitive, Source, Sources

Caller = FlowDeclaration | AgentDeclaration


@dataclass(frozen=True, slots=True)
class Passed:
    """A part of the way: `step` gives it to `parameter` of `flow`, which may be an agent; or it decides whether that is
    called."""

    step: Step | Use
    flow: str
    parameter: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from; `way` leads from it back to the flow that brings it in."""

    source: Source
    way: tuple[Passed, ...]


class Search:
    """Over all calls of flows and agents; `callers` by the identity of a call."""

    def __init__(self, calls: Iterable[Called], callers: Mapping[int, Caller]) -> None:
        self._callers = callers
        self._calls: dict[int, list[Called]] = {}
        for call in calls:
            self._calls.setdefault(id(call.target), []).append(call)

    def back(self, at: Caller, sources: Sources, wanted: Callable[[Source], bool]) -> Origin | None:
        """The nearest source that is `wanted`, which no parameter is, of those that come first in the text."""
        seen: set[tuple[int, Given]] = set()
        waiting: deque[tuple[Caller, Sources, tuple[Passed, ...]]] = deque([(at, sources, ())])
        while waiting:
            at, depends, way = waiting.popleft()
            found = sorted((each for each in depends if wanted(each)), key=_place)
            if found:
                return Origin(found[0], way)
            for given in sorted((each for each in depends if isinstance(each, Given)), key=_order):
                if (id(at), given) in seen:
                    continue
                seen.add((id(at), given))
                for call in self._calls.get(id(at), ()):
                    name = None if given.parameter == REACHED else given.parameter
                    passed = Passed(call.step, at.name, name)
                    waiting.append((self._callers[id(call)], _given(call, given), (*way, passed)))
        return None


def _given(call: Called, given: Given) -> Sources:
    found = call.arguments.get(given.parameter, Mark()).at(given.path).all() | call.chosen.get(
        given.parameter, frozenset()
    )
    return Mark(found).without(given.without).sources


def _place(source: Source) -> int:
    match source:
        case Answered(step=step):
            return step.span.start
        case Sensitive(declared=declared):
            return declared.span.start
        case Given():
            return 0


def _order(given: Given) -> tuple[str, Path, tuple[str, ...]]:
    return given.parameter, given.path, tuple(sorted(given.without))
