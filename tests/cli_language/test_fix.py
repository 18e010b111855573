"""`dsl check --fix`: what can be mended is, and nothing becomes worse by it."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dsl.analysis import analyse
from dsl.cli import replacing
from dsl.cli.check import check
from dsl.cli.compile import compile_
from dsl.cli.explain import explain
from dsl.cli.mending import as_bytes, mended
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.explain import explanation
from dsl.linking.project import text_of
from dsl.source import Source, Span
from tests.house.checkout import ROOT

FLAWED = """edition 1

tool crm.find(id: text) -> { name: text } read

# Kept   as it  is.
flow main(order: text) -> text {
  step found = crm.fnd(id: ordr)   # here too
  return "{{ fuond.name }}"
}
"""
MENDED = FLAWED.replace("fnd", "find").replace("ordr", "order").replace("fuond", "found")
HOPELESS = "edition 1\n\nflow lost(name: text) -> text { return y }\n"
GOOD = "edition 1\n\nflow fine(name: text) -> text { return name }\n"
LINES = (
    "flawed.flow:7:16: SF101 `crm.fnd` → `crm.find`\n"
    "flawed.flow:7:28: SF101 `ordr` → `order`\n"
    "flawed.flow:8:14: SF101 `fuond` → `found`\n"
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "STEADFLOW_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"flawed": FLAWED, "hopeless": HOPELESS, "good": GOOD}.items():
        Path(f"{name}.flow").write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(check, arguments, input=stdin)


def test_what_can_be_mended_is_and_the_rest_is_told() -> None:
    result = run("--fix", ".", "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout == "hopeless.flow:3:40: SF101 there is no name `y`\n"
    assert result.stderr == LINES + "3 problems mended in 1 file: 3 SF101\n1 error in 3 files\n"
    assert Path("flawed.flow").read_text(encoding="utf-8") == MENDED
    assert Path("hopeless.flow").read_text(encoding="utf-8") == HOPELESS


def test_where_all_is_mended_it_ends_with_0() -> None:
    result = run("--fix", "flawed.flow", "good.flow")
    assert (result.exit_code, result.stdout) == (0, "")
    again = run("--fix", "flawed.flow", "good.flow")
    assert (again.exit_code, again.stderr) == (0, "nothing to mend\nno problems in 2 files\n")


def test_a_diff_writes_nothing() -> None:
    result = run("--fix", "--diff", ".")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == ["--- flawed.flow", "+++ flawed.flow"]
    assert "+  step found = crm.find(id: order)   # here too\n" in result.stdout
    assert result.stderr == LINES + "3 problems would be mended in 1 file: 3 SF101\n"
    assert Path("flawed.flow").read_text(encoding="utf-8") == FLAWED


@pytest.mark.parametrize(("file", "code"), [("flawed.flow", 1), ("hopeless.flow", 1), ("good.flow", 0)])
def test_a_diff_ends_with_0_only_where_there_is_nothing(file: str, code: int) -> None:
    assert run("--fix", "--diff", file).exit_code == code


def test_standard_input_is_shown_only() -> None:
    assert "+  step found = crm.find(id: order)" in run("--fix", "--diff", "-", stdin=FLAWED).stdout
    assert run("--fix", "-", stdin=FLAWED).exit_code == 2
    assert run("--diff", "flawed.flow").exit_code == 2


def test_an_answer_that_is_known_is_mended_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STEADFLOW_NO_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run("flawed.flow").stderr == "3 errors in 1 file\n"
    assert run("--fix", "flawed.flow").stderr.endswith("3 problems mended in 1 file: 3 SF101\nno problems in 1 file\n")


def test_line_ends_and_mark_stay() -> None:
    windows = b"\xef\xbb\xbf" + FLAWED.replace("\n", "\r\n").encode()
    Path("flawed.flow").write_bytes(windows)
    assert run("--fix", "flawed.flow").exit_code == 0
    assert Path("flawed.flow").read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()


def test_what_somebody_else_writes_meanwhile_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing.os, "access", lambda *_: False)
    result = run("--fix", "flawed.flow", "good.flow")
    assert result.exit_code == 1
    assert "flawed.flow: it cannot be written: permission denied\n" in result.stderr
    assert result.stderr.endswith("nothing to mend\n3 errors in 2 files\n")
    assert Path("flawed.flow").read_text(encoding="utf-8") == FLAWED


def test_a_file_that_is_no_text_is_told_with_the_rest() -> None:
    Path("bad.flow").write_bytes(b"\xff")
    result = run("--fix", "bad.flow", "flawed.flow")
    assert result.exit_code == 1
    assert "error[SF003]" in result.stdout
    assert Path("flawed.flow").read_text(encoding="utf-8") == MENDED


def test_a_definition_as_data_is_left() -> None:
    """Its text is in no file."""
    page = explanation("SF010")
    assert page is not None
    Path("good.flow").write_text(page.bad)
    compiled = CliRunner().invoke(compile_, ["good.flow"])
    assert compiled.exit_code == 0
    Path("good.json").write_text(compiled.stdout)
    assert json.loads(run("good.json", "--format", "json").stdout)["diagnostics"][0]["fix"] is not None
    assert run("--fix", "good.json").stderr.startswith("good.json: a definition as data is not mended")
    assert Path("good.json").read_text() == compiled.stdout


def test_the_page_shows_what_is_printed() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    ((shown,), (found,)) = (re.findall(rf"^\$ dsl {line}\n(.*?)^```", page, re.MULTILINE | re.DOTALL) for line in PAGE)
    support = (ROOT / "examples" / "support.flow").read_text(encoding="utf-8")
    Path("flows").mkdir()
    Path("flows/support.flow").write_text(support.replace("if verdict.kind", "if vredict.kind"), encoding="utf-8")
    assert run("--fix", "flows/").stderr == shown
    assert CliRunner().invoke(explain, ["without", "gate"]).stdout == found


PAGE = ("check --fix flows/", "explain without gate")


def wrong(message: str, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic("SF101", message, Label(Span(0, 0)), fix=fix)


def test_what_makes_another_mistake_is_not_taken() -> None:
    """Though there are fewer afterwards."""
    before = [wrong("a", Fix(Span(0, 1), "x")), wrong("b"), wrong("c")]
    assert mended("abc", before, lambda _: [wrong("another")]).text == "abc"
    assert mended("abc", before, lambda _: [wrong("b"), wrong("c"), wrong("c")]).text == "abc"
    assert mended("abc", before, lambda _: [wrong("c"), wrong("b; and 3 more messages")]).text == "xbc"


def test_of_fixes_that_fail_together_those_are_taken_that_help_alone() -> None:
    def tells(text: str) -> Sequence[Diagnostic]:
        found = [wrong(letter, Fix(Span(at, at + 1), "-")) for at, letter in enumerate(text) if letter in "abc"]
        return [*found, wrong("b is needed")] if "b" not in text else found

    result = mended("abc", tells("abc"), tells)
    assert (result.text, [each.before for each in result.applied]) == ("-b-", ["a", "c"])


def test_fixes_that_touch_each_other_come_one_after_the_other() -> None:
    def tells(text: str) -> Sequence[Diagnostic]:
        return [wrong(f"{at}", Fix(Span(at, at + 2), "..")) for at in range(len(text) - 1) if text[at : at + 2] == "xx"]

    assert mended("xxx", tells("xxx"), tells).text == "..x"
    assert mended("xx xx", tells("xx xx"), tells).text == ".. .."


CASES = sorted((ROOT / "tests" / "cases" / "checks").glob("*/*.flow"))[::9]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_no_text_of_the_cases_becomes_worse(case: Path) -> None:
    """What is left was there before, and mending again changes nothing."""

    def found_in(text: str) -> Sequence[Diagnostic]:
        return analyse(Source("case.flow", text)).diagnostics

    text = case.read_text(encoding="utf-8")
    before = found_in(text)
    result = mended(text, before, found_in)
    said = [Counter((each.code, each.message) for each in found) for found in (before, result.left)]
    assert not said[1] - said[0]
    assert said[1].total() <= said[0].total() - bool(result.applied)
    assert list(result.left) == list(found_in(result.text))
    assert mended(result.text, result.left, found_in).text == result.text


@pytest.mark.parametrize("before", [b"", b"a", b"a\r\nb\nc\r\n", b"\xef\xbb\xbfa\r\n\r\nb", b"a\r\r\nb\r", b"\r\n" * 5])
@pytest.mark.parametrize("changed", ["", "a", "a\nb\nc\n", "x\na\ny\nb\nz", "a\n\n\n\nb", "\n" * 9, "b\r", "é"])
def test_bytes_hold_the_changed_text(before: bytes, changed: str) -> None:
    text = text_of(before)
    assert as_bytes(before, text, text) == before
    assert text_of(as_bytes(before, text, changed)) == changed


def test_mixed_line_ends_stay_where_nothing_changed() -> None:
    before = b"a\r\nb\nc\r\nd\n"
    assert as_bytes(before, text_of(before), "a\nB\nc\nd\n") == b"a\r\nB\nc\r\nd\n"
    assert as_bytes(before, text_of(before), "a\nc\nd\n") == b"a\r\nc\r\nd\n"
