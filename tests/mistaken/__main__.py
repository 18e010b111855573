"""`python -m tests.mistaken [SEED] [shown]`: how many messages one mistake gives, by kind, and which they are."""

import sys
from collections import Counter

from tests.mistaken.corpus import corpus
from tests.mistaken.messages import table, told


def main(seed: int, shown: bool) -> None:
    counts: Counter[tuple[str, int]] = Counter()
    for mistaken in corpus(seed):
        found = told(mistaken.text)
        counts[mistaken.kind, len(found)] += 1
        if shown and len(found) > 1:
            print(mistaken.name, *found, sep="\n    ")
    print(table(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0, "shown" in sys.argv)
