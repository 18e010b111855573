"""What a comparison finds: changes, each at its place, with who has to follow it or which promise it touches.

**Breaking** is what somebody has to follow whom no check reaches: who starts a flow and reads its result, who sends
events and answers questions, who carries a tool out. **Weaker** is a promise that was approved and holds no more: more
may be spent, fewer people are asked, something can be undone no more, data or calls go to new places. **Stronger** is
the reverse of that, and all else is **compatible**.
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args

from dsl.dataclass import dataclass, replace

Weight = Literal["breaking", "weaker", "stronger", "compatible"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)
"""The heaviest first."""
Verb = Literal["added", "removed", "renamed", "moved", "changed", "raised", "lowered"]
VERBS: tuple[Verb, ...] = get_args(Verb)
Of = Literal["flow", "tool", "agent", "type", "function", "file"]
KINDS: tuple[Of, ...] = get_args(Of)
Verdict = Literal["layout", "compatible", "weaker", "breaking"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

MIRRORED: dict[Verb, Verb] = {"added": "removed", "removed": "added", "raised": "lowered", "lowered": "raised"}
"""What a verb is when the two sides change places; any other stays."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands on one side. `name` is that of the declaration; `at` is the address of a statement in a
    flow, as in the paths of a run, None for the declaration itself."""

    name: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """`old` and `new` are where it stood and stands; one of them is None for what was added or removed.

    `label` calls the statement as people know it (`step case`), "" for the declaration; `aspect` is what of it has
    changed, one of `ASPECTS`, and `what` the same in words, with a name where there are several (`argument to`).
    `before` and `after` are as they are written. `why`: who has to follow, or what does not hold any more. `flows` are
    those of the new side, or that are gone, whose hash is another because of it. `follows`: from another change, so
    nothing is written otherwise here.
    """

    of: Of
    old: Place | None
    new: Place | None
    label: str
    aspect: str
    what: str
    verb: Verb
    weight: Weight = "compatible"
    before: str | None = None
    after: str | None = None
    why: str | None = None
    flows: tuple[str, ...] = ()
    follows: bool = False

    @property
    def name(self) -> str:
        place = self.new or self.old
        assert place is not None
        return place.name


@dataclass(frozen=True, slots=True)
class Found:
    """A change of one field, that does not know yet where it stands."""

    aspect: str
    what: str
    verb: Verb
    before: str | None = None
    after: str | None = None
    weight: Weight = "compatible"
    why: str | None = None
    follows: bool = False

    def at(self, of: Of, old: Place | None, new: Place | None, label: str) -> Change:
        return Change(
            of,
            old,
            new,
            label,
            self.aspect,
            self.what,
            self.verb,
            self.weight,
            self.before,
            self.after,
            self.why,
            follows=self.follows,
        )

    def because(self, weight: Weight, why: str) -> "Found":
        return replace(self, weight=weight, why=why)


def verdict_of(changes: Iterable[Change]) -> Verdict:
    """What all of them come to."""
    weights = {each.weight for each in changes}
    if "breaking" in weights:
        return "breaking"
    if "weaker" in weights:
        return "weaker"
    return "compatible" if weights else "layout"


def verb_of(before: object, after: object) -> Verb:
    """Of something that may not be there."""
    return "added" if before is None else "removed" if after is None else "changed"


# -- what changes are made of

Weighed = tuple[Weight, str | None]
"""A weight and its reason."""
COMPATIBLE: Weighed = ("compatible", None)
STRONGER: Weighed = ("stronger", None)


def weaker(why: str) -> Weighed:
    return "weaker", why


def breaking(why: str) -> Weighed:
    return "breaking", why


def shown(show: Callable[[Any], str], before: Any, after: Any) -> tuple[str | None, str | None]:
    """Both values in words; None stays None."""
    return None if before is None else show(before), None if after is None else show(after)
