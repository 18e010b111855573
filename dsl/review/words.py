"""A review in words: questions with their answers, each with its evidence. Text and page are written from these.

What comes out of the text of an author stands apart (`Quoted`), so that whoever shows it can show it as what it is.
"""

from collections.abc import Iterable, Iterator, Sequence

from dsl.ast.duration import format_duration
from dsl.dataclass import dataclass
from dsl.review.model import ChosenGroup, Place, Stage


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of the text itself."""

    text: str


Said = tuple[str | Quoted, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is said, with its evidence. `heed`: an approver should look at this one."""

    said: Said
    evidence: tuple[Place, ...] = ()
    heed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`key` names it in links; `answer` is the short one; `table` has a head, or is empty."""

    key: str
    question: str
    answer: Said
    items: tuple[Item, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Worded:
    flow: str
    hash: str
    file: str
    purpose: str | None
    sections: tuple[Section, ...]


def listed(parts: Iterable[Said], last: str = " and ") -> Said:
    """Several things one after the other."""
    every = list(parts)
    found: list[str | Quoted] = []
    for at, each in enumerate(every):
        if at:
            found.append(last if at == len(every) - 1 else ", ")
        found += each
    return tuple(found)


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def lasting(milliseconds: int | None) -> str:
    return "?" if milliseconds is None else format_duration(milliseconds)


def names(all_: Iterable[str]) -> Said:
    return listed((Quoted(each),) for each in all_)


def places(*some: Iterable[Place]) -> tuple[Place, ...]:
    """Each once, as they come."""
    return tuple(dict.fromkeys(place for each in some for place in each))


def merged(items: Iterable[Item]) -> tuple[Item, ...]:
    """What is said several times is said once, with the evidence of all: first where each is."""
    found: dict[Said, list[Item]] = {}
    for each in items:
        found.setdefault(each.said, []).append(each)
    return tuple(_one(said, some) for said, some in found.items())


def _one(said: Said, some: Sequence[Item]) -> Item:
    heads, rest = (each.evidence[:1] for each in some), (each.evidence[1:] for each in some)
    return Item(said, places(*heads, *rest), some[0].heed)


OUTCOMES = {
    "ask": "then the next are asked",
    "approve": "then it counts as approved, and opens no gate",
    "reject": "then it is rejected",
    "fail": "then the flow fails",
}


def stages(asked: Sequence[Stage]) -> Said:
    """Who is asked, one stage after the other."""
    return listed((tuple(_stage(stage)) for stage in asked), "; after that ")


def _stage(stage: Stage) -> Iterator[str | Quoted]:
    whom: list[Said] = [(Quoted(f'"{each}"'),) for each in stage.groups]
    whom += [tuple(_chosen(each)) for each in stage.chosen]
    whom += [("the person ", Quoted(each)) for each in stage.persons]
    if stage.all_of and len(whom) > 1:
        yield "one of each of "
    elif stage.groups or stage.chosen:
        yield f"{stage.required} people of " if stage.required > 1 else "somebody of "
    yield from listed(whom, " and " if stage.all_of else " or ")
    if stage.except_requester:
        yield ", not who asked for the run,"
    if stage.verified:
        yield ", with a signed answer,"
    yield f" within {lasting(stage.timeout)}, {OUTCOMES[stage.outcome]}"


def _chosen(group: ChosenGroup) -> Iterator[str | Quoted]:
    yield from ("the group ", Quoted(group.said), " (")
    yield from listed(((Quoted(f'"{each}"'),) for each in group.groups), " or ")
    yield ")"
