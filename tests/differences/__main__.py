"""`python -m tests.differences SEED SECONDS [OF_A_FILE]`: many changes of all files of the tests, and what breaks."""

import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.differences.laws import broken, side
from tests.differences.mutations import mutations

ROOT = Path(__file__).parents[2]


def main(seed: int, seconds: float, of_a_file: int) -> int:
    chance, end = random.Random(seed), time.monotonic() + seconds
    files = sorted([*(ROOT / "tests" / "cases").rglob("*.flow"), *(ROOT / "examples").glob("*.flow")])
    counts: Counter[str] = Counter()
    while time.monotonic() < end:
        file = chance.choice(files)
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a case of that
            continue
        old = side(text)
        for mutated in mutations(text, chance, of_a_file) if old is not None else ():
            new = side(mutated.text)
            counts["passing" if new is not None else "refused"] += 1
            if old is None or new is None:
                continue
            counts["another hash"] += old.hashes != new.hashes
            try:
                told = broken(old, new)
            except Exception:  # noqa: BLE001 - shown, and counted
                told = [traceback.format_exc()]
            if told:
                counts["broken"] += 1
                print(file.relative_to(ROOT), mutated.kind, mutated.at, *told[:3], sep="\n  ")
    print(dict(counts))
    return 1 if counts["broken"] else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 8))
