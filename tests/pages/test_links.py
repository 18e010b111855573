"""Every link in our pages leads somewhere: to a file, and to a heading of it. The site follows the same links."""

import posixpath
from functools import cache

import pytest

from docs.site.contents import LANGUAGE, PAGES
from docs.site.markdown import headings, links, prepared, with_links
from docs.site.places import ELSEWHERE, Places, parts
from tests.house.checkout import ROOT, committed

SOURCES = [path.as_posix() for path in committed() if path.suffix == ".md" and path.parts[:2] != ("tests", "cases")]


@cache
def text(source: str) -> str:
    return (ROOT / source).read_text(encoding="utf-8")


@cache
def slugs(source: str) -> set[str]:
    return {heading.slug for heading in headings(text(source))}


@pytest.mark.parametrize("source", SOURCES)
def test_a_link_leads_somewhere(source: str) -> None:
    astray = []
    for line, link in links(text(source)):
        if link.startswith(ELSEWHERE):
            continue
        path, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else source
        there = (ROOT / target).exists() and not target.startswith("..")
        if not there or (anchor and not (target.endswith(".md") and anchor in slugs(target))):
            astray.append(f"{source}:{line}: {link}")
    assert astray == []


def test_there_are_links() -> None:
    assert sum(len(list(links(text(source)))) for source in SOURCES) > 200


def test_every_page_of_docs_is_in_the_site_once() -> None:
    placed = [page.source for page in PAGES]
    assert len(placed) == len(set(placed))
    assert len({page.target for page in PAGES}) == len(placed)
    assert {source for source in SOURCES if source.startswith("docs/")} - set(placed) == set()


def test_the_parts_of_the_reference_are_the_whole() -> None:
    assert "".join(part.text for part in parts()) == text(LANGUAGE)
    assert set(Places().anchors) == slugs(LANGUAGE)


@pytest.mark.parametrize(
    ("link", "source", "target", "followed"),
    [
        ("../README.md#by-hand", "docs/tour.md", "tour.md", "start.md#by-hand"),
        ("#by-hand", "README.md", "start.md", "#by-hand"),
        ("../grammar/README.md#sleep", "docs/tour.md", "tour.md", "reference/language/statements.md#sleep"),
        ("#files", "grammar/README.md", "reference/language/types.md", "files.md#files"),
        ("support.flow", "examples/README.md", "examples/index.md", "support.md"),
        ("support.json", "examples/README.md", "examples/index.md", "../files/examples/support.json.md"),
        ("../tests/cases", "docs/tour.md", "tour.md", None),
        ("https://example.com/a.md", "docs/tour.md", "tour.md", "https://example.com/a.md"),
    ],
)
def test_a_link_is_followed_into_the_site(link: str, source: str, target: str, followed: str | None) -> None:
    assert Places().followed(link, source, target) == followed


def test_a_link_to_nothing_ends_the_build() -> None:
    with pytest.raises(LookupError):
        Places().followed("nothing.md", "docs/tour.md", "tour.md")


def test_headings_are_known_by_what_github_calls_them() -> None:
    page = "# A `b`: c\n\n```\n# no heading\n```\n\n## `if`, `match`\n\n## A `b` — d\n\n## A b\n\n## A b\n"
    assert [each.slug for each in headings(page)] == ["a-b-c", "if-match", "a-b--d", "a-b", "a-b-1"]


def test_code_is_left_as_it_is() -> None:
    page = "[a](x) `[b](x)`\n\n```\n[c](x)\n```\n\n[`d`](x) [e](y)\n"
    assert [link for _, link in links(page)] == ["x", "x", "y"]
    changed = with_links(page, lambda link: "z" if link == "x" else None)
    assert changed == "[a](z) `[b](x)`\n\n```\n[c](x)\n```\n\n[`d`](z) e\n"


def test_what_a_renderer_reads_otherwise_is_written_out() -> None:
    page = 'So:\n- one\n- two\n\n| `"a" \\| "b"` | x \\| y |\n|---|---|\n\n```flow statements\nsleep 1h\n```\n'
    made = prepared(f"# It\n\n{page}")
    assert made.startswith("# It { #it }\n\nSo:\n\n- one\n- two\n")
    assert '| `"a" | "b"` | x \\| y |' in made
    assert "```flow\nsleep 1h" in made
    assert "```flow\nagent a(x: text)" in prepared("```\nagent a(x: text)\n```\n")
    assert "```\n$ dsl check\n" in prepared("```\n$ dsl check\n```\n")
