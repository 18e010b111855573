"""What others wrote is no markup in a comment: nobody is mentioned, nothing linked, no line, cell or fold forged."""

import re

import pytest
from markdown_it import MarkdownIt

from dsl.analysis import analyse
from dsl.differences.markdown import MOST_SHOWN, code, markdown
from dsl.differences.report import comparison, report
from dsl.differences.sides import side_of
from dsl.differences.text import changed_lines
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
READER = MarkdownIt("commonmark").enable("table")
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


OURS = re.compile(
    r"(</?details>|</?summary>|</?code>|flow main|tool mail\.send|what follows|flows, cost.*?|[ ()\d;&#]|\n)*"
)


@pytest.mark.parametrize("words", HOSTILE)
def test_a_reader_of_markdown_finds_nothing_of_others_outside_of_code(words: str) -> None:
    """As CommonMark with tables reads it: all that is text or HTML is ours, and nothing links or shows anything."""
    page = told("plain", words)
    tokens = [one for token in READER.parse(page) for one in (token, *(token.children or ()))]
    kinds = {each.type for each in tokens}
    assert kinds & {"link_open", "image", "html_inline"} == set()
    assert {each.tag for each in tokens if each.type == "heading_open"} == {"h3"}
    for each in tokens:
        if each.type == "text":
            for forged in ("@", "octocat", "script", "http", "image", "#1", "heading"):
                assert forged not in each.content
        elif each.type == "html_block":
            assert OURS.fullmatch(each.content), each.content
    html = "".join(each.content for each in tokens if each.type == "html_block")
    assert html.count("<details>") == html.count("</details>") > 0


@pytest.mark.parametrize("words", HOSTILE)
def test_a_table_has_its_own_cells_only(words: str) -> None:
    rows = [line for line in told("plain", words).splitlines() if line.startswith("| ")]
    assert rows
    assert {line.count("|") for line in rows} == {5}


def test_a_comment_is_no_longer_than_it_may_be() -> None:
    sides = []
    for words in ("first", "second"):
        steps = "\n".join(
            f'  step s{number} = mail.send(to: to, body: "{words * 30} {number}")' for number in range(80)
        )
        head = "edition 1\ntool mail.send(to: text, body: text) write keyed final\n"
        sides.append(side_of(words, analyse(Source(words, f"{head}flow main(to: text) {{\n{steps}\n}}\n"))))
    made = markdown(comparison([report(*sides)]))
    assert len(made) <= MOST_SHOWN
    assert "more: `dsl diff` shows all" in made


def test_a_long_text_is_shown_where_it_differs() -> None:
    long = "word " * 60
    (gone, one), (come, other) = changed_lines(f"{long}one {long}", f"{long}two {long}")
    assert (gone, come) == ("-", "+")
    assert one == f"…{long[:40].strip()} one {long[:39]}…"
    assert other == one.replace("one", "two")


@pytest.mark.parametrize("text", ["", "`", "``", "a`b", " a ", "`a`", "a\nb"])
def test_a_span_ends_where_it_ends(text: str) -> None:
    made = code(text)
    fence = re.match("`+", made)
    assert fence is not None
    inside = made[len(fence[0]) : -len(fence[0])]
    assert made.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inside)
    assert "\n" not in made
