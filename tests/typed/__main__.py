"""`python -m tests.typed 100000`: so many programs of each sort, from a seed on that nothing else uses."""

import sys

from tests.typed.search import hole_in_typed, hole_in_wider, hole_in_wild, search

if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for look in (hole_in_typed, hole_in_wider, hole_in_wild):
        found, accepted = search(look, range(10**6, 10**6 + number))
        print(f"{look.__name__}: {accepted} of {number} passed the check; {found or 'nothing found'}")
