"""What `make bench` measures. It prints and asserts nothing: machines differ, so times stand beside a reference."""

import argparse
from collections.abc import Callable

from tests.bench.agents import agents
from tests.bench.cold_start import cold_start
from tests.bench.encryption import encryption
from tests.bench.expressions import expressions
from tests.bench.runs import runs
from tests.bench.table import Row, print_table

Section = tuple[str, Callable[[], list[Row]]]
SECTIONS: dict[str, Section] = {
    "start": ("Cold start: a process of its own, from start to end", cold_start),
    "runs": ("Runs: a flow beside a workflow written by hand, on one server", runs),
    "agents": ("Agents: a long conversation, on one server", agents),
    "encryption": ("Encryption: a flow with a key beside the same without, on one server", encryption),
    "expressions": ("Expressions and texts: in one process", expressions),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"what is measured; all, if nothing is named: {', '.join(SECTIONS)}")
    wanted = parser.parse_args(arguments).only
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(SECTIONS)}")
    for name in wanted or SECTIONS:
        title, measure = SECTIONS[name]
        print_table(title, measure())


if __name__ == "__main__":
    main()
