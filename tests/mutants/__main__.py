"""`make mutants`: how many of the faults that are planted the tests find, and which they do not.

What is tried is chosen by the seed and by the fault itself, so a change of the code elsewhere chooses no others.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.mutants import judged
from tests.mutants.forked import prepare
from tests.mutants.mutations import Mutation, mutations
from tests.mutants.reach import Reached, reach
from tests.mutants.rooms import ROOMS, ROOT, Room, chosen
from tests.mutants.tally import Tally, table, told
from tests.mutants.trial import Trials

KEPT = Path(".steadflow/mutants")
NOT_ASKED = ("tests/house", "tests/bench", "tests/mutants", "tests/durability", "tests/cli", "tests/live")
"""They read the code instead of running it, or run it in processes of their own, where nothing is planted."""

EPILOG = """examples:
  python -m tests.mutants --room interpreter/core --sample 200
  python -m tests.mutants --room dsl/values/bounds.py --sample 1000
  python -m tests.mutants --minutes 30 --seed 7
"""


def main(arguments: list[str] | None = None) -> int:
    _same_hashes()
    options = _options(arguments)
    rooms = chosen(options.room)
    if not rooms:
        print(f"there is no room `{options.room}`; there are {', '.join(room.name for room in ROOMS)}", file=sys.stderr)
        return 2
    until = time.monotonic() + options.minutes * 60
    prepare()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        scratch = Path(folder)
        trials = Trials(ROOT, _reached(scratch, options.tests), scratch, options.patience)
        tallies = list(_tallies(rooms, options.sample, options.seed, options.only))
        try:
            _try_all(tallies, trials, until, options.verbose)
        except KeyboardInterrupt:
            print("\nstopped", file=sys.stderr)
    _show("")
    print(table(tally for tally, _ in tallies))
    return int(any(not tally.reached_goal for tally, _ in tallies))


def sample(planted: list[Mutation], size: int, seed: int) -> list[Mutation]:
    def rank(mutation: Mutation) -> bytes:
        return hashlib.sha256(f"{seed} {judged.key(mutation)} {mutation.text}".encode()).digest()

    return sorted(planted, key=rank)[:size]


def _tallies(rooms: tuple[Room, ...], size: int, seed: int, only: str | None) -> Iterator[tuple[Tally, list[Mutation]]]:
    known = judged.read()
    for room in rooms:
        planted = [each for file in room.files() for each in mutations(file, (ROOT / file).read_text(encoding="utf-8"))]
        wanted = [each for each in planted if only is None or only in told_shortly(each)]
        yield Tally(room, known, len(planted)), sample(wanted, size, seed)


def told_shortly(mutation: Mutation) -> str:
    return f"{mutation.file}:{mutation.line} {mutation.function} {mutation.change}"


def _try_all(tallies: list[tuple[Tally, list[Mutation]]], trials: Trials, until: float, verbose: bool) -> None:
    """One of each room in turn, so that each has its share when the time is short."""
    longest = max(len(wanted) for _, wanted in tallies)
    for number in range(longest):
        for tally, wanted in tallies:
            if time.monotonic() >= until:
                return
            if number >= len(wanted):
                continue
            begun = time.monotonic()
            outcome = trials.of(wanted[number])
            tally.note(outcome)
            _show(f"{tally.room.name}: {number + 1} of {len(wanted)}, {tally.percent:.1f} % found")
            if verbose:
                print(f"{outcome.verdict} {time.monotonic() - begun:.1f}s {told(outcome)}  {outcome.by}", flush=True)


def _reached(scratch: Path, only: list[str] | None) -> dict[Path, Reached]:
    files = [file for file in sorted((ROOT / "tests").rglob("test_*.py")) if _is_asked(file, only)]
    found = {}
    for number, file in enumerate(files, 1):
        _show(f"what tests reach: {number} of {len(files)}, {file.relative_to(ROOT)}")
        found[file], _ = reach(file, ROOT, ROOT / KEPT, scratch)
    return found


def _is_asked(file: Path, only: list[str] | None) -> bool:
    place = file.relative_to(ROOT).as_posix()
    return not place.startswith(NOT_ASKED) and (only is None or any(each in place for each in only))


def _same_hashes() -> None:
    """The order of a set may decide what a test does: it is the same each time."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.mutants", *sys.argv[1:]])


def _show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.mutants",
        description="Plant small faults, one at a time, and run the tests that reach them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--room", metavar="ROOM", help="one room, or a folder or file in one (default: all)")
    parser.add_argument("--sample", type=int, default=100, help="how many faults of each room (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    parser.add_argument("--minutes", type=float, default=120, help="how long at most (default: 120)")
    parser.add_argument("--patience", type=float, default=60, help="seconds of tests for one fault (default: 60)")
    parser.add_argument("--only", metavar="TEXT", help="faults whose place, function or change has this in it")
    parser.add_argument("--tests", metavar="TEXT", nargs="+", help="files of tests whose path has one of these in it")
    parser.add_argument("--verbose", action="store_true", help="tell each fault as it was tried")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
