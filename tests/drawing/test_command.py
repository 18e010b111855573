"""`dsl graph` as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dsl.drawing import layout
from dsl.drawing.injecting import BEGIN
from interpreter.cli.commands.graph import graph
from tests.conftest import Golden
from tests.house.checkout import ROOT, committed

FLOWS = """edition 1
tool send(to: text) write keyed final
tool pay(to: text) irreversible keyed final
flow ask(x: text) requires approval { step pay(to: x) }
flow one(x: text) { step send(to: x) }
flow two(x: text) {
  await approval ok "{{ x }}?" { show x from "a" timeout 1h then reject }
  if ok.approved { step ask(x: x) }
}
"""
PAGE = """# A page

<!-- dsl graph flows/one.flow -->
anything
<!-- end dsl graph -->

```
<!-- dsl graph FILE -->
<!-- end dsl graph -->
```
"""
ONE = "edition 1\ntool send(to: text) write keyed final\nflow one(x: text) { step send(to: x) }\n"


def typed(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(graph, list(arguments), input=text)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "one.flow").write_text(ONE)
    path = tmp_path / "README.md"
    path.write_text(PAGE)
    return path


def test_a_flow_is_drawn_as_text_unless_told() -> None:
    shown = typed(str(ROOT / "examples" / "support.flow"))
    assert shown.exit_code == 0
    assert shown.stdout.startswith("flow support(ticket: Ticket) -> Resolution\n  budget 0.50 usd")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.svg", "<svg "),
        ("a.mmd", "%%{init"),
        ("a.dot", "digraph"),
        ("a.gv", "digraph"),
        ("a.json", "{\n"),
        ("a", "flow one"),
    ],
)
def test_the_name_of_the_output_says_the_format(tmp_path: Path, name: str, start: str) -> None:
    done = typed("-", "-o", str(tmp_path / name), text=ONE)
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / name).read_text().startswith(start)
    other = typed("-", "-o", str(tmp_path / name), "--format", "dot", text=ONE)
    assert other.exit_code == 0
    assert (tmp_path / name).read_text().startswith("digraph")


def test_a_flow_is_chosen_where_there_are_several() -> None:
    several = typed("-", text=FLOWS)
    assert several.exit_code == 2
    assert "choose a flow: ask, one, two" in several.stderr
    assert typed("-", "two", text=FLOWS).stdout.startswith("flow two(")
    assert typed("-", "--flow", "two", text=FLOWS).stdout.startswith("flow two(")
    both = typed("-", "two", "--flow", "one", text=FLOWS)
    assert (both.exit_code, "one flow is drawn: two, or one?" in both.stderr) == (2, True)
    unknown = typed("-", "tow", text=FLOWS)
    assert unknown.exit_code == 2
    assert "there is no flow `tow`" in unknown.stderr


def test_one_that_requires_approval_is_drawn_though_it_cannot_be_started() -> None:
    assert "requires approval" in typed("-", "ask", text=FLOWS).stdout


def test_alone_leaves_out_what_is_called() -> None:
    path = str(ROOT / "examples" / "weekly.flow")
    assert "flow one_week(" in typed(path).stdout
    assert "flow one_week(" not in typed(path, "--alone").stdout
    found = json.loads(typed(path, "--alone", "--format", "json").stdout)
    assert [group["id"] for group in found["groups"] if "parent" not in group] == ["flow weekly"]


@pytest.mark.parametrize(
    ("arguments", "text", "code", "said"),
    [
        ((), None, 2, "Missing argument 'FILE'"),
        (("no.flow",), None, 2, "there is no file no.flow"),
        ((str(ROOT / "examples"),), None, 2, "there is no file"),
        (("-",), "", 4, "edition 1"),
        (("-",), "edition 1", 2, "there is no flow in <stdin>"),
        (("-",), "edition 1\nflow one(x: text) { step sned(to: x) }", 4, "sned"),
        (("-", "-o", "/nowhere/at/all.svg"), ONE, 2, "/nowhere/at/all.svg cannot be written: no such file"),
        (("-", "-o", "."), ONE, 2, ". cannot be written: is a directory"),
        (("--check",), None, 2, "--check goes with --inject PAGE"),
        (("-", "--inject", "README.md"), ONE, 2, "give it no FILE"),
        (("--inject", "no.md"), None, 2, "no.md cannot be read: no such file"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], text: str | None, code: int, said: str) -> None:
    done = typed(*arguments, text=text)
    assert done.exit_code == code
    assert said in done.output


def test_without_the_library_svg_says_what_to_do_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "PROGRAM", "no-such-program")
    refused = typed("-", "--format", "svg", text=ONE)
    assert refused.exit_code == 1
    assert "pip install 'steadflow[graph]'" in refused.stderr
    assert all(typed("-", "--format", each, text=ONE).exit_code == 0 for each in ("text", "mermaid", "dot", "json"))


def test_a_library_that_fails_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho out of ideas >&2\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setattr(layout, "_program", lambda: str(broken))
    assert "failed: out of ideas" in typed("-", "--format", "svg", text=ONE).stderr
    broken.chmod(0o644)
    assert "cannot be started: Permission denied" in typed("-", "--format", "svg", text=ONE).stderr


def test_a_page_gets_its_pictures_once(page: Path) -> None:
    would = typed("--inject", str(page), "--check")
    assert would.exit_code == 1
    assert page.read_text() == PAGE
    assert typed("--inject", str(page)).exit_code == 0
    first = page.read_text()
    assert "<!-- dsl graph flows/one.flow -->\n```mermaid\n" in first
    assert "anything" not in first
    assert first.endswith(PAGE[PAGE.index("<!-- end dsl") :])
    assert typed("--inject", str(page)).exit_code == 0
    assert page.read_text() == first
    assert typed("--inject", str(page), "--check").exit_code == 0
    (page.parent / "flows" / "one.flow").write_text(ONE.replace("{ step", "{ sleep 5s step"))
    assert typed("--inject", str(page), "--check").exit_code == 1


def test_line_ends_of_a_page_stay(page: Path) -> None:
    page.write_bytes(PAGE.replace("\n", "\r\n").encode())
    assert typed("--inject", str(page)).exit_code == 0
    data = page.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!-- dsl graph flows/one.flow -->\n", "line 1: there is no <!-- end dsl graph --> after it"),
        ("<!-- end dsl graph -->\n", "line 1: no <!-- dsl graph FILE --> stands before"),
        ("a\n<!-- dsl graph flows/one.flow -->\n<!-- dsl graph flows/one.flow -->\n", "line 2: there is no"),
        ("<!-- dsl graph a b c -->\n<!-- end dsl graph -->\n", "line 1: a picture is asked for as"),
        ("<!-- dsl graph --all a -->\n<!-- end dsl graph -->\n", "line 1: a picture is asked for as"),
        ("<!-- dsl graph 'a -->\n<!-- end dsl graph -->\n", "line 1: no closing quotation"),
        ("<!-- dsl graph no.flow -->\n<!-- end dsl graph -->\n", "there is no file"),
    ],
)
def test_a_marker_that_cannot_be_followed_changes_nothing(page: Path, text: str, said: str) -> None:
    page.write_text(text)
    done = typed("--inject", str(page))
    assert done.exit_code == 2
    assert said in done.stderr
    assert page.read_text() == text


@pytest.mark.slow
def test_another_process_with_another_seed_writes_the_same_bytes() -> None:
    made = set()
    for seed in ("1", "2"):
        arguments = [sys.executable, "-m", "interpreter.cli", "graph", "examples/report.flow", "--format", "svg"]
        done = subprocess.run(
            arguments, cwd=ROOT, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
        )
        made.add(done.stdout)
    assert len(made) == 1


def test_pictures_of_our_pages_are_those_of_their_flows() -> None:
    pages = [ROOT / page for page in committed() if page.suffix == ".md"]
    asking = [page for page in pages if any(map(BEGIN.fullmatch, page.read_text(encoding="utf-8").splitlines()))]
    assert {ROOT / "README.md", ROOT / "docs" / "graph.md"} <= set(asking)
    checked = typed("--check", *(word for page in asking for word in ("--inject", str(page))))
    assert checked.exit_code == 0, checked.stderr


def test_the_documentation_shows_what_the_command_writes(golden: Golden) -> None:
    page = (ROOT / "docs" / "graph.md").read_text(encoding="utf-8")
    assert f"```\n{typed(str(ROOT / 'examples' / 'place_order.flow')).stdout.rstrip()}\n```" in page
    shown = typed(str(ROOT / "examples" / "support.flow"), "--format", "svg").stdout
    golden(ROOT / "docs" / "graph" / "support.svg", shown)
