"""Tools from files and modules, as the command line names them."""

from pathlib import Path

import pytest

from interpreter.worker.loading import ToolsUnreadable, load_tools

GOOD = """
from dataclasses import dataclass
from interpreter.worker.tools import tool

@dataclass
class Case:
    id: str

@tool("tickets.open")
def open_ticket(subject: str) -> "Case":
    return Case(subject)

@tool
def close(id: str) -> None: ...
"""


IMPORTS = """from collections.abc import Sequence
from temporalio import activity
from temporalio.common import RawValue
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shop_tools.py"


def test_all_tools_of_a_file(file: Path) -> None:
    file.write_text(GOOD)
    assert [tool.name for tool in load_tools(str(file))] == ["tickets.open", "close"]


def test_all_tools_of_a_module_also_those_it_imports(file: Path) -> None:
    file.with_name("shop_parts.py").write_text(GOOD)
    file.with_name("shop_main.py").write_text("from shop_parts import open_ticket\n")
    assert [tool.name for tool in load_tools("shop_main")] == ["tickets.open"]


def test_a_file_finds_the_modules_beside_it(file: Path) -> None:
    file.with_name("shop_beside.py").write_text(GOOD)
    file.write_text("from shop_beside import close\n")
    assert [tool.name for tool in load_tools(str(file))] == ["close"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no file"),
        ("x = 1", "has no function marked @tool"),
        ("def broken(:", "SyntaxError"),
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        (GOOD + "@tool\ndef bad(x): ...", "parameter x: has no annotation"),
        (GOOD + '@tool("close")\ndef again() -> None: ...', "`close` is implemented by"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_words(file: Path, content: str | None, reason: str) -> None:
    if content is not None:
        file.write_text(content)
    with pytest.raises(ToolsUnreadable) as caught:
        load_tools(str(file))
    assert reason in str(caught.value)
    assert "shop_tools.py" in str(caught.value)


def test_plain_activities_are_tools_too(file: Path) -> None:
    file.write_text(
        GOOD
        + IMPORTS
        + """
@activity.defn(name="pets.by_name")
async def by_name(args: dict) -> dict:
    return {"id": 7}

@activity.defn(dynamic=True)
async def any_name(args: Sequence[RawValue]) -> None: ...
"""
    )
    assert [tool.name for tool in load_tools(str(file))] == ["tickets.open", "close", "pets.by_name"]


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(ToolsUnreadable, match="no_such_module cannot be loaded"):
        load_tools("no_such_module")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = 1 / 0\n", "ZeroDivisionError: division by zero (broken.py:2, in <module>)"),
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module' (broken.py:1, in <module>)"),
        ("raise ValueError('a\\nerror: b')\n", "ValueError: a\\nerror: b (broken.py:1, in <module>)"),
        ("def f(:\n", "SyntaxError: invalid syntax (broken.py, line 1)"),
        ("import json\njson.loads('{')\n", "(broken.py:2, in <module>)"),
        ("from interpreter import tool\n", "; write `from interpreter.api import …`"),
        ("from dsl import check\n", "; write `from dsl.api import …`"),
        (
            "from steadflow import tool\n",
            "; the package is called `interpreter`: write `from interpreter.api import …`",
        ),
    ],
)
def test_what_breaks_is_told_on_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "broken.py").write_text(text)
    with pytest.raises(ToolsUnreadable) as caught:
        load_tools(str(tmp_path / "broken.py"))
    assert str(caught.value).startswith(f"{tmp_path}/broken.py cannot be loaded: ")
    assert str(caught.value).endswith(said)
    assert "\n" not in str(caught.value)
