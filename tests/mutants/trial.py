"""One fault is planted, and the tests that reach it are run, those of one file after the other, until one fails."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.mutants.forked import Died, OutOfTime, in_fork
from tests.mutants.mutations import Mutation
from tests.mutants.planted import plant
from tests.mutants.reach import Reached
from tests.mutants.sessions import Session, run

Verdict = Literal["found", "survived", "not reached"]
SLOWER = 5.0
"""Times as long as without the fault a trial may take."""


@dataclass(frozen=True)
class Batch:
    """The tests of one file that reach a fault."""

    file: Path
    tests: frozenset[str]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    mutation: Mutation
    verdict: Verdict
    by: str = ""
    """The test that found it, or why it is found without one."""
    left_out: int = 0
    """Tests that reach it and were not run, because all together would have taken too long."""


@dataclass
class Trials:
    root: Path
    reached: Mapping[Path, Reached]
    scratch: Path
    patience: float = 60.0
    """Seconds that the tests of one trial may take; quick ones are taken first."""
    least: float = 60.0
    """Seconds that any trial may take before it counts as endless: others may be at work on the machine."""
    _tried: Counter[Path] = field(default_factory=Counter)
    _found: Counter[Path] = field(default_factory=Counter)

    def of(self, mutation: Mutation) -> Outcome:
        batches, left_out = self._batches(mutation)
        if not batches:
            return Outcome(mutation, "not reached", left_out=left_out)
        seconds = sum(batch.seconds for batch in batches)
        limit = self.least + SLOWER * seconds
        try:
            tried = in_fork(lambda: self._try(mutation, batches), self.scratch / "said", cpu=limit, wall=2 * limit)
        except (OutOfTime, Died) as error:
            return Outcome(mutation, "found", f"{type(error).__name__}: {str(error)[-120:]}", left_out)
        return self._judge(mutation, batches, tried, left_out)

    def _judge(self, mutation: Mutation, batches: list[Batch], tried: list[str], left_out: int) -> Outcome:
        """`tried` holds for each file that was run the test that failed, or nothing."""
        for batch, failed in zip(batches, tried, strict=False):
            self._tried[batch.file] += 1
            if failed:
                self._found[batch.file] += 1
                return Outcome(mutation, "found", failed, left_out)
        return Outcome(mutation, "survived", left_out=left_out)

    def _batches(self, mutation: Mutation) -> tuple[list[Batch], int]:
        """First the files that are quick and have found much."""
        files, left_out = [], 0
        for file, reached in self.reached.items():
            chosen = sorted((reached.tests[test], test) for test in reached.by(mutation))
            seconds, taken = reached.loading, set()
            for took, test in chosen:
                if seconds + took > self.patience / 2:
                    break
                seconds += took
                taken.add(test)
            left_out += len(chosen) - len(taken)
            if taken:
                files.append(Batch(file, frozenset(taken), seconds))
        files.sort(key=lambda batch: ((batch.seconds + 0.3) / self._worth(batch.file), str(batch.file)))
        total, batches = 0.0, []
        for batch in files:
            if batches and total + batch.seconds > self.patience:
                left_out += len(batch.tests)
                continue
            total += batch.seconds
            batches.append(batch)
        return batches, left_out

    def _worth(self, file: Path) -> float:
        return (self._found[file] + 1) / (self._tried[file] + 2)

    def _try(self, mutation: Mutation, batches: list[Batch]) -> list[str]:
        file = self.root / mutation.file
        plant(file, self.root, mutation.applied(file.read_text(encoding="utf-8")))
        tried = []
        for number, batch in enumerate(batches):
            session = Session(batch.tests)
            code = run(batch.file, session, self.scratch / f"t{number}", "-x")
            tried.append(session.failed[0] if session.failed else "" if code in (0, 5) else f"pytest ended with {code}")
            if tried[-1]:
                break
        return tried
