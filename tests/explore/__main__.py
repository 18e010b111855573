"""`make explore`: all orders of what can come, for every run case and small random flows, as long as there is time.

It goes round: each flow is explored up to a number of states, then to twice as many, and so on; a flow that was gone
through completely is done. What is known of the others stays in a folder, so the next time goes on where this one
ended, as long as the code of the heart and of the rules is the same.
"""

import argparse
import hashlib
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.explore.flows import CASES, Explored, generated, of_case
from tests.explore.search import Exploration

FOLDER = Path(".steadflow/explore")
FIRST_ROUND = 500
"""States of one flow."""
WATCHED = ("dsl", "interpreter/core", "tests/explore")
"""What a frontier is good for as long as it is the same."""

EPILOG = """examples:
  python -m tests.explore --minutes 5
  python -m tests.explore --only child_fails --faults 3
  python -m tests.explore --only "random 17" --fresh
"""


@dataclass
class Tally:
    flows: dict[str, Exploration] = field(default_factory=dict)
    seconds: float = 0.0
    transitions: int = 0

    def note(self, flow: Explored, exploration: Exploration) -> None:
        self.flows[flow.name] = exploration

    def table(self) -> str:
        found = [(name, each.found) for name, each in self.flows.items() if each.found is not None]
        complete = sum(each.complete for each in self.flows.values())
        lines = [
            f"flows        {len(self.flows):>12,}",
            f"  complete   {complete:>12,}",
            f"states       {sum(each.states for each in self.flows.values()):>12,}",
            f"transitions  {sum(each.transitions for each in self.flows.values()):>12,}",
            f"  a minute   {self.transitions / max(self.seconds, 0.001) * 60:>12,.0f}",
            f"violations   {len(found):>12,}",
        ]
        return "\n".join(lines + [f"\n{name}: {each}" for name, each in found])


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    folder = FOLDER / f"{_version()}-{options.faults}"
    if options.fresh:
        _forget(folder)
    flows = [flow for flow in _flows(options.random) if options.only in (None, flow.name)]
    if not flows:
        print(f"there is no flow called `{options.only}`", file=sys.stderr)
        return 2
    tally, until = Tally(), time.monotonic() + options.minutes * 60
    try:
        _rounds(flows, options.faults, folder, tally, until)
    except KeyboardInterrupt:
        print("\nstopped; what is known is kept", file=sys.stderr)
    print(tally.table())
    return int(any(each.found for each in tally.flows.values()))


def _rounds(flows: list[Explored], faults: int, folder: Path, tally: Tally, until: float) -> None:
    most = FIRST_ROUND
    while flows and time.monotonic() < until:
        left = []
        for number, flow in enumerate(flows, 1):
            if time.monotonic() >= until:
                break
            exploration = _further(flow, faults, folder, most, tally, until)
            if not exploration.complete and exploration.found is None:
                left.append(flow)
            _show(f"up to {most:,} states: {number} of {len(flows)}, {flow.name}")
        flows, most = left, most * 2
    _show("")


def _further(flow: Explored, faults: int, folder: Path, most: int, tally: Tally, until: float) -> Exploration:
    """Explore `flow` up to so many states, beginning with what is kept of it, and keep what is known now."""
    kept = folder / f"{flow.definition.hash}.pickle"
    exploration = _read(kept) or Exploration.of(flow.definition, flow.input, faults)
    before, begun = exploration.transitions, time.monotonic()
    exploration.go(most, lambda: time.monotonic() >= until)
    tally.transitions += exploration.transitions - before
    tally.seconds += time.monotonic() - begun
    if exploration.transitions > before:
        folder.mkdir(parents=True, exist_ok=True)
        new = kept.with_suffix(".new")
        new.write_bytes(pickle.dumps(exploration, -1))
        new.replace(kept)
    exploration.forget_worlds()
    tally.note(flow, exploration)
    return exploration


def _read(kept: Path) -> Exploration | None:
    try:
        exploration = pickle.loads(kept.read_bytes())
    except FileNotFoundError:
        return None
    assert type(exploration) is Exploration
    return exploration


def _flows(random: int) -> Iterator[Explored]:
    yield from map(of_case, CASES)
    yield from islice(generated(), random)


def _version() -> str:
    digest = hashlib.sha256()
    for folder in WATCHED:
        for file in sorted(Path(folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _forget(folder: Path) -> None:
    for file in folder.glob("*"):
        file.unlink()


def _show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.explore",
        description="Explore the machine: every order of what can come.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (default: 5)")
    parser.add_argument("--faults", type=int, default=2, help="how much may go wrong outside in one trace (default: 2)")
    parser.add_argument(
        "--random", type=int, default=400, help="how many random flows besides the cases (default: 400)"
    )
    parser.add_argument("--only", metavar="NAME", help="one flow: a run case, or `random 17`")
    parser.add_argument("--fresh", action="store_true", help="forget what is kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
