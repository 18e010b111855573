"""`python -m tests.formatting [NUMBER] [SEED]`: so many random texts, and the first that breaks a law."""

import sys
import time

from tests.formatting.search import search


def main(number: int, seed: int) -> None:
    start = time.perf_counter()
    found, accepted, used = search(range(seed, seed + number))
    if found:
        print(found)
        sys.exit(1)
    print(f"{number} texts, {accepted} of them read, {used} productions, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
