"""What a report says of each example, as text and as JSON; and what others wrote stays theirs in every form of it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from dsl.diagnostics.inert import inert_lines
from dsl.review.document import FILE, document, schema, text
from dsl.review.html_page import html_page
from dsl.review.model import Review
from dsl.review.questions import worded
from dsl.review.text_page import lines
from interpreter.cli.commands.report import report
from tests.conftest import Golden
from tests.examples.example import EXAMPLES, Example
from tests.house.checkout import ROOT
from tests.review.reviewed import of_file, reviewed

CASES = ROOT / "tests" / "cases" / "review"
WIDTHS = (80, 120)
HOSTILE = r"""edition 1
tool pay(to: text) irreversible keyed { compensate none "<script>alert(1)</script> \u{1b}[31m \u{202e}`gone`" }
tool low(q: text) -> text read { queue "</code><img src=x onerror=1>" }
agent judge(q: text) -> text { model "<b>m</b>" prompt "{{ q }}" budget 1k tokens }
## <h1 onclick="x()">Mine</h1> & yours
flow main(q: text) {
  step said = judge(q)
  step seen = low(q: "<a href='javascript:x'>")
  await approval sure "Pay &lt; {{ seen }}?" { show q from "<i>\"leads\"</i>" timeout 1h then reject }
  if sure.approved { step paid = pay(to: q) }
  fail "<style>*{display:none}</style>"
}
"""


CROSSING = """edition 1
tool look(id: text) -> { ill: text sensitive "health", staff: text sensitive "health" } read
tool call(x: text) write keyed final { sees "health" }
tool turn(x: text) write keyed final { sees "health" exclusive by x within 5m }
agent judge(x: text) -> text {
  model "gpt-4o" prompt "{{ x }}" sees "health" budget 4 turns, 20k tokens
  use call after approval sees "health" from "docs" timeout 1h then reject
}
flow main(id: text) -> { said: text sensitive "health" } sees "health" budget 2d, 30k tokens {
  step who = look(id: id)
  if who.ill == "bad" { step call(x: "come") }
  step turn(x: who.ill)
  step said = judge(who.ill)
  await approval ok "Really?" { show who.ill sees "health" from person who.staff timeout 1h then reject }
  if ok.approved { step told = call(x: said) }
  await event news: text from who.ill reply text timeout 2h else { fail "no {{ who.ill }}" }
  respond news who.ill
  exclusive by who.ill within 1m { step more = call(x: news) }
  return { said: mask(who.ill, 1) }
}
"""


def of_example(example: Example, monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.chdir(ROOT)
    return of_file(example.flow, f"examples/{example.flow.name}")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_what_is_said_of_an_example(example: Example, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    found = of_example(example, monkeypatch)
    page = worded(found)
    golden(CASES / f"{example.name}.txt", "".join(f"{line}\n" for line in lines(page)))
    data = document(found)
    golden(CASES / f"{example.name}.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    assert list(Draft202012Validator(schema()).iter_errors(data)) == []
    for width in WIDTHS:
        assert [line for line in lines(page, width) if len(line) > width and " " in line.strip()[20:]] == []
    for section in page.sections:
        assert f'<section id="{section.key}">' in html_page(page)


def test_evidence_is_the_line_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of one that is used by it."""
    (example,) = (each for each in EXAMPLES if each.name == "welcome")
    files = set()
    for section in worded(of_example(example, monkeypatch)).sections:
        for place in (place for item in section.items for place in item.evidence):
            files.add(place.file)
            assert place.text == (ROOT / place.file).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()
            assert place.text
    assert files == {"examples/welcome.flow", "examples/lib/customers.flow", "examples/lib/letters.flow"}


def test_the_schema_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "`python -m dsl.review.document` writes it anew"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_others_wrote_is_shown_and_never_obeyed() -> None:
    found = reviewed(HOSTILE, name="<script>.flow")
    assert found is not None
    page = html_page(worded(found))
    tags = _Tags()
    tags.feed(page)
    ours = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "nav", "ol", "ul", "li", "a"}
    assert tags.tags <= ours | {"main", "section", "table", "thead", "tbody", "tr", "td", "th", "code"}
    assert tags.attributes <= {"charset", "lang", "http-equiv", "content", "name", "href", "id", "class", "scope"}
    assert "<script>alert(1)</script>" in tags.text
    assert re.findall(r'href="(?!#)', page) == []
    shown = "\n".join(lines(worded(found)))
    for form in (shown, page):
        assert inert_lines(form) == form
    assert "\\u001b[31m \\u202e" in shown


def test_every_way_in_which_something_sensitive_leaves_has_its_name() -> None:
    found = reviewed(CROSSING)
    assert found is not None
    crossed = {(each.to, each.name, each.by) for each in found.data.crossings}
    assert crossed >= {
        ("tool", "call", "value"),
        ("tool", "call", "reached"),
        ("tool", "turn", "value"),
        ("model", "judge", "value"),
        ("approval", "ok", "value"),
        ("gate", "call", "value"),
        ("failure", "main", "value"),
        ("reply", "main", "value"),
        ("lock", "main", "value"),
        ("event", "main", "value"),
        ("asked", "main", "value"),
    }
    assert {each.name for each in found.data.sensitive} == {"look.ill", "look.staff", "main.said"}
    assert len(found.data.masks) == 1


def test_each_question_has_an_answer_where_there_is_nothing_to_say() -> None:
    found = reviewed("edition 1\nflow main() {}\n")
    assert found is not None
    page = worded(found)
    assert len(page.sections) == 9
    assert all(section.answer for section in page.sections)
    assert [item for section in page.sections for item in section.items] == []


def test_the_documentation_shows_the_report_of_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = typed("examples/refund.flow")
    assert f"```\n{shown.stdout.rstrip()}\n```" in (ROOT / "docs" / "report.md").read_text(encoding="utf-8")


def test_what_the_deployment_gives_is_said_to_be_in_no_hash() -> None:
    text = 'edition 1\nconfig region: text = "eu"\nconfig idle: int = 1\nflow main() -> text { return region }\n'
    found = reviewed(text)
    assert found is not None
    assert [each.name for each in found.contacts.config] == ["region"]


def typed(*arguments: str, text: str = "edition 1\nflow main() {}\n") -> Result:
    return CliRunner().invoke(report, list(arguments), input=text)


def test_it_is_written_in_the_form_that_the_file_says(tmp_path: Path) -> None:
    flow = tmp_path / "a.flow"
    flow.write_text("edition 1\nflow main() {}\n")
    for name, begins in (("a.html", "<!doctype html>"), ("a.json", '{\n  "version": 1'), ("a.txt", "flow main\n")):
        ended = typed(str(flow), "-o", str(tmp_path / name))
        assert (ended.exit_code, ended.output) == (0, "")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins), name
    assert typed("-", "--json").stdout.startswith("{")
    assert typed("-", "--html").stdout.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "text", "code", "said"),
    [
        (("-", "--html", "--json"), "edition 1\nflow main() {}\n", 2, "Choose one"),
        (("-", "--flow", "other"), "edition 1\nflow main() {}\n", 2, "there is no flow `other`"),
        (("-",), "edition 1\nflow main() { step x = y() }\n", 4, "SF101"),
        (("-",), "edition 1\nflow a() {}\nflow b() {}\n", 2, "choose a flow with --flow: a, b"),
        (("none.flow",), "", 2, "there is no file none.flow"),
        (("-", "-o", "nowhere/a.html"), "edition 1\nflow main() {}\n", 2, "cannot be written"),
    ],
)
def test_what_cannot_be_reported_is_said(arguments: tuple[str, ...], text: str, code: int, said: str) -> None:
    ended = typed(*arguments, text=text)
    assert (ended.exit_code, said in ended.output) == (code, True), ended.output


def test_a_flow_is_not_written_over(tmp_path: Path) -> None:
    flow = tmp_path / "a.flow"
    flow.write_text("edition 1\nflow main() {}\n")
    ended = typed(str(flow), "--html", "-o", str(flow))
    assert (ended.exit_code, "is the flow itself" in ended.output) == (2, True)
    assert flow.read_text() == "edition 1\nflow main() {}\n"


GROUPS = """edition 1
type Team = "a" | "b"
let BOSS = "board"
flow main(t: Team, who: text) -> bool {
  await approval ok "Go?" {
    from 2 of group t, "c", group BOSS, person who timeout 1h then ask
    from all of group t, "c" timeout 1h then ask
    from group (if t == "a" then "x" else "y") timeout 1h then reject
  }
  return ok.approved
}
"""


def test_all_groups_are_named_that_data_may_choose() -> None:
    found = reviewed(GROUPS)
    assert found is not None
    shown = " ".join(" ".join(lines(worded(found))).split())
    assert '2 people of "c", "board", the group `t` ("a" or "b") or the person `who` within 1h' in shown
    assert 'one of each of "c" and the group `t` ("a" or "b") within 1h' in shown
    assert 'somebody of the group `if t == "a" then "x" else "y"` ("x" or "y") within 1h' in shown
