"""What `make bench` measures. It prints and asserts nothing: machines differ, so times stand beside a reference."""

import sys

from tests.bench.agents import agents
from tests.bench.cold_start import cold_start
from tests.bench.encryption import encryption
from tests.bench.expressions import expressions
from tests.bench.runs import runs
from tests.bench.table import Row, print_table


def main() -> None:
    sections: dict[str, list[Row]] = {
        "Cold start: a process of its own, from start to end": cold_start(),
        "Runs: a flow beside a workflow written by hand, on one server": runs(),
        "Agents: a long conversation, on one server": agents(),
        "Encryption: a flow with a key beside the same without, on one server": encryption(),
        "Expressions and texts: in one process": expressions(),
    }
    for title, rows in sections.items():
        print_table(title, rows)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
