"""Holds what the runs say against what the bank has: each difference is a fault of the product.

- *lost*: an effect that can be undone stands in the bank, and its run neither undid nor lists it
- *doubled*: one key has two effects, though its tool honours keys or was not to be called again
- *unbalanced*: the run says `done` and nothing stands in the bank, or `undone` and something does; or models have
  counted more tokens than it was charged
- *hung*: a run did not come to its end though workers were there
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.heart.declared import UNDONE
from tests.soak.bank import Effect

Column = Literal["lost", "doubled", "unbalanced", "hung"]
COLUMNS: tuple[Column, ...] = ("lost", "doubled", "unbalanced", "hung")
Outcome = Literal["completed", "failed", "cancelled", "hung"]


@dataclass(frozen=True)
class Ended:
    """How a run ended. `listed`: the keys in the ledger that it left behind, with their states; `undone`: the paths of
    the steps that it says it has undone. `tokens` is what it was charged. `detail` is for people.
    """

    run: str
    outcome: Outcome
    listed: dict[str, str] = field(default_factory=dict)
    undone: frozenset[str] = frozenset()
    detail: str = ""
    tokens: int | None = None


@dataclass(frozen=True)
class Finding:
    column: Column
    run: str
    words: str

    def __str__(self) -> str:
        return f"{self.column}: {self.run}: {self.words}"


def compare(runs: Sequence[Ended], effects: Sequence[Effect], tokens: Mapping[str, int] | None = None) -> list[Finding]:
    """`tokens` is what models have counted, by run."""
    found = [finding for run in runs for finding in _of_run(run, [each for each in effects if each.run == run.run])]
    for run in runs:
        counted = (tokens or {}).get(run.run, 0)
        if run.tokens is not None and counted > run.tokens:
            words = f"models have counted {counted} tokens, and it was charged {run.tokens}"
            found.append(Finding("unbalanced", run.run, words))
    return found


def _of_run(run: Ended, effects: list[Effect]) -> Iterator[Finding]:
    for key, times in Counter(effect.key for effect in effects).items():
        if times > 1:
            yield Finding("doubled", run.run, f"{key} took effect {times} times")
    if run.outcome == "hung":
        yield Finding("hung", run.run, run.detail or "it does not end")
        return
    for effect in effects:
        yield from _of_effect(run, effect)
    there = {effect.key for effect in effects}
    for key, state in run.listed.items():
        if state == "done" and key not in there:
            yield Finding("unbalanced", run.run, f"{key} is listed as done, and is not in the bank")


def _of_effect(run: Ended, effect: Effect) -> Iterator[Finding]:
    told, what = run.listed.get(effect.key), f"{effect.tool} at {effect.path}"
    if effect.undone:
        if told == "done":
            yield Finding("unbalanced", run.run, f"{what} is listed as done, and was undone in the bank")
    elif told is None and effect.path in run.undone:
        yield Finding("unbalanced", run.run, f"{what} is said to be undone, and stands in the bank")
    elif told is None and effect.tool in UNDONE:
        yield Finding("lost", run.run, f"{what} stands in the bank; the run ended {run.outcome} and does not list it")
