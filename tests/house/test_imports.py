"""What a command loads. `dsl check` starts in the time of its own work, so nothing heavy may slip in."""

import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

HEAVY = ("temporalio", "openai", "pydantic", "jsonschema", "rich", "genai_prices", "yaml", "mcp", "mcp_types", "httpx2")

LOADED = """
import sys
{code}
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({heavy!r})))
"""

CHECK = """
from interpreter.cli.group import dsl
code = dsl.main(["check", {file!r}], standalone_mode=False)
assert not code, code
"""


def loaded(code: str) -> list[str]:
    program = LOADED.format(code=code, heavy=HEAVY)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()[-1].split()


def test_check_loads_nothing_heavy() -> None:
    assert loaded(CHECK.format(file="examples/support.flow")) == []


@pytest.mark.parametrize("module", ["dsl.api", "interpreter.cli.main"])
def test_a_door_of_the_language_loads_nothing_heavy(module: str) -> None:
    assert loaded(f"import {module}") == []


def test_the_door_of_the_run_loads_neither_a_provider_nor_the_console() -> None:
    assert (
        set(loaded("import interpreter.api"))
        & {"openai", "rich", "genai_prices", "yaml", "mcp", "mcp_types", "httpx2", "opentelemetry"}
        == set()
    )


def test_the_measure_can_fail() -> None:
    assert loaded("import yaml") == ["yaml"]
