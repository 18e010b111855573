"""What a workflow loads: nothing that does I/O, and no parser; and of ours nothing later, amid a run."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

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


def later(module: str) -> Iterator[str]:
    """What its functions import of ours."""
    place = getattr(find_spec(module), "origin", None)
    tree = ast.parse(Path(place).read_text(encoding="utf-8")) if place else ast.Module([], [])
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("dsl.", "interpreter.")):
            yield str(node.module)


def test_all_of_ours_is_there_before_a_run_begins() -> None:
    """A run that loads a module reads a file, which another version may have replaced meanwhile."""
    loaded = new_modules("import interpreter.workflow.run")
    ours = [each for each in sorted(loaded) if each.startswith(("dsl.", "interpreter."))]
    assert {(each, one) for each in ours for one in later(each) if one not in loaded} == set()
    assert "dsl.expressions.functions" in set(later("dsl.expressions.evaluate"))


def test_the_measure_can_fail() -> None:
    loaded = new_modules("import lark, interpreter.stores.directory")
    assert {"lark", "interpreter.stores.directory"} <= unwanted(loaded)
