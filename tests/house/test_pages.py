"""The tables in `docs/` are those of the code."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest

from dsl.ast.declarations import Effect, ToolDeclaration
from dsl.ast.duration import format_duration
from dsl.definition.defaults import complete_tool
from dsl.diagnostics.reports import FORMATS
from dsl.expressions.evaluate import evaluate
from dsl.semantics.builtins import BUILTINS
from interpreter.activities.errors import ToolError
from interpreter.activities.failing import failure_of
from interpreter.boundary.told import heard
from interpreter.cli.lazy_group import ENTRIES
from interpreter.core.events import CallFailed
from interpreter.core.policies import retry_delay
from interpreter.stores.kept_files import File
from interpreter.worker.tools import describe
from tests.expressions.reading import expression
from tests.expressions.test_cases import CONTEXT
from tests.house.checkout import ROOT
from tests.yaml_files import read

FUNCTIONS = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
TOOLS = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
SCOPE = {
    "File": File,
    "T": int,
    "Literal": Literal,
    "Any": Any,
    "Decimal": Decimal,
    "datetime": datetime,
    "timedelta": timedelta,
}


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells below the heading of a table."""
    _, rest = page.split(heading, 1)
    table = rest.split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


CHECKING = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
CALLS = rows(FUNCTIONS, "| call | takes")
TYPES = rows(TOOLS, "| flow | Python")
EFFECTS = rows(TOOLS, "| effect | `timeout`")


def test_every_function_has_its_row() -> None:
    shown = []
    for name, function in BUILTINS.items():
        names = [parameter.name + ("" if parameter.required else "?") for parameter in function.parameters]
        call = f"`{name}({', '.join(names + ['…'] * (function.more is not None))})`"
        takes = "; ".join(f"`{parameter.name}`: {parameter.shape.words}" for parameter in function.parameters)
        shown.append([call, takes])
    assert [row[:2] for row in CALLS] == shown


@pytest.mark.parametrize(("example", "value"), [(row[3], row[4]) for row in CALLS])
def test_an_example_has_the_value_beside_it(example: str, value: str) -> None:
    left, right = (evaluate(expression(text.strip("`")), {}, CONTEXT) for text in (example, value))
    assert (left, type(left)) == (right, type(right))


@pytest.mark.parametrize(
    ("flow", "annotation"), [row[:2] for row in TYPES if "dataclass" not in row[1] and row[0][1] != "A"]
)
def test_a_type_is_the_python_type_beside_it(flow: str, annotation: str) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__ = {"value": eval(annotation.strip("`"), SCOPE), "return": None}
    assert describe("f", function).signature.readable == f"value: {flow.strip('`').replace('T', 'int')} -> null"


def tool(effect: str) -> ToolDeclaration:
    kind, *more = effect.strip("`").split()
    return ToolDeclaration("t", (), None, Effect(kind, keyed="keyed" in more, quick="quick" in more))  # type: ignore[arg-type]


def again(declared: ToolDeclaration, *, doubt: bool) -> list[int]:
    """The pauses before each further attempt."""
    failed = CallFailed(0.0, "id", "Undeclared", "", "answered", retryable=True)
    pauses = (retry_delay(declared, None, failed, attempt, doubt=doubt, key_left=None) for attempt in range(1, 9))
    return [pause for pause in pauses if pause is not None]


@pytest.mark.parametrize(("effect", "timeout", "heartbeat", "tried"), EFFECTS)
def test_what_is_assumed(effect: str, timeout: str, heartbeat: str, tried: str) -> None:
    complete = complete_tool(tool(effect))
    assert complete.timeout is not None
    assert complete.heartbeat is not None
    assert (format_duration(complete.timeout), format_duration(complete.heartbeat)) == (timeout, heartbeat)
    assert again(complete, doubt=False) == [1000, 2000]
    assert again(complete, doubt=True) == ([1000, 2000] if tried == "twice, after 1s and 2s" else [])


class CardDeclined(ToolError):
    pass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ToolError("CardDeclined", "no funds"), "CardDeclined"),
        (CardDeclined("no funds"), "CardDeclined"),
        (ValueError("no funds"), "Undeclared"),
        (ToolError("OutcomeUnknown", "no funds"), "Undeclared"),
    ],
)
def test_the_kind_of_an_exception(error: Exception, kind: str) -> None:
    assert heard(failure_of(error, None).type).kind == kind


def test_every_format_of_the_check_has_its_row() -> None:
    assert [row[0].strip("`") for row in rows(CHECKING, "| `--format` | for |")] == list(FORMATS)


def test_the_hooks_are_commands_that_there_are() -> None:
    hooks = read(ROOT / ".pre-commit-hooks.yaml")
    assert [hook["id"] for hook in hooks if hook["id"] in CHECKING] == ["dsl-check", "dsl-fmt"]
    for hook in hooks:
        assert hook["entry"].split()[1] in ENTRIES
        assert re.search(hook["files"], "flows/support.flow")
