"""`python -m tests.typed 100000`: so many programs of each sort, from a seed on that nothing else uses.

`--only wider` takes one sort, `--from 5000000` other seeds: so a long run goes in parts, side by side or one after the
other. How far it is stands on the terminal, each thousand.
"""

import argparse
import sys
import time

from tests.typed.search import Look, hole_in_beside, hole_in_typed, hole_in_wider, hole_in_wild, search

LOOKS: dict[str, Look] = {
    "plain": hole_in_typed,
    "wider": hole_in_wider,
    "wild": hole_in_wild,
    "beside": hole_in_beside,
}
PART = 1_000


def look_through(sort: str, first: int, number: int) -> bool:
    """Whether nothing was found."""
    passed, began = 0, time.monotonic()
    for start in range(first, first + number, PART):
        end = min(start + PART, first + number)
        found, accepted = search(LOOKS[sort], range(start, end))
        passed += accepted
        if found is not None:
            print(f"{sort}: {found}", flush=True)
            return False
        seconds = time.monotonic() - began
        print(f"{sort}: {passed} of {end - first} passed the check, {seconds:.0f} s", file=sys.stderr, flush=True)
    print(f"{sort}: {passed} of {number} passed the check; nothing found", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.typed", description=__doc__)
    parser.add_argument("number", nargs="?", type=int, default=100_000)
    parser.add_argument("--only", choices=[*LOOKS], help="one sort of programs")
    parser.add_argument("--from", dest="first", type=int, default=10**6, help="the first seed")
    asked = parser.parse_args()
    sorts = [asked.only] if asked.only else [*LOOKS]
    clean = [look_through(sort, asked.first, asked.number) for sort in sorts]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
