"""What holds of every comparison, whatever is compared."""

from collections import Counter
from functools import lru_cache

from dsl.analysis import analyse
from dsl.differences.changes import MIRRORED, Change, Place
from dsl.differences.differences import Differences, differences
from dsl.differences.sides import Side, side_of
from dsl.source import Source


@lru_cache(maxsize=200)
def side(text: str) -> Side | None:
    """None for a text that does not pass the check, or has no flow."""
    analysis = analyse(Source("random.flow", text))
    return side_of("random.flow", analysis) if analysis.ok and analysis.flows else None


def broken(old: Side, new: Side) -> list[str]:
    """The laws that do not hold, in words."""
    found = differences(old, new)
    back = differences(new, old)
    return [*_unexplained(found), *_not_mirrored(found, back)]


def _unexplained(found: Differences) -> list[str]:
    """A flow has another hash exactly where a change reaches it, and something is found to say of it."""
    told = []
    touched = {flow for each in found.changes for flow in each.flows}
    for before, after in found.pairs["flows"].both:
        differs = found.old.hashes[before] != found.new.hashes[after]
        if differs != (after in touched):
            told.append(f"{after}: its hash {'differs' if differs else 'is the same'}, and changes say otherwise")
    told += [f"nothing is known of {each.name}" for each in found.changes if each.aspect in ("meaning", "other")]
    return told


def _not_mirrored(found: Differences, back: Differences) -> list[str]:
    forth = Counter(_key(each) for each in found.changes if not each.follows)
    back_again = Counter(_key(_mirrored(each)) for each in back.changes if not each.follows)
    if any(each.verb == "renamed" for each in found.changes):  # then texts are in the names of one side
        forth, back_again = (Counter(key[:-2] for key in keys.elements()) for keys in (forth, back_again))
    return [f"only one way: {each}" for each in (forth - back_again) + (back_again - forth)]


def _mirrored(change: Change) -> Change:
    verb = MIRRORED.get(change.verb, change.verb)
    return Change(
        change.of, change.new, change.old, change.label, change.aspect, change.what, verb, before=change.after,
        after=change.before,
    )  # fmt: skip


def _key(change: Change) -> tuple[object, ...]:
    """What of a change is the same from both sides; a renamed item's label, and so its words, are those of one side."""
    places: tuple[Place | None, Place | None] = change.old, change.new
    return (change.of, *places, change.aspect, change.verb, change.before, change.after)
