"""What was found, room by room, and what was not."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.mutants.judged import AT_IMPORT, Judgement, Key, key
from tests.mutants.rooms import Room
from tests.mutants.trial import Outcome


@dataclass
class Tally:
    room: Room
    judged: dict[Key, Judgement]
    planted: int
    outcomes: list[Outcome] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def count(self, verdict: str) -> int:
        return sum(each.verdict == verdict for each in self._faults())

    @property
    def equivalent(self) -> int:
        return len(self.outcomes) - len(self._faults())

    @property
    def percent(self) -> float:
        faults = self._faults()
        return 100 * self.count("found") / len(faults) if faults else 100.0

    @property
    def reached_goal(self) -> bool:
        return self.percent >= self.room.goal

    def row(self) -> str:
        counts = (len(self.outcomes), self.equivalent, *map(self.count, ("found", "survived", "not reached")))
        mark = "" if self.reached_goal else "  below"
        return (
            f"{self.room.name:<24}{self.planted:>8,}"
            + "".join(f"{count:>12,}" for count in counts)
            + f"{self.percent:>9.1f} %{self.room.goal:>6} %{mark}"
        )

    def left(self) -> list[str]:
        """What nobody has judged yet."""
        return [
            told(each) for each in self.outcomes if each.verdict != "found" and key(each.mutation) not in self.judged
        ]

    def _faults(self) -> list[Outcome]:
        """An equivalent that is found was judged wrongly, and is a fault."""
        return [each for each in self.outcomes if each.verdict == "found" or not self._is_equivalent(each)]

    def _is_equivalent(self, outcome: Outcome) -> bool:
        judgement = self.judged.get(key(outcome.mutation))
        return judgement is not None and judgement.equivalent


HEAD = (
    f"{'room':<24}{'possible':>8}"
    + "".join(f"{name:>12}" for name in ("tried", "equivalent", "found", "survived", "not reached"))
    + f"{'found':>11}{'goal':>8}"
)


def told(outcome: Outcome) -> str:
    mutation = outcome.mutation
    mark = "  (not reached)" if outcome.verdict == "not reached" else ""
    tests = f"  ({outcome.left_out} slow tests left out)" if outcome.left_out else ""
    return f"{mutation.file}:{mutation.line} {mutation.function or AT_IMPORT}  {mutation.change}{mark}{tests}"


def table(tallies: Iterable[Tally]) -> str:
    tallies = [each for each in tallies if each.outcomes]
    lines = [HEAD, *(each.row() for each in tallies)]
    for each in tallies:
        if left := each.left():
            lines += ["", f"{each.room.name}: nobody has judged", *(f"  {line}" for line in left)]
    return "\n".join(lines)
