"""Every diagnostic code has a page that explains it, and every page a code."""

import re

from dsl.diagnostics.codes import CODES
from tests.house.checkout import ROOT, modules

PAGES = ROOT / "dsl" / "diagnostics" / "explanations"


def test_codes_and_pages_are_the_same() -> None:
    assert {page.stem for page in PAGES.glob("SF*.md")} == set(CODES)


def test_a_page_is_titled_like_its_code() -> None:
    other = {
        page.name: title
        for page in PAGES.glob("SF*.md")
        if CODES[page.stem] not in (title := page.read_text(encoding="utf-8").splitlines()[0])
    }
    assert other == {}


def test_every_code_is_given_somewhere() -> None:
    sources = [(ROOT / path).read_text(encoding="utf-8") for path in modules() if path.name != "codes.py"]
    given = {code for source in sources for code in re.findall(r'"(SF\d{3})"', source)}
    assert set(CODES) - given == set()
    assert given - set(CODES) == set()
