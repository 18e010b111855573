"""Runs a random program on random inputs and says what is wrong with it, if anything."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from dsl.analysis import Analysis, analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.expressions.wire import to_wire
from dsl.semantics.types import UNKNOWN
from dsl.source import Source
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import World
from tests.heart.played import Ended
from tests.typed.beside import beside
from tests.typed.programs import Scope, inputs, known, typed
from tests.typed.wider import CONFIGS, configured, wider
from tests.typed.wild import wild

INPUTS = 4
UNSOUND = ("InvalidInput", "InvalidOutput", "InvalidValue")
UNSOUND_REASONS = ("TypeMismatch", "NullValue", "NotFound")


@dataclass(frozen=True)
class Hole:
    seed: int
    text: str
    given: Any
    what: str

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.what}\n{self.text}\n{self.given}"


Look = Callable[[int], tuple[Hole | None, bool]]


def search(look: Look, seeds: Iterable[int]) -> tuple[Hole | None, int]:
    """The first hole, and how many programs passed the check until then."""
    accepted = 0
    for seed in seeds:
        hole, taken = look(seed)
        accepted += taken
        if hole is not None:
            return hole, accepted
    return None, accepted


def hole_in_typed(seed: int) -> tuple[Hole | None, bool]:
    return _hole_in(typed, seed)


def hole_in_beside(seed: int) -> tuple[Hole | None, bool]:
    return _hole_in(beside, seed)


def _hole_in(make: Callable[[int], tuple[str, Callable[[Scope], Any]]], seed: int) -> tuple[Hole | None, bool]:
    text, value = make(seed)
    source = Source("typed.flow", text)
    analysis = analyse(source)
    if not analysis.ok:
        return Hole(seed, text, None, f"refused: {[each.message for each in analysis.diagnostics]}"), False
    definition = _sealed(analysis, source)
    for given in _given(seed):
        run = _run(definition, given)
        if run.outcome != "completed":
            return Hole(seed, text, given, f"{run.failure.kind}: {run.failure.message}"), True
        expected = _with_one_zero(to_wire(value(known(given))))
        if repr(run.value) != repr(expected):
            return Hole(seed, text, given, f"gives {run.value!r}, and the reference says {expected!r}"), True
    return None, True


def hole_in_wider(seed: int) -> tuple[Hole | None, bool]:
    text, value = wider(seed)
    source = Source("wider.flow", text)
    analysis = analyse(source)
    if not analysis.ok:
        return Hole(seed, text, None, f"refused: {[each.message for each in analysis.diagnostics]}"), False
    definition = _sealed(analysis, source)
    for given, config in zip(_given(seed), cycle(CONFIGS), strict=False):
        run = _run(definition, given, config)
        both = {"given": given, "config": config}
        if run.outcome != "completed":
            return Hole(seed, text, both, f"{run.failure.kind}: {run.failure.message}"), True
        expected = _with_one_zero(to_wire(value(known(given) | configured(config))))
        if repr(run.value) != repr(expected):
            return Hole(seed, text, both, f"gives {run.value!r}, and the reference says {expected!r}"), True
    return None, True


def _with_one_zero(value: Any) -> Any:
    """As the reference says; Python has two."""
    if isinstance(value, dict):
        return {name: _with_one_zero(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_one_zero(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value


def hole_in_wild(seed: int) -> tuple[Hole | None, bool]:
    text = wild(seed)
    source = Source("wild.flow", text)
    analysis = analyse(source)
    if not analysis.ok:
        return None, False
    if UNKNOWN in analysis.facts.types.values():
        return Hole(seed, text, None, "an expression has no type"), True
    definition = _sealed(analysis, source)
    for given in _given(seed):
        run = _run(definition, given)
        if run.outcome == "completed":
            continue
        failure = run.failure
        reason = failure.details.get("reason") if isinstance(failure.details, dict) else None
        if failure.kind in UNSOUND or reason in UNSOUND_REASONS:
            return Hole(seed, text, given, f"{failure.kind} ({reason}): {failure.message}"), True
    return None, True


def _given(seed: int) -> Iterable[dict[str, Any]]:
    chance = random.Random(seed)
    return (inputs(chance) for _ in range(INPUTS))


def _sealed(analysis: Analysis, source: Source) -> Definition:
    return unseal(seal(analysis.facts, source, gates=analysis.gates, spends=analysis.spends).json)


def _run(definition: Definition, given: dict[str, Any], config: dict[str, Any] | None = None) -> Ended:
    simulation = Simulation(definition, World(), Switches())
    run = simulation.run(given, config=config)
    simulation.go()
    return Ended(run, [])
