"""What `dsl check` keeps: it answers at once where nothing has changed, and anew where anything has."""

import ast
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import dsl.analysis
from dsl.cli.check import check
from dsl.cli.kept import answers as kept
from dsl.cli.kept.answers import SWITCH, Answers
from dsl.cli.kept.stamps import LIBRARIES, PACKAGE, of_program
from dsl.diagnostics.reports import FORMATS
from dsl.models.beside import VARIABLE

LIBRARY = "edition 1\n\ntool fetch(id: text) -> { name: text } read\n"
MAIN = """edition 1

use "lib.flow"

type Order from "order.json"

agent reader(order: Order) -> text {
  model "ours/fast"
  prompt "{{ order.id }}"
}

flow main(order: Order) -> text {
  step found = fetch(id: order.id)
  step said = reader(order)
  return "{{ found.name }} {{ said }}"
}
"""
SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
SETTINGS = '[models."ours/fast"]\nlike = "gpt-4o"\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "STEADFLOW_DEBUG", SWITCH, VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project" / "flows"
    folder.mkdir(parents=True)
    (tmp_path / "project" / "steadflow.toml").write_text(SETTINGS)
    (folder / "lib.flow").write_text(LIBRARY)
    (folder / "order.json").write_text(json.dumps(SCHEMA))
    (folder / "main.flow").write_text(MAIN)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def found_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were analysed."""
    names: list[str] = []
    analyse = dsl.analysis.analyse

    def counted(source: Any, *more: Any) -> Any:
        names.append(source.name)
        return analyse(source, *more)

    monkeypatch.setattr(dsl.analysis, "analyse", counted)
    return names


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(check, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def said(*arguments: str) -> tuple[int, str, str]:
    result = run(*arguments)
    return result.exit_code, result.stdout, result.stderr


def places() -> list[Path]:
    return sorted(Path(os.environ["XDG_CACHE_HOME"], "steadflow", "check").glob("*"))


def test_what_has_not_changed_is_not_found_out_again(found_out: list[str]) -> None:
    assert said("main.flow") == (0, "", "no problems in 1 file\n")
    assert said("main.flow") == (0, "", "no problems in 1 file\n")
    assert found_out == ["main.flow"]
    run("main.flow", "--no-cache")
    assert found_out == ["main.flow"] * 2


def test_nothing_is_kept_where_that_is_switched_off(found_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "1")
    run("main.flow")
    run("main.flow")
    assert (len(found_out), places()) == (2, [])


def rewrite(name: str, old: str, new: str) -> None:
    text = Path(name).read_text()
    assert old in text
    Path(name).write_text(text.replace(old, new))


def other_link() -> None:
    """Another file under the same name, with no change to either."""
    Path("lib.flow").rename("first.flow")
    Path("second.flow").write_text(LIBRARY.replace("name: text", "other: text"))
    Path("lib.flow").symlink_to("second.flow")


CHANGES: dict[str, Callable[[], object]] = {
    "the file": lambda: rewrite("main.flow", "found.name", "found.nmae"),
    "a file that it uses": lambda: rewrite("lib.flow", "name: text", "other: text"),
    "a file that it uses is gone": lambda: Path("lib.flow").unlink(),
    "a file that it uses is another one": other_link,
    "a schema": lambda: rewrite("order.json", '"id"', '"number"'),
    "what is said of models": lambda: Path("../steadflow.toml").write_text(""),
    "what is said of models is gone": lambda: Path("../steadflow.toml").rename("../other.toml"),
    "what is said of models nearer": lambda: Path("steadflow.toml").write_text("[models.m]\ninput = 1\noutput = 1\n"),
    "the environment": lambda: os.environ.update({VARIABLE: '[models."ours/fast"]\nrefuses = ["strict"]\n'}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_an_answer_depends_on(
    change: Callable[[], object], found_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = said("main.flow")
    monkeypatch.setenv(VARIABLE, "")
    change()
    assert said("main.flow") == said("main.flow", "--no-cache") != before or change is CHANGES["the environment"]
    assert len(found_out) == 3


def test_settings_in_a_file_that_the_environment_names(found_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("../models.toml").write_text('[models."ours/fast"]\nlike = "gpt-4o"\n')
    Path("../steadflow.toml").write_text("")
    monkeypatch.setenv(VARIABLE, "../models.toml")
    assert run("main.flow").exit_code == 0
    Path("../models.toml").write_text("")
    assert "SF406" in run("main.flow", "--format", "concise").stdout
    assert len(found_out) == 2


def test_whether_others_use_what_it_declares(found_out: list[str]) -> None:
    Path("lib.flow").write_text(LIBRARY + "\nflow own() -> int { return 1 }\n")
    Path("main.flow").rename("main.text")
    assert "SF608" in run("lib.flow", "--format", "concise").stdout
    Path("main.text").rename("main.flow")
    assert said("lib.flow") == (0, "", "no problems in 1 file\n")
    assert said("lib.flow") == (0, "", "no problems in 1 file\n")
    Path("main.flow").rename("main.text")
    assert "SF608" in run("lib.flow", "--format", "concise").stdout
    assert found_out == ["lib.flow"] * 3


def test_what_was_looked_for_in_vain_is_not_kept(found_out: list[str]) -> None:
    rewrite("main.flow", '"lib.flow"', '"libs.flow"')
    assert "did you mean" in run("main.flow").stdout
    Path("libs.flow").write_text(LIBRARY)
    assert run("main.flow").exit_code == 0
    assert len(found_out) == 2


def test_a_project_that_begins_elsewhere(found_out: list[str], project: Path) -> None:
    rewrite("main.flow", '"lib.flow"', '"../lib.flow"')
    Path("lib.flow").rename("../lib.flow")
    assert run("main.flow").exit_code == 0
    (project / "pyproject.toml").touch()
    assert "leads out of the project" in run("main.flow").stdout
    assert len(found_out) == 2


def test_another_name_of_the_file_is_another_answer(found_out: list[str], project: Path) -> None:
    rewrite("main.flow", "found.name", "found.nmae")
    assert run("main.flow", "--format", "concise").stdout.startswith("main.flow:15:")
    assert run(str(project / "main.flow"), "--format", "concise").stdout.startswith(f"{project}/main.flow:15:")
    assert len(found_out) == 2


@pytest.mark.parametrize("form", FORMATS)
def test_a_known_answer_is_told_as_a_new_one(form: str, found_out: list[str]) -> None:
    """With places in other files, second places, help and fixes; and warnings under --strict."""
    rewrite("main.flow", "found.name", "found.nmae")
    rewrite("lib.flow", "read\n", "read\ntool twice() -> text raed\ntool twice() read\n")
    Path("warned.flow").write_text("edition 1\n\ntool a() -> text read\n\nflow f() { step b = a() }\n")
    Path("wide.flow").write_text('edition 1\n\nflow g() -> text { return "𝒳é" + nmae }\n')
    new = said(".", "--format", form, "--no-cache")
    assert said(".", "--format", form) == new
    assert said(".", "--format", form) == new
    assert len(found_out) == 8
    assert (said("warned.flow")[0], said("warned.flow", "--strict")[0]) == (0, 1)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    shutil.copytree(Path(PACKAGE) / "checks", tmp_path / "dsl")
    return tmp_path / "dsl"


def test_another_program_has_other_answers(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of_program(str(package))
    assert of_program(str(package)) == before
    file = package / "turns.py"
    known = file.stat()
    text = file.read_text()
    file.write_text(text.replace("a", "b", 1))
    os.utime(file, ns=(known.st_atime_ns, known.st_mtime_ns))  # as large and as old as it was
    changed = of_program(str(package))
    assert changed != before
    (package / "new.py").touch()
    assert of_program(str(package)) not in (before, changed)
    file.unlink()
    library = package / "lark" / "__init__.py"
    library.parent.mkdir()
    library.touch()
    without = of_program(str(package / "lark"))
    monkeypatch.syspath_prepend(str(package))
    assert of_program(str(package / "lark")) != without


ROOMS = ("ast", "checks", "diagnostics", "expressions", "linking", "models", "semantics", "syntax", "values")


def test_the_libraries_that_decide_what_a_text_means_are_known() -> None:
    """All that a check imports and Python does not bring."""
    files = [Path(PACKAGE) / "analysis.py", *(file for room in ROOMS for file in (Path(PACKAGE) / room).rglob("*.py"))]
    imported = {
        name.partition(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _names_in(node)
    }
    assert imported - sys.stdlib_module_names - {"dsl"} == set(LIBRARIES)


def _names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def test_the_program_is_in_the_key(found_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run("main.flow")
    monkeypatch.setattr(kept, "of_program", lambda: "another version")
    run("main.flow")
    assert len(found_out) == 2


def cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-20])


def changed(place: Path) -> None:
    place.write_bytes(place.read_bytes().replace(b"SF105", b"SF104"))


def of_another(place: Path) -> None:
    """An answer in the place of another one: whole, and about something else."""
    run("lib.flow")
    other = next(each for each in places() if each != place)
    place.write_bytes(other.read_bytes())


def a_folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def a_pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place, 0o600)


def a_link(place: Path) -> None:
    place.rename(place.with_name("elsewhere"))
    place.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        changed,
        of_another,
        a_folder,
        a_pipe,
        a_link,
        lambda place: place.write_bytes(b""),
        lambda place: place.write_bytes(os.urandom(1000)),
        lambda place: place.chmod(0o666),
        lambda place: place.parent.chmod(0o777),
    ],
)
def test_what_is_damaged_or_may_be_of_others_is_not_believed(
    damage: Callable[[Path], object], found_out: list[str]
) -> None:
    rewrite("main.flow", "found.name", "found.nmae")
    new = said("main.flow")
    (place,) = places()
    damage(place)
    found_out.clear()
    assert said("main.flow") == new
    assert found_out == ["main.flow"]


def test_a_folder_that_cannot_be_written(found_out: list[str], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    assert run("main.flow").exit_code == 0
    assert run("main.flow").exit_code == 0
    assert len(found_out) == 2


def test_no_home(found_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert run("main.flow").exit_code == 0
    assert not Path("relative").exists()


def test_room_is_made_now_and_then(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looked: list[str] = []
    monkeypatch.setattr(kept, "_make_room", looked.append)
    for key, times in (("1" * 64, 0), ("0" * 64, 1)):
        answers = Answers(str(tmp_path / "kept"))
        answers.keep(key, kept.Answer([], [], [], None))
        answers.close()
        assert len(looked) == times


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LOOKED_AFTER", "")
    monkeypatch.setattr(kept, "MOST_FILES", 8)
    for number in range(12):
        Path(f"f{number}.flow").write_text(f"edition 1\n\nflow f{number}() -> int {{ return {number} }}\n")
        run(f"f{number}.flow")
        assert len(places()) <= 8
    newest = Answers()
    name, text = "f11.flow", Path("f11.flow").read_text()
    assert newest.look_up(name, newest.key(name, text) or "") is not None
    monkeypatch.setattr(kept, "MOST_BYTES", 1000)
    run("main.flow")
    assert sum(each.stat().st_size for each in places()) <= 1000
    monkeypatch.setattr(kept, "LARGEST", 10)
    before = places()
    run("lib.flow")
    assert places() == before


def test_settings_that_are_written_while_it_is_checked(found_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    counted = dsl.analysis.analyse

    def meanwhile(*given: Any) -> Any:
        Path("../steadflow.toml").write_text("")
        return counted(*given)

    monkeypatch.setattr(dsl.analysis, "analyse", meanwhile)
    assert run("main.flow").exit_code == 0
    assert places() == []
