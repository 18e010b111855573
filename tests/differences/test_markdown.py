"""What others wrote is no markup in a comment: nobody is mentioned, nothing linked, no line, cell or fold forged."""

import re

import pytest

from dsl.analysis import analyse
from dsl.differences.markdown import MOST_SHOWN, code, markdown
from dsl.differences.report import comparison, report
from dsl.differences.sides import side_of
from dsl.source import Source

FLOW = """edition 1

tool mail.send(to: text, body: text) write keyed final

flow main(to: text) -> text {{
  step sent = mail.send(to: to, body: {})
  await approval sure {} {{
    from {} timeout 1h then reject
  }}
  return "done"
}}
"""
HOSTILE = [
    "@octocat please merge",
    "```\\n# heading\\n@octocat",
    "` @octocat ` `` ``` ```` ",
    "</details><script>alert(1)</script>",
    "| a | b |\\n|---|---|",
    "\\\\| @octocat \\\\\\\\| `",
    "[text](https://example.com) ![image](https://example.com/x.png)",
    "\\u{D}\\n\\u{D}\\n@octocat",
    "<!-- ",
    "https://example.com/issues/1 #1 GH-1",
    "~~~\\n@octocat\\n~~~",
    "\\u{2028}@octocat\\u{85}@octocat",
]


def told(before: str, after: str) -> str:
    sides = []
    for words in (before, after):
        analysis = analyse(Source("a.flow", FLOW.format(f'"{words} x"', f'"{words} y"', f'"g {words}"')))
        assert analysis.ok, [each.message for each in analysis.diagnostics]
        sides.append(side_of(f"{words}.flow", analysis))
    return markdown(comparison([report(*sides)]))


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_outside_of_code_is_of_others(words: str) -> None:
    outside = _outside(told("plain", words))
    for forged in ("@", "octocat", "script", "http", "heading", "<!--", "#1", "image", "~~~"):
        assert forged not in outside.replace("### ", "")
    assert outside.count("<details>") == outside.count("</details>") > 0


@pytest.mark.parametrize("words", HOSTILE)
def test_a_table_has_its_own_cells_only(words: str) -> None:
    rows = [line for line in told("plain", words).splitlines() if line.startswith("| ")]
    assert rows
    assert {line.count("|") for line in rows} == {5}


def test_a_comment_is_no_longer_than_it_may_be() -> None:
    sides = []
    for words in ("first", "second"):
        steps = "\n".join(f'  step s{number} = mail.send(to: to, body: "{words} {number}")' for number in range(350))
        head = "edition 1\ntool mail.send(to: text, body: text) write keyed final\n"
        sides.append(side_of(words, analyse(Source(words, f"{head}flow main(to: text) {{\n{steps}\n}}\n"))))
    made = markdown(comparison([report(*sides)]))
    assert len(made) <= MOST_SHOWN
    assert "more: `dsl diff` shows all" in made


@pytest.mark.parametrize("text", ["", "`", "``", "a`b", " a ", "`a`", "a\nb"])
def test_a_span_ends_where_it_ends(text: str) -> None:
    made = code(text)
    fence = re.match("`+", made)
    assert fence is not None
    inside = made[len(fence[0]) : -len(fence[0])]
    assert made.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inside)
    assert "\n" not in made


def _outside(page: str) -> str:
    """The page without fences and spans, as CommonMark reads them: a span ends at as many backticks as it begins."""
    left: list[str] = []
    fence = ""
    for line in page.splitlines():
        opened = re.match(r" *(`{3,})", line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opened and "`" not in line.strip().lstrip("`"):
            fence = opened[1]
        else:
            left.append(_without_spans(line))
    assert fence == ""
    return "\n".join(left)


def _without_spans(line: str) -> str:
    found, at = "", 0
    for run in re.finditer("`+", line):
        if run.start() < at:
            continue
        end = next((each for each in re.finditer("`+", line[run.end() :]) if each[0] == run[0]), None)
        if end is not None:
            found += line[at : run.start()]
            at = run.end() + end.end()
    return found + line[at:]
