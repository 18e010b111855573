"""`dsl compile` and `dsl decompile` as they are typed, and commands that take a definition as they take its text."""

import json
import re
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from dsl.cli.check import check
from dsl.cli.compile import compile_
from dsl.cli.fmt import fmt
from dsl.cli.hash import hash_
from interpreter.cli.commands.decompile import decompile_
from interpreter.cli.commands.plan import plan
from interpreter.cli.commands.report import report

ROOT = Path(__file__).parents[2]
SUPPORT = str(ROOT / "examples" / "support.flow")
TWO = "edition 1\nflow one() -> int { return 1 }\nflow two() -> int { return 2 }\n"


def typed(command: Command, *arguments: str | Path, stdin: str | None = None) -> Result:
    found = CliRunner().invoke(command, [str(each) for each in arguments], input=stdin)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for form in ("json", "yaml"):
        found[form] = tmp_path / f"support.{form}"
        assert typed(compile_, SUPPORT, "-o", found[form]).exit_code == 0
    return found


def test_what_it_writes_has_the_hash_of_the_flow(files: dict[str, Path]) -> None:
    wanted = typed(hash_, SUPPORT).stdout
    for file in files.values():
        assert typed(hash_, file).stdout == wanted
        assert typed(hash_, "-", stdin=file.read_text(encoding="utf-8")).stdout == wanted
    assert json.loads(files["json"].read_text(encoding="utf-8"))["flow"] == "support"
    assert wanted.split()[0] in typed(compile_, SUPPORT, "-o", files["json"]).stderr
    assert typed(compile_, SUPPORT).stdout == files["json"].read_text(encoding="utf-8")
    assert typed(compile_, files["json"], "--format", "yaml").stdout == files["yaml"].read_text(encoding="utf-8")


def test_it_comes_back_as_a_file(files: dict[str, Path], tmp_path: Path) -> None:
    back = tmp_path / "back.flow"
    assert typed(decompile_, files["yaml"], "-o", back).exit_code == 0
    assert typed(decompile_, files["json"]).stdout == back.read_text(encoding="utf-8")
    assert typed(hash_, back).stdout == typed(hash_, SUPPORT).stdout
    assert typed(fmt, "--check", back).exit_code == 0
    assert "0 problems" in typed(check, back).stderr or "no problems" in typed(check, back).stderr


@pytest.mark.parametrize("command", [check, plan, report], ids=lambda each: str(each.name))
def test_commands_take_it_as_they_take_a_text(command: Command, files: dict[str, Path], tmp_path: Path) -> None:
    back = tmp_path / "support.flow"
    typed(decompile_, files["yaml"], "-o", back)
    found, wanted = typed(command, files["yaml"]), typed(command, back)
    assert (found.exit_code, wanted.exit_code) == (0, 0)
    assert found.stdout.replace("support.yaml", "support.flow") == wanted.stdout


def test_a_definition_has_no_layout(files: dict[str, Path]) -> None:
    before = files["json"].read_bytes()
    found = typed(fmt, files["json"])
    assert found.exit_code == 1
    assert "a definition as data has no layout; `dsl decompile" in found.stderr
    assert files["json"].read_bytes() == before
    assert "`dsl decompile -` writes its text" in typed(fmt, "-", stdin=before.decode()).stderr


def test_a_definition_is_not_mended(tmp_path: Path) -> None:
    file = tmp_path / "spare.json"
    text = "edition 1\nflow main(spare: int) -> int {\n  let a = 1\n  return 2\n}\n"
    file.write_text(typed(compile_, "-", stdin=text).stdout, encoding="utf-8")
    before = file.read_bytes()
    for more in ([], ["--diff"]):
        found = typed(check, file, "--fix", *more)
        assert "a definition as data is not mended" in found.stderr
        assert file.read_bytes() == before


@pytest.mark.parametrize("command", [check, hash_, compile_, plan, decompile_], ids=lambda each: str(each.name))
def test_what_is_wrong_in_it_is_told_with_its_place(command: Command, files: dict[str, Path]) -> None:
    form = json.loads(files["json"].read_text(encoding="utf-8"))
    form["flows"]["support"]["most"]["tokens"] = 7
    files["json"].write_text(json.dumps(form, indent=2), encoding="utf-8")
    found = typed(command, files["json"])
    assert found.exit_code == (1 if command in (check, decompile_) else 4)
    assert "error[SF003]: 7 stands where the check comes to 60000, at `/flows/support/most/tokens`" in found.stdout
    assert re.search(r'^\d+ \|         "tokens": 7,\n +\| {19}\^$', found.stdout, re.MULTILINE), found.stdout
    assert "this follows from the rest: write 60000" in found.stdout


def test_mistakes_on_the_command_line(tmp_path: Path, files: dict[str, Path]) -> None:
    for command, arguments, said in (
        (compile_, ["none.flow"], "there is no file none.flow"),
        (compile_, [tmp_path], "there is no file"),
        (compile_, [SUPPORT, "--flow", "suport"], "there is no flow `suport`"),
        (compile_, [SUPPORT, "-o", tmp_path / "no" / "x.json"], "cannot be written"),
        (compile_, [files["json"], "-o", files["json"]], "is the file itself"),
        (decompile_, [], "Give a FILE or a HASH, or --run RUN."),
        (decompile_, ["none.yaml"], "there is no file none.yaml, and it is no hash"),
        (decompile_, [SUPPORT], "is no definition as data; `dsl fmt"),
    ):
        found = typed(command, *arguments)
        assert found.exit_code == 2, arguments
        assert said in found.stderr
    assert "choose a flow with --flow: one, two" in typed(compile_, "-", stdin=TWO).stderr
    assert json.loads(typed(compile_, "-", "--flow", "two", stdin=TWO).stdout)["flow"] == "two"


@pytest.mark.parametrize("name", ["empty.json", "empty.yaml"])
def test_an_empty_file(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    found = typed(check, tmp_path / name)
    assert found.exit_code == 1
    assert "error[SF003]" in found.stdout


def test_the_page_shows_what_the_commands_say(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "compile.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    text, back = (block for _, block in blocks if block.startswith("edition 1"))
    (shown,) = (block for language, block in blocks if language == "yaml")
    whole = typed(compile_, "-", "--format", "yaml", stdin=text).stdout
    end = 0
    for part in filter(None, shown.split("…\n")):
        end = whole.index(part, end) + len(part)
    assert typed(decompile_, "-", stdin=whole).stdout == back
    assert page.count(typed(hash_, "-", stdin=text).stdout) == 2
    forged = tmp_path / "thank.yaml"
    forged.write_text(whole.replace("calls: 1", "calls: 2"), encoding="utf-8")
    assert typed(check, forged).stdout.splitlines()[0] in page
