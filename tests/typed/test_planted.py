"""Holes of the kinds that the check once had, put back one by one: random programs find each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dsl.semantics import access, fit, functions, literals, narrowing, rows, state, widening, yields
from dsl.semantics.builtins import _ANY, BUILTINS, Parameter
from dsl.semantics.inference import Inference
from dsl.semantics.state import State
from dsl.semantics.types import NEVER, NULL, UNKNOWN
from tests.typed.search import hole_in_beside, hole_in_typed, hole_in_wider, hole_in_wild, search

PROGRAMS = 2500
Plant = Callable[[pytest.MonkeyPatch], None]


def nothing_is_converted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Inference, "widen", lambda *rest: None)


def only_numbers_are_converted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(widening, "_records", lambda found, wanted, met: False)


def the_sum_of_nothing_is_an_int(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(functions, "_sum", lambda *rest: None)


def what_differs_from_a_text_is_there(patch: pytest.MonkeyPatch) -> None:
    def narrow(subject: Any, path: Any, type_: Any, there: bool, known: State, facts: Any) -> State:
        return known.refine(path, type_)

    patch.setattr(narrowing, "_narrow", narrow)


def what_differs_from_true_is_there(patch: pytest.MonkeyPatch) -> None:
    honest = narrowing._literal

    def literal(subject: Any, value: object, equal: bool, known: State, facts: Any) -> State:
        if isinstance(value, bool):
            return narrowing.assume(subject, value == equal, known, facts)
        return honest(subject, value, equal, known, facts)

    patch.setattr(narrowing, "_literal", literal)


def either_of_two_tests_is_taken_for_both(patch: pytest.MonkeyPatch) -> None:
    def logic(node: Any, truth: bool, known: State, facts: Any) -> State:
        return narrowing.assume(node.right, truth, narrowing.assume(node.left, truth, known, facts), facts)

    patch.setattr(narrowing, "_logic", logic)


def further_arguments_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    for name in ("min", "max"):
        patch.setitem(BUILTINS, name, replace(BUILTINS[name], more=_ANY))


def the_part_of_contains_is_not_judged(patch: pytest.MonkeyPatch) -> None:
    parameters = (BUILTINS["contains"].parameters[0], Parameter("part", _ANY))
    patch.setitem(BUILTINS, "contains", replace(BUILTINS["contains"], parameters=parameters))


def a_map_that_is_spread_fits_everywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(literals, "_map", lambda *rest: UNKNOWN)


def a_field_of_null_fits_everywhere(patch: pytest.MonkeyPatch) -> None:
    honest = access._field

    def field(node: Any, subject: Any, known: Inference) -> Any:
        return UNKNOWN if subject == NULL else honest(node, subject, known)

    patch.setattr(access, "_field", field)


def a_test_outlives_what_it_was_about(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state, "names_in", lambda condition: frozenset())


def what_two_have_in_common_is_kept(patch: pytest.MonkeyPatch) -> None:
    def together(types: Any) -> Any:
        found: Any = NEVER
        for type_ in types:
            found = None if found is None else fit.join(found, type_, filling=True)
        return found

    for room in (literals, rows, yields):
        patch.setattr(room, "together", together)


HOLES: tuple[tuple[Plant, Any, int], ...] = (
    (nothing_is_converted, hole_in_typed, 0),
    (nothing_is_converted, hole_in_wider, 0),
    (only_numbers_are_converted, hole_in_typed, 0),
    (only_numbers_are_converted, hole_in_wider, 0),
    (the_sum_of_nothing_is_an_int, hole_in_wild, 70),
    (what_differs_from_a_text_is_there, hole_in_wild, 680),
    (what_differs_from_true_is_there, hole_in_wild, 500),
    (either_of_two_tests_is_taken_for_both, hole_in_wild, 320),
    (further_arguments_are_not_judged, hole_in_wild, 240),
    (the_part_of_contains_is_not_judged, hole_in_wild, 140),
    (a_map_that_is_spread_fits_everywhere, hole_in_wild, 160),
    (a_field_of_null_fits_everywhere, hole_in_wild, 2300),
    (a_test_outlives_what_it_was_about, hole_in_wild, 0),
    (what_two_have_in_common_is_kept, hole_in_beside, 0),
)


"""What is put back, where to look, and a program shortly before the first one that finds it: those before it find
nothing, which costs ten times as much.
"""
NAMES = [plant.__name__ for plant, _, _ in HOLES]


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "look", "first"), HOLES, ids=NAMES)
def test_a_planted_hole_is_found(plant: Plant, look: Any, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        plant(patch)
        found, _ = search(look, range(first, PROGRAMS))
    assert found is not None, "nothing was found"
