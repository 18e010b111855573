"""What others rely on: parameters, results, answers, events. Each is compared as it is written, and by what fits."""

from collections.abc import Iterator

from dsl.ast.types import Field, RecordType, Type
from dsl.dataclass import dataclass, replace
from dsl.differences.bounds import bare, longer, redocumented
from dsl.differences.changes import COMPATIBLE, Found, Weighed, breaking, shown, verb_of
from dsl.differences.compatible import Fitting, Types, may_be_left_out
from dsl.differences.written import field_type_text, whole_type_text

STARTS = "who starts it has to give it"
REFUSED = "who gives it is refused"
READS = "who reads its result has to follow"
DEPLOYS = "who deploys it has to say it"
ANSWERS = "who answers has to follow"


@dataclass(frozen=True)
class Contracts:
    """`old` and `new` are the declared types of both sides."""

    old: Types
    new: Types

    # -- parameters

    def parameters(self, before: tuple[Field, ...], after: tuple[Field, ...], *, started: bool) -> Iterator[Found]:
        """`started`: who calls it is not checked together with it."""
        renamed = renames(before, after)
        old = {renamed.get(each.name, each.name): each for each in before}
        new = {each.name: each for each in after}
        for name in dict.fromkeys([*old, *new]):
            for found in self._parameter(name, old.get(name), new.get(name), started=started):
                if found.weight != "breaking" or started:
                    yield found
                elif not found.follows:
                    yield replace(found, weight="compatible", why=None)
        both = [[name for name in names if name in old and name in new] for names in (old, new)]
        if both[0] != both[1]:
            yield Found("order", "order of the parameters", "moved", ", ".join(both[0]), ", ".join(both[1]))

    def _parameter(self, name: str, old: Field | None, new: Field | None, *, started: bool) -> Iterator[Found]:
        what = f"parameter {name}"
        if old is None:
            assert new is not None
            left_out = may_be_left_out(new, self.new)
            weight: Weighed = COMPATIBLE if left_out else ("breaking", STARTS)
            yield Found("parameter", what, "added", None, field_type_text(new), *weight)
        elif new is None:
            yield Found("parameter", what, "removed", field_type_text(old), None, "breaking", REFUSED)
        else:
            if old.name != new.name:
                yield Found("parameter", what, "renamed", old.name, new.name, "breaking", STARTS)
            yield from self._field("parameter", what, old, new, bounding=started)

    def _field(self, aspect: str, what: str, old: Field, new: Field, *, bounding: bool) -> Iterator[Found]:
        """`bounding`: how long its lists are bounds how often something is done."""
        more = self._longer(old.type, new.type, new.name) if bounding else None
        fitting = Fitting(self.old, self.new, "input")
        reason = fitting.field(old, new, new.name)
        if _as_declared(old) != _as_declared(new):
            found = Found(aspect, what, "changed", field_type_text(old), field_type_text(new))
            found = _judged(found, old, new, reason)
            yield found.because("weaker", more) if more and found.weight in ("compatible", "stronger") else found
        elif reason is not None:
            yield Found(aspect, what, "changed", None, None, "breaking", reason, follows=True)
        elif more is not None:
            yield Found(aspect, what, "changed", None, None, "weaker", more, follows=True)
        yield from _redocumented(what, old, new)

    def _longer(self, old: Type, new: Type, at: str) -> str | None:
        return longer(old, new, self.old, self.new, at)

    def configured(self, before: tuple[Field, ...], after: tuple[Field, ...]) -> Iterator[Found]:
        """Values of the deployment that a flow reads: more may be said than it reads."""
        old, new = ({each.name: each for each in fields} for fields in (before, after))
        for name in dict.fromkeys([*old, *new]):
            one, other = old.get(name), new.get(name)
            if one is not None and other is not None:
                yield from self._field("config", f"config {name}", one, other, bounding=False)
                continue
            has_to = other is not None and not may_be_left_out(other, self.new)
            weight = breaking(DEPLOYS) if has_to else COMPATIBLE
            yield Found("config", f"config {name}", verb_of(one, other), *shown(field_type_text, one, other), *weight)

    # -- results, answers, events

    def result(self, before: Type | None, after: Type | None, *, read: bool) -> Iterator[Found]:
        """`read`: by somebody who is not checked together with it."""
        reason = None
        if before is not None and after is not None:
            reason = Fitting(self.new, self.old, "result").misfit(after, before, "")
        elif before is not None:
            reason = "there is none any more"
        texts = shown(whole_type_text, before, after)
        weight: Weighed = COMPATIBLE
        more = None if before is None or after is None or read else self._longer(before, after, "")
        if more is not None:
            weight = "weaker", _readable(more)
        if reason is not None and read:
            weight = "breaking", f"{READS}: {_readable(reason)}"
        if bare(before) != bare(after):
            yield Found("result", "result", "changed", *texts, *weight)
        elif weight != COMPATIBLE:
            yield Found("result", "result", "changed", None, None, *weight, follows=True)
        yield from redocumented("result", before, after)

    def answer(self, before: RecordType | None, after: RecordType | None) -> Iterator[Found]:
        """What people answer besides yes and no."""
        old, new = (() if each is None else each.fields for each in (before, after))
        reason = Fitting(self.old, self.new, "input").records(old, new, "")
        weight: Weighed = COMPATIBLE
        if reason is not None:
            weight = "breaking", f"{ANSWERS}: {reason}"
        if bare(before) != bare(after):
            texts = shown(whole_type_text, before, after)
            yield Found("answer", "answer", "changed", *texts, *weight)
        elif reason is not None:
            yield Found("answer", "answer", "changed", None, None, *weight, follows=True)
        yield from redocumented("answer", before, after)

    def event(self, before: Type, after: Type) -> str | None:
        """Why what was sent does not fit any more."""
        reason = Fitting(self.old, self.new, "event").misfit(before, after, "")
        return None if reason is None else _readable(reason)

    def reply(self, before: Type | None, after: Type | None) -> str | None:
        if before is None or after is None:
            return None
        reason = Fitting(self.new, self.old, "result").misfit(after, before, "")
        return None if reason is None else _readable(reason)

    # -- declared types

    def declared(self, before: Type, after: Type) -> Iterator[Found]:
        if not isinstance(before, RecordType) or not isinstance(after, RecordType):
            if bare(before) != bare(after):
                yield Found("type", "type", "changed", whole_type_text(before), whole_type_text(after))
            yield from redocumented("type", before, after)
            return
        renamed = renames(before.fields, after.fields)
        old = {renamed.get(each.name, each.name): each for each in before.fields}
        new = {each.name: each for each in after.fields}
        for name in dict.fromkeys([*old, *new]):
            yield from self._declared_field(name, old.get(name), new.get(name))
        both = [[name for name in names if name in old and name in new] for names in (old, new)]
        if both[0] != both[1]:
            yield Found("order", "order of the fields", "moved", ", ".join(both[0]), ", ".join(both[1]))

    def _declared_field(self, name: str, old: Field | None, new: Field | None) -> Iterator[Found]:
        what = f"field {name}"
        if old is None or new is None:
            texts = shown(field_type_text, old, new)
            yield Found("field", what, "added" if old is None else "removed", *texts)
            return
        if old.name != new.name:
            yield Found("field", what, "renamed", old.name, new.name)
        if _as_declared(old) != _as_declared(new):
            found = Found("field", what, "changed", field_type_text(old), field_type_text(new))
            yield _judged(found, old, new, None)
        yield from _redocumented(what, old, new)


def _as_declared(field: Field) -> Field:
    """As it is written: what is said of it, and of what is in it, is told apart."""
    declared = bare(field.type)
    assert declared is not None
    return replace(field, name="", doc=None, type=declared)


def _redocumented(what: str, old: Field, new: Field) -> Iterator[Found]:
    if old.doc != new.doc:
        yield Found("documentation", f"{what}, documentation that a model reads", "changed", old.doc, new.doc)
    yield from redocumented(what, old.type, new.type)


def _judged(found: Found, old: Field, new: Field, reason: str | None) -> Found:
    if reason is not None:
        return found.because("breaking", reason)
    if old.sensitive is not None and new.sensitive != old.sensitive:
        return found.because("weaker", "it is not followed as sensitive of this class any more")
    if old.trusted and not new.trusted:
        return found.because("weaker", "what a model wrote may go there")
    if new.sensitive != old.sensitive or new.trusted != old.trusted:
        return replace(found, weight="stronger")
    if old.default is not None and new.default is not None and new.default != old.default:
        return found.because("compatible", "who leaves it out gives another value")
    return found


def renames(before: tuple[Field, ...], after: tuple[Field, ...]) -> dict[str, str]:
    """Fields that are there under another name: gone here, come there, at one place, and the same in all else."""
    if len(before) != len(after):
        return {}
    old, new = ({each.name for each in fields} for fields in (before, after))
    return {
        one.name: other.name
        for one, other in zip(before, after, strict=True)
        if one.name not in new and other.name not in old and _as_declared(one) == _as_declared(other)
    }


def _readable(reason: str) -> str:
    """Of a value that has no name itself."""
    return reason if not reason.startswith(("is ", "may ", "has ")) else f"it {reason}"
