"""`make fuzz`: random bytes for every property, as long as there is time; what is found is kept beside the corpus.

A fault goes, as short as it could be made, into tests/fuzz/found/PROPERTY: with the mend it becomes a case there, which
the quick suite tries for ever. What reaches something new goes into .steadflow/fuzz, where the next search begins.
"""

import argparse
import hashlib
import resource
import sys
import time
from pathlib import Path

from tests.fuzz.properties import PROPERTIES
from tests.fuzz.search import HERE, ROOT, Search, corpus

KEPT = Path(".steadflow/fuzz")
FOUND = HERE / "found"
MEMORY = 4 << 30
SLICE = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", choices=sorted(PROPERTIES), action="append")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    names = arguments.only or [*PROPERTIES, "source"]  # the most is in the source
    seconds, faults = 60 * arguments.minutes / len(names), 0
    for number, name in enumerate(names):
        search = Search(PROPERTIES[name], _seeds(name), arguments.seed + number)
        for fault in search.run(seconds):
            faults += 1
            print(f"{name}: {fault.what}\n{fault.trace}{_kept(FOUND / name, fault.data)}", flush=True)
        for data in search.new:
            _kept(KEPT / name, data)
        print(f"{name}: {search.tried} texts, {search.reached()} branches, {len(search.new)} kept", flush=True)
    return int(faults > 0)


def _seeds(name: str) -> list[bytes]:
    flows = [path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.flow"))] if name == "source" else []
    return [*corpus(name), *(path.read_bytes() for path in sorted((KEPT / name).glob("*"))), *flows]


def _kept(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:12]
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    sys.exit(main())
