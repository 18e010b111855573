"""A text is checked once, as long as it and all that it uses stay the same."""

from pathlib import Path

import pytest

from dsl import analysis
from dsl.definition.seal import Sealed
from dsl.source import Source
from interpreter.client.compiling import compile_flow
from interpreter.client.errors import FlowRefused, FlowUnreadable
from interpreter.client.submission import read_source

TEXT = 'edition 1\nflow one(a: int) -> int { return a }\nflow other() -> text { return "other" }\n'
USES = 'edition 1\nuse "parts/rates.flow"\nflow main(a: int) -> int { return a * RATE }\n'


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was really checked."""
    checked: list[str] = []
    really = analysis.analyse

    def analyse(source: Source, *rest: object, **named: object) -> object:
        checked.append(source.name)
        return really(source, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "analyse", analyse)
    return checked


def test_a_text_is_checked_once_for_each_of_its_flows(checks: list[str]) -> None:
    source = Source("once.flow", TEXT)
    one, again, other = (compile_flow(source, flow) for flow in ("one", "one", "other"))
    assert (one, one.flow, other.flow) == (again, "one", "other")
    assert len(checks) == 2
    assert compile_flow(Source("once.flow", TEXT.replace("return a ", "return a + 1 ")), "one").hash != one.hash


def test_what_is_refused_is_refused_each_time(checks: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(FlowRefused):
            compile_flow(Source("wrong.flow", TEXT.replace("return a ", "return b ")), "one")
        with pytest.raises(FlowUnreadable):
            compile_flow(Source("wrong.flow", TEXT), "none")
    assert len(checks) == 4


def project(folder: Path) -> Path:
    (folder / "steadflow.toml").write_text("")
    (folder / "parts").mkdir()
    (folder / "parts" / "rates.flow").write_text("edition 1\nlet RATE = 2\n")
    (folder / "main.flow").write_text(USES)
    return folder / "main.flow"


def compiled(file: Path) -> Sealed:
    return compile_flow(read_source(file), None)


def test_a_change_of_a_file_that_is_used_counts_at_once(tmp_path: Path, checks: list[str]) -> None:
    file = project(tmp_path)
    before = compiled(file)
    assert (compiled(file), len(checks)) == (before, 1)
    (tmp_path / "parts" / "rates.flow").write_text("edition 1\nlet RATE = 3\n")
    after = compiled(file)
    assert (after.hash != before.hash, len(checks)) == (True, 2)
    (tmp_path / "parts" / "rates.flow").unlink()
    with pytest.raises(FlowRefused, match="there is no file"):
        compiled(file)


def test_a_change_of_a_schema_that_a_type_is_from_counts_at_once(tmp_path: Path, checks: list[str]) -> None:
    file = tmp_path / "main.flow"
    file.write_text('edition 1\ntype Size from "size.json"\nflow main(size: Size) -> Size { return size }\n')
    schema = '{"type": "object", "properties": {"n": {"type": "integer", "maximum": %d}}, "required": ["n"]}'
    hashes = []
    for limit in (5, 5, 6):
        (tmp_path / "size.json").write_text(schema % limit)
        hashes.append(compiled(file).hash)
    assert (len(set(hashes)), len(checks)) == (2, 2)


def test_what_stands_in_another_folder_is_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative name means another file where the current folder is another one."""
    hashes = []
    for name, rate in (("a", 2), ("b", 3)):
        (tmp_path / name).mkdir()
        project(tmp_path / name)
        (tmp_path / name / "parts" / "rates.flow").write_text(f"edition 1\nlet RATE = {rate}\n")
        monkeypatch.chdir(tmp_path / name)
        hashes.append(compiled(Path("main.flow")).hash)
    assert hashes[0] != hashes[1]
