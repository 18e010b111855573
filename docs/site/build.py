"""The sources of the site, for the program that makes HTML of them.

The same checkout gives the same files. What a link leads to is found here, so one that leads nowhere ends the build.
"""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from docs.site import generated
from docs.site.contents import CODES, EXAMPLES, EXPLANATIONS, HOME, HOW_TO, PAGES, PROJECT, REFERENCE, START, text_of
from docs.site.markdown import prepared, with_links
from docs.site.places import EXPLANATIONS as EXPLAINED
from docs.site.places import Places, parts
from dsl.diagnostics.codes import CODES as EVERY_CODE

HERE = Path(__file__).parent
Written = tuple[str, str, str]
"""The place of a page in the site, the file that its links are those of, and its text."""


def gather(folder: Path) -> None:
    """Write `pages`, `theme` and `mkdocs.yml` into `folder`, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = folder / "pages"
    places = Places()
    for target, source, text in _pages():
        _write(pages / target, prepared(with_links(text, partial(places.followed, source=source, target=target))))
    for path in sorted(places.shown):
        _write(pages / places.shown[path], generated.shown(path))
    for path in sorted(places.copied):
        _write(pages / path, text_of(path))
    for name, _ in generated.examples():
        _write(pages / "examples" / "pictures" / f"{name}.svg", generated.picture(name))
    for asset in ("site.css", "iframe-worker.js"):
        shutil.copy(HERE / asset, pages / asset)
    shutil.copytree(HERE / "theme", folder / "theme")
    settings = yaml.safe_load((HERE / "mkdocs.yml").read_text(encoding="utf-8"))
    settings |= {"docs_dir": "pages", "site_dir": "html", "nav": navigation()}
    _write(folder / "mkdocs.yml", yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))


def _pages() -> Iterator[Written]:
    for page in PAGES:
        yield page.target, page.source, text_of(page.source)
    for part in parts():
        text = part.text if part.text.startswith("# ") else f"# {part.title}\n\n{part.text.partition(chr(10))[2]}"
        yield part.target, "grammar/README.md", text
    for name, shows in generated.examples():
        yield f"examples/{name}.md", f"examples/{name}.flow", generated.example(name, shows)
    yield CODES.target, f"{EXPLAINED}/SF001.md", generated.codes()
    for code in EVERY_CODE:
        yield f"codes/{code}.md", f"{EXPLAINED}/{code}.md", generated.explained(code)


def navigation() -> list[dict[str, Any]]:
    """The order of the pages, as `mkdocs.yml` has it."""
    language = [part.target if part.target.endswith("index.md") else {part.title: part.target} for part in parts()]
    examples = [{name: f"examples/{name}.md"} for name, _ in generated.examples()]
    every_code = [{code: f"codes/{code}.md"} for code in EVERY_CODE]
    return [
        {HOME.title: [HOME.target, *_titled(START)]},
        {"How to": _titled(HOW_TO)},
        {"Examples": [EXAMPLES.target, *examples]},
        {"Reference": [{"The language": language}, *_titled(REFERENCE), {"Codes": [CODES.target, *every_code]}]},
        {"Explanations": _titled(EXPLANATIONS)},
        {"Project": _titled(PROJECT)},
    ]


def _titled(pages: Any) -> list[dict[str, str]]:
    return [{page.title: page.target} for page in pages]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
