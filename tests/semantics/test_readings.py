"""What is kept of readings: which are the same, which are old, and which are kept where there are too many."""

import random

from dsl.analysis import analyse
from dsl.ast.statements import Step
from dsl.semantics.provenance.marks import Mark
from dsl.semantics.provenance.marks import Source as Kept
from dsl.semantics.staleness.readings import (
    MOST,
    Held,
    Reading,
    Received,
    aged,
    by_choice,
    fewest,
    held,
    mapped,
    old_since,
    substituted,
)
from dsl.source import Source

COUNT = MOST + 8


def _steps() -> list[Step]:
    calls = "\n".join(f"step s{number} = look()" for number in range(COUNT))
    text = f"edition 1\ntool look() -> int read\nflow main() {{\n{calls}\n}}"
    return list(analyse(Source("case.flow", text)).facts.all(Step))


STEPS = _steps()
READ = [Reading("look", at=number, born=number, step=step) for number, step in enumerate(STEPS)]
GIVEN = [Received(f"p{number:02}") for number in range(COUNT)]


def kept(*every: Held) -> set[Kept]:
    mixed = list(every)
    random.Random(7).shuffle(mixed)
    return set(fewest(Mark(frozenset(mixed))).sources)


def test_one_is_known_by_its_moment_and_not_by_what_it_carries_along() -> None:
    one, other = (Reading("look", at=1, step=step) for step in STEPS[:2])
    assert len({one, other, Reading("look", at=1)}) == 1
    assert len({one, aged(one, STEPS[0]), aged(one, STEPS[1])}) == 3, "by the wait it is known"
    assert aged(one, STEPS[0]) == aged(other, STEPS[0])
    assert Reading("look", at=1, waited=5, old=STEPS[0]) == Reading("look", at=1, waited=5, old=STEPS[1])
    assert Received("p", waited=5, old=STEPS[0]) == Received("p", waited=5, old=STEPS[1])
    different = [Reading("look", at=2), Reading("other", at=1), Reading("look", at=1, born=1)]
    different += [Reading("look", at=1, choice=True), Reading("look", at=1, told=True)]
    assert len({one, *different}) == 6


def test_as_many_as_are_kept_stay_as_they_are() -> None:
    assert kept(*READ[:MOST]) == set(READ[:MOST])
    assert kept(*GIVEN[:MOST]) == set(GIVEN[:MOST])


def test_of_more_the_first_are_kept() -> None:
    assert kept(*READ) == set(READ[:MOST])


def test_of_more_parameters_the_same_are_kept_in_each_process() -> None:
    assert kept(*GIVEN) == set(GIVEN[:MOST])
    parts = [Received("p", (f"f{number:02}",)) for number in range(COUNT)]
    assert kept(*parts) == set(parts[:MOST])
    assert kept(*(by_choice(GIVEN[:20]) | set(GIVEN[:20]))) >= set(GIVEN[:16])


def test_what_is_old_is_kept_before_what_is_not() -> None:
    old = [aged(each, STEPS[0]) for each in READ[-3:]]
    assert kept(*READ[:-3], *old) == {*old, *READ[: MOST - 3]}
    given = [aged(each, STEPS[0]) for each in GIVEN[-3:]]
    assert kept(*READ[:-3], *given) == {*given, *READ[: MOST - 3]}


def test_what_was_given_is_kept_before_what_was_read() -> None:
    assert kept(*READ, *GIVEN[:5]) == {*GIVEN[:5], *READ[: MOST - 5]}


def test_fields_are_kept_beside_it() -> None:
    fields = {"a": Mark(frozenset(READ[:1]))}
    assert fewest(Mark(frozenset(READ), fields)).fields == fields


def test_what_is_old_stays_old_since_its_first_wait() -> None:
    was_old = aged(READ[0], STEPS[5])
    mark = old_since(Mark(frozenset({was_old, READ[1]}), {"a": Mark(frozenset({READ[2]}))}), STEPS[9])
    assert {each.at: each.old for each in held(mark) if isinstance(each, Reading)} == {
        0: STEPS[5],
        1: STEPS[9],
        2: STEPS[9],
    }


def test_a_source_that_is_made_nothing_is_left_out_everywhere() -> None:
    mark = Mark(frozenset(READ[:2]), {"a": Mark(frozenset(READ[1:3]))})
    found = mapped(mark, lambda each: None if each == READ[1] else each)
    assert (found.sources, found.fields["a"].sources) == ({READ[0]}, {READ[2]})
    assert mapped(Mark(), lambda each: each) == Mark()


def test_a_parameter_becomes_what_it_was_given() -> None:
    given = {"p": Mark(frozenset({READ[0]}), {"a": Mark(frozenset({READ[1]}))})}

    def passed(received: Received) -> dict[int, tuple[bool, bool, object]]:
        found = held(substituted(Mark(frozenset({received, READ[9]})), given))
        return {each.at: (each.choice, each.told, each.old) for each in found if isinstance(each, Reading)}

    nothing = (False, False, None)
    assert passed(Received("q")) == {9: nothing}
    assert passed(Received("p", ("a",))) == {0: nothing, 1: nothing, 9: nothing}
    assert passed(Received("p", ("b",))) == {0: nothing, 9: nothing}
    assert passed(Received("p", ("b",), choice=True)) == {0: (True, False, None), 9: nothing}
    assert passed(Received("p", ("b",), told=True)) == {0: (False, True, None), 9: nothing}
    assert passed(Received("p", ("b",), old=STEPS[3])) == {0: (False, False, STEPS[3]), 9: nothing}
