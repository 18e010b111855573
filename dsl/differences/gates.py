"""Whether people who are asked may let more through than before.

The stages of a question are ways to an agreement: each of them opens it by itself, the next one when nobody has
answered the one before. So a question is no weaker when each of its stages is **covered** by one of before: whoever can
agree there could have agreed then. It is no stronger when it is so the other way round. Two that cover each other are
alike, and two of which none covers the other count as weaker, for something is agreed to now that was not then.
"""

from collections.abc import Iterable, Iterator

from dsl.ast.people import ChosenGroup, Group, Person, Stage, Whom
from dsl.dataclass import replace
from dsl.definition.canonical import canonical
from dsl.definition.encode import encode
from dsl.differences.changes import STRONGER, Found, Weighed, shown, verb_of, weaker
from dsl.differences.written import stage_text

APPROVED = "nobody's answer counts as agreement now"
SOONER = "nobody's answer counts as agreement sooner"
OTHER = "it ends otherwise when nobody answers"


def compared(
    old: tuple[Stage, ...], new: tuple[Stage, ...], aspect: str = "gate", what: str = "stage"
) -> Iterator[Found]:
    """A change for each stage that is another, is gone or has come, between those at both ends that are as they were;
    stages are counted as they are now."""
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    olds, news = old[first : len(old) - last], new[first : len(new) - last]
    for at in range(max(len(olds), len(news))):
        before, after = (each[at] if at < len(each) else None for each in (olds, news))
        name = f"{what} {first + at + 1}" if max(len(old), len(new)) > 1 else what
        values = shown(stage_text, before, after)
        yield Found(aspect, name, verb_of(before, after), *values, *_weight(old, new, before, after))


def _alike(one: tuple[Stage, ...], other: tuple[Stage, ...]) -> int:
    """How many at the beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (before, after) in enumerate(pairs) if before != after), min(len(one), len(other)))


def _weight(old: tuple[Stage, ...], new: tuple[Stage, ...], before: Stage | None, after: Stage | None) -> Weighed:
    if after is not None and not any(covers(each, after) for each in old):
        return weaker(_more(before, after))
    if after is not None and after.outcome == "approve" and not _approves(old):
        return weaker(APPROVED)
    if before is not None and after is not None and _approves_sooner(before, after):
        return weaker(SOONER)
    if before is not None and not any(covers(each, before) for each in new):
        return STRONGER
    if before is not None and before.outcome == "approve" and not _approves(new):
        return STRONGER
    ends = before is not None and after is not None and before.outcome != after.outcome
    return "compatible", OTHER if ends else _time(before, after)


def _approves_sooner(before: Stage, after: Stage) -> bool:
    both = before.outcome == after.outcome == "approve"
    return both and before.timeout is not None and after.timeout is not None and after.timeout < before.timeout


def _time(before: Stage | None, after: Stage | None) -> str | None:
    """What follows for who is asked."""
    if before is None or after is None or before.timeout is None or after.timeout is None:
        return None
    if before.timeout == after.timeout:
        return None
    return "there is more time to answer" if after.timeout > before.timeout else "there is less time to answer"


def _more(before: Stage | None, after: Stage) -> str:
    """What of the stage lets more through."""
    if before is None:
        return "one way more to agree"
    reasons = []
    if _possible(after, before) - _asked(before.whom):
        reasons.append("others may agree")
    if _needed(after) < _needed(before):
        reasons.append(f"{_needed(after)} of them {'is' if _needed(after) == 1 else 'are'} enough")
    if before.except_requester and not after.except_requester:
        reasons.append("who asks may agree too")
    if before.verified and not after.verified:
        reasons.append("answers need no signature")
    return ", ".join(reasons) or "other people may agree"


def _needed(stage: Stage) -> int:
    return _seats(stage) if stage.all_of else _fewest(stage)


def _seats(stage: Stage) -> int:
    """Of `all of`, how many there are at least: a group that data chooses may be one that is asked besides."""
    written = [each for each in stage.whom if not isinstance(each, ChosenGroup)]
    persons = sum(isinstance(each, Person) for each in written)
    return len(written) + (len(written) == persons < len(stage.whom))


def _fewest(stage: Stage) -> int:
    """How many may turn out to be enough."""
    return stage.required if stage.chosen_required is None else 1


def _approves(stages: tuple[Stage, ...]) -> bool:
    return any(stage.outcome == "approve" for stage in stages)


def covers(wide: Stage, narrow: Stage) -> bool:
    """Whether whatever people agree in `narrow` could have agreed in `wide`."""
    if wide.except_requester > narrow.except_requester or wide.verified > narrow.verified:
        return False
    of_wide, of_narrow = _asked(wide.whom), _possible(narrow, wide)
    if wide.all_of and len(of_wide) > 1:
        return narrow.all_of and of_wide <= _asked(_as_in(narrow, wide))
    if narrow.all_of:
        return of_narrow <= of_wide and wide.required <= _seats(replace(narrow, whom=_once(narrow.whom)))
    if wide.chosen_required is not None and wide.chosen_required == narrow.chosen_required:
        return of_narrow <= of_wide and wide.required <= narrow.required
    return of_narrow <= of_wide and wide.required <= _fewest(narrow)


def _asked(whom: Iterable[Whom]) -> set[bytes]:
    """Who is asked; a group that data chooses is itself."""
    return {_who(each) for each in whom}


def _possible(stage: Stage, beside: Stage) -> set[bytes]:
    """Who may be asked: each group that data may choose, unless `beside` makes the same choice."""
    asked = _as_in(stage, beside)
    choices = [each for each in asked if isinstance(each, ChosenGroup) and each not in beside.whom]
    return _asked(each for each in asked if each not in choices) | {
        _who(Group(name)) for choice in choices for name in choice.groups
    }


def _as_in(stage: Stage, beside: Stage) -> tuple[Whom, ...]:
    """Those of `stage`, where what data says chooses as it does in `beside`, among no other groups, as there."""
    there = [each for each in beside.whom if isinstance(each, ChosenGroup)]
    return tuple(next((each for each in there if _is_within(whom, each)), whom) for whom in stage.whom)


def _is_within(whom: Whom, choice: ChosenGroup) -> bool:
    return isinstance(whom, ChosenGroup) and whom.value == choice.value and {*whom.groups} <= {*choice.groups}


def _once(asked: tuple[Whom, ...]) -> tuple[Whom, ...]:
    return tuple({_who(each): each for each in asked}.values())


def _who(whom: Whom) -> bytes:
    return canonical(encode(whom))
