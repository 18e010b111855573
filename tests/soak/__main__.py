"""`make soak`: rounds of random runs whose workers and server are killed, and a bank that tells what was really done.

A round that finds nothing leaves nothing behind; the folder of one that does is kept, with its flows, the plan of its
faults, the server's database and what workers said.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from interpreter.cli.core_logs import keep_off_standard_output
from tests.soak.compare import COLUMNS
from tests.soak.crew import nursery
from tests.soak.round import Played, Round

FOLDER = Path(".steadflow/soak")

EPILOG = """examples:
  python -m tests.soak --rounds 200
  python -m tests.soak --minutes 30 --at-once 2
  python -m tests.soak --seed 17 --rounds 1
"""


@dataclass
class Tally:
    rounds: int = 0
    runs: int = 0
    effects: int = 0
    workers: int = 0
    servers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def note(self, played: Played) -> None:
        self.rounds += 1
        self.runs += len(played.runs)
        self.effects += played.effects
        self.workers += played.workers_lost
        self.servers += played.servers_lost
        self.outcomes.update(run.outcome for run in played.runs)
        self.found.update(finding.column for finding in played.findings)

    def table(self) -> str:
        columns = {"rounds": self.rounds, "runs": self.runs} | {name: self.found[name] for name in COLUMNS}
        head = "| " + " | ".join(columns) + " |"
        line = "|" + "|".join("---:" for _ in columns) + "|"
        row = "| " + " | ".join(f"{number:,}" for number in columns.values()) + " |"
        ends = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(self.outcomes.items()))
        about = (
            f"{ends}; {self.effects:,} effects; ended on the way: {self.workers:,} workers, {self.servers:,} servers"
        )
        return f"{head}\n{line}\n{row}\n\n{about}"


async def soak(options: argparse.Namespace, tally: Tally) -> None:
    """Some rounds at a time, since most of a round is waiting."""
    own = asyncio.current_task()
    assert own is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, own.cancel)  # servers and workers end with it
    until = time.monotonic() + options.minutes * 60 if options.minutes else None
    seeds = iter(range(options.seed, options.seed + options.rounds) if until is None else count(options.seed))
    async with nursery() as registry, asyncio.TaskGroup() as group:

        async def one_after_the_other(seeds: Iterator[int]) -> None:
            for seed in seeds:
                if until is not None and time.monotonic() >= until:
                    return
                folder = options.folder / str(seed)
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                _report(await Round(seed, folder, registry, options.runs).play(), tally)

        for _ in range(options.at_once):
            group.create_task(one_after_the_other(seeds))


def _report(played: Played, tally: Tally) -> None:
    tally.note(played)
    for finding in played.findings:
        _show("")
        print(finding)
    if played.findings:
        print(f"  kept: {played.folder}; again: python -m tests.soak --seed {played.seed} --rounds 1", flush=True)
    else:
        shutil.rmtree(played.folder)
    found = ", ".join(f"{tally.found[name]} {name}" for name in COLUMNS)
    _show(f"{tally.rounds} rounds, {tally.runs} runs: {found}; round {played.seed} took {played.seconds:.0f} s")


def _show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    options, tally = _options(arguments), Tally()
    keep_off_standard_output()
    try:
        asyncio.run(soak(options, tally))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nstopped", file=sys.stderr)
    finally:
        _show("")
        print(tally.table(), flush=True)
    return int(sum(tally.found.values()) > 0)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.soak",
        description="Kill workers and servers under random runs, and compare what was done with what the runs say.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--minutes", type=float, help="how long, instead of how many")
    parser.add_argument("--runs", type=int, default=10, help="runs in a round (default: 10)")
    parser.add_argument("--seed", type=int, default=0, help="of the first round (default: 0)")
    parser.add_argument("--at-once", type=int, default=2, help="rounds at a time (default: 2)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"where rounds lie (default: {FOLDER})")
    options = parser.parse_args(arguments)
    options.folder = options.folder.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
