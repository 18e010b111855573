"""`make nightly`: runs every part, writes the page, and ends with 1 when not all of it passed."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.nightly.page import page, sound
from tests.nightly.parts import Done, Lengths, parts, run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".steadflow" / "nightly"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    began = datetime.now(UTC).strftime("%Y-%m-%d %H.%M")
    folder = options.folder / began.replace(" ", "T")
    folder.mkdir(parents=True, exist_ok=True)
    lengths = Lengths(options.minutes, options.sample, options.seed)
    planned = parts(ROOT, folder, lengths, options.second or None)
    if options.only:
        planned = [part for part in planned if part.name in options.only]
        if not planned:
            print(f"there is no part {', '.join(options.only)}", file=sys.stderr)
            return 2
    done: list[Done] = []
    for part in planned:
        print(f"{part.name} …", flush=True)
        done.append(run(part, ROOT, folder, options.longest * 60))
        print(f"{part.name}: {done[-1].verdict} {done[-1].numbers}", flush=True)
        for written in (folder / "page.md", options.folder / "latest.md"):
            written.write_text(page(f"Nightly {began}", done), encoding="utf-8")
    print(f"the page: {folder / 'page.md'}")
    return 0 if sound(done) else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make nightly", description=__doc__)
    lengths = Lengths()
    parser.add_argument("--minutes", type=float, default=lengths.minutes, help="of explore, soak and mutants, each")
    parser.add_argument("--sample", type=int, default=lengths.sample, help="faults planted in each room")
    parser.add_argument("--seed", type=int, default=lengths.seed, help="which ones")
    parser.add_argument("--second", metavar="PYTHON", help="another Python for the tests (default: any that is found)")
    parser.add_argument("--longest", type=float, default=240, help="minutes after which a part is ended")
    parser.add_argument("--only", metavar="PART", nargs="+", help="some of the parts, by name")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages lie")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
