"""What a workflow loads: nothing that does I/O, and no parser."""

import subprocess
import sys

from tests.house.checkout import ROOT

NEW_MODULES = """
import sys
import temporalio.worker, temporalio.workflow
before = set(sys.modules)
{code}
print(*sorted(set(sys.modules) - before))
"""

FORBIDDEN = {"lark", "openai", "pydantic", "jsonschema", "requests", "httpx", "yaml", "rich", "click"}
FORBIDDEN |= {"sqlite3", "subprocess", "socket", "http", "urllib", "random", "tempfile"}
OUTSIDE = ("dsl.analysis", "dsl.checks", "dsl.semantics", "dsl.syntax", "interpreter.activities", "interpreter.client")
OUTSIDE += ("interpreter.providers", "interpreter.server", "interpreter.simulation", "interpreter.stores")
OUTSIDE += ("interpreter.worker",)


def new_modules(code: str) -> set[str]:
    """What `code` loads that temporalio has not loaded by itself."""
    program = NEW_MODULES.format(code=code)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def unwanted(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] in FORBIDDEN or name.startswith(OUTSIDE)}


def test_the_workflow_loads_nothing_that_does_io() -> None:
    modules = new_modules("import interpreter.workflow.run")
    assert "interpreter.core.machine" in modules
    assert unwanted(modules) == set()


def test_the_measure_can_fail() -> None:
    loaded = new_modules("import lark, interpreter.stores.directory")
    assert {"lark", "interpreter.stores.directory"} <= unwanted(loaded)
