"""The site as `make site` builds it: links and anchors hold, nothing is foreign, flow text is coloured."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs.site.generated import examples
from dsl.diagnostics.codes import CODES
from tests.house.checkout import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not os.environ.get("STEADFLOW_NEEDS_SITE") and importlib.util.find_spec("zensical") is None,
        reason="`make site` installs what the site is built with",
    ),
]

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""What a browser fetches by itself, and from where."""


@dataclass
class Read(HTMLParser):
    """What a page links to, what it loads, and the ids that it has."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in LOADED and LOADED[tag] in found:
            self.loads.append(found[LOADED[tag]])


def built(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "docs.site", str(folder)], cwd=ROOT, check=True, timeout=180)
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Read]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        found[path] = Read()
        found[path].feed(path.read_text(encoding="utf-8"))
    assert len(found) > 150
    return found


def followed(pages: dict[Path, Read], page: Path, links: list[str]) -> Iterator[tuple[str, Path, str]]:
    """Of the links that lead into the site: the file and the anchor."""
    for link in links:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc:
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            yield link, target / "index.html" if target.is_dir() else target, unquote(parts.fragment)


def test_links_and_anchors_lead_somewhere(pages: dict[Path, Read], site: Path) -> None:
    astray = [
        f"{page.relative_to(site)}: {link}"
        for page, read in pages.items()
        if page.name != "404.html"
        for link, target, anchor in followed(pages, page, read.links + read.loads)
        if not target.is_file() or (anchor and target in pages and anchor not in pages[target].ids)
    ]
    assert astray == []


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Read], site: Path) -> None:
    foreign = {link for read in pages.values() for link in read.loads if urlsplit(link).netloc}
    assert foreign == set()
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']*", text) == [], sheet
    for picture in site.rglob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert re.findall(r"(?:href|src)=\"(?:https?:)?//[^\"]*|@import", text) == [], picture


def test_an_example_has_its_text_its_picture_its_plan_and_its_report(pages: dict[Path, Read], site: Path) -> None:
    for name, _ in examples():
        page = site / "examples" / f"{name}.html"
        expected = {"the-text", "the-picture", "what-it-may-come-to", "what-an-approver-is-told", "spend", "ends"}
        assert expected <= pages[page].ids, name
        assert f"pictures/{name}.svg" in pages[page].loads, name


def test_every_code_has_its_page(pages: dict[Path, Read], site: Path) -> None:
    assert [code for code in CODES if site / "codes" / f"{code}.html" not in pages] == []


def test_flow_text_has_its_colours(site: Path) -> None:
    example = (site / "examples" / "support.html").read_text(encoding="utf-8")
    assert '<span class="kd">flow</span>' in example
    assert '<span class="nf">support</span>' in example
    for path in [*(site / "examples").glob("*.html"), *(site / "reference").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        flow = re.findall(r'<div class="language-flow highlight">.*?</div>', text, re.DOTALL)
        assert [block for block in flow if 'class="err"' in block] == [], path


def test_what_is_searched_lies_beside_the_pages(site: Path) -> None:
    assert (site / "iframe-worker.js").is_file()
    assert "compensate" in (site / "search.js").read_text(encoding="utf-8")


@pytest.mark.soak
def test_the_same_checkout_gives_the_same_site(site: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    files = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == set(files)
    assert [str(path) for path, data in files.items() if (again / path).read_bytes() != data] == []
