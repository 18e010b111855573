"""Random changes that are kept where they reach a branch that none before did, so that later ones go on from there.

What is reached is recorded by `coverage`, whose tracer is fast enough for thousands of texts a minute. A fault has the
bytes that show it, made as short as it stays the same fault: the same exception, raised in the same function.
"""

import os
import random
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import coverage

from tests.fuzz.mutations import mutated
from tests.fuzz.properties import Property

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus"
WATCHED = ("dsl", "interpreter")
SECONDS, SECONDS_OF_A_BYTE = 4.0, 0.002
"""Of CPU time, for a text and for each of its bytes: many times what is needed, also while what is reached is
recorded. What is not linear, or goes on for ever, is found by it."""
TRIES = 2_000
"""How often a fault is tried to be shown by less."""


class TooLong(Exception):
    """It has not ended in the time that it may take."""


@dataclass(frozen=True)
class Fault:
    """`what`: the exception and where it was raised."""

    data: bytes
    what: str
    trace: str


def fault_of(holds: Property, data: bytes) -> Fault | None:
    try:
        with _limited(SECONDS + SECONDS_OF_A_BYTE * len(data)):
            holds(data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked for
        frames = [each for each in traceback.extract_tb(error.__traceback__) if str(HERE) not in each.filename]
        ours = [each for each in frames if each.filename.startswith(str(ROOT)) and ".venv" not in each.filename]
        at = "" if isinstance(error, RecursionError | TooLong) or not ours else f" in {ours[-1].name}"
        return Fault(data, f"{type(error).__name__}{at}", "".join(traceback.format_exception(error, limit=-8)))
    return None


def reduced(holds: Property, fault: Fault) -> Fault:
    """With bytes left out, ever fewer at once."""
    length, tries = max(1, len(fault.data) // 2), 0
    while length and tries < TRIES:
        at, before = 0, len(fault.data)
        while at < len(fault.data) and tries < TRIES:
            tries += 1
            found = fault_of(holds, fault.data[:at] + fault.data[at + length :])
            if found is not None and found.what == fault.what:
                fault = found
            else:
                at += length
        if len(fault.data) == before or length > 1:
            length //= 2
    return fault


class Search:
    """`kept` grows by what reaches something new."""

    def __init__(self, holds: Property, seeds: Sequence[bytes], seed: int) -> None:
        self.holds = holds
        self.kept: list[bytes] = []
        self.new: list[bytes] = []
        self.tried = 0
        self._seeds = seeds
        self._chance = random.Random(seed)
        sources = [str(ROOT / each) for each in WATCHED]
        os.environ["COVERAGE_CORE"] = "ctrace"
        self._coverage = coverage.Coverage(data_file=None, branch=True, source=sources, config_file=False)

    def run(self, seconds: float) -> Iterator[Fault]:
        """Each sort of fault once."""
        end = time.monotonic() + seconds
        told: set[str] = set()
        seeds = iter(self._seeds)
        while time.monotonic() < end:
            data = next(seeds, None)
            is_seed = data is not None
            if data is None:
                data = mutated(self._some(), self._chance, self.kept)
            fault, is_new = self._try(data)
            if fault is not None and fault.what not in told:
                told.add(fault.what)
                yield reduced(self.holds, fault)
            elif fault is None and is_new:
                self.kept.append(data)
                if not is_seed:
                    self.new.append(data)

    def reached(self) -> int:
        """How many branches."""
        collector = self._coverage._collector
        return 0 if collector is None else sum(len(each) for each in collector.data.values())

    def _some(self) -> bytes:
        """One of those that are kept, the last ones more often."""
        if not self.kept:
            return b""
        recent = self.kept[-50:] if self._chance.random() < 0.3 else self.kept
        return self._chance.choice(recent)

    def _try(self, data: bytes) -> tuple[Fault | None, bool]:
        self.tried += 1
        before = self.reached()
        self._coverage.start()
        try:
            fault = fault_of(self.holds, data)
        finally:
            self._coverage.stop()
        return fault, self.reached() > before


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def end(_signal: int, _frame: object) -> None:
        raise TooLong(f"more than {seconds:.1f} s")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def corpus(name: str) -> list[bytes]:
    """The texts that are kept for a property, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
