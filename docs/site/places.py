"""Where a file of the checkout stands in the site, so that a link of the one is a link of the other."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from docs.site.contents import CODES, EXAMPLES, LANGUAGE, PAGES, ROOT, text_of
from docs.site.markdown import Heading, headings

LANGUAGE_FOLDER = "reference/language"
EXPLANATIONS = "dsl/diagnostics/explanations"
ELSEWHERE = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class Part:
    """A part of the reference: its heading, its text, and where it stands."""

    title: str
    text: str
    target: str


def parts() -> Iterator[Part]:
    """The reference of the language, divided at its second headings; the first part is what stands before them."""
    page = text_of(LANGUAGE)
    found = [heading for heading in headings(page) if heading.level == 2]
    yield Part("The language", page[: found[0].start], f"{LANGUAGE_FOLDER}/index.md")
    for heading, after in zip(found, [*found[1:], None], strict=True):
        end = len(page) if after is None else after.start
        yield Part(heading.text, page[heading.start : end], f"{LANGUAGE_FOLDER}/{heading.slug}.md")


@dataclass
class Places:
    """What was linked to and is no page: files that the site shows, by where it does, and pictures."""

    shown: dict[str, str] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.targets = {page.source: page.target for page in PAGES}
        self.targets |= {
            "examples": EXAMPLES.target,
            "docs": "index.md",
            CODES.source: CODES.target,
            EXPLANATIONS: CODES.target,
        }
        for path in sorted((ROOT / EXPLANATIONS).glob("*.md")):
            self.targets[f"{EXPLANATIONS}/{path.name}"] = f"codes/{path.name}"
        for path in sorted((ROOT / "examples").glob("*.flow")):
            self.targets[f"examples/{path.name}"] = f"examples/{path.stem}.md"
        self.anchors = {heading.slug: part.target for part, slugs in _slugs_of_parts() for heading in slugs}

    def followed(self, link: str, source: str, target: str) -> str | None:
        """What a link of the file `source` is on the page `target` of the site; None of a folder that is not there."""
        if link.startswith((*ELSEWHERE, "pictures/")):
            return link
        path, _, anchor = link.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else source
        if wanted not in self.targets and (ROOT / wanted).is_dir():
            return None
        place = self._place(wanted, anchor)
        if place == target and anchor:
            return f"#{anchor}"
        relative = posixpath.relpath(place, posixpath.dirname(target) or ".")
        return f"{relative}#{anchor}" if anchor else relative

    def _place(self, wanted: str, anchor: str) -> str:
        if wanted == LANGUAGE:
            return self.anchors.get(anchor, f"{LANGUAGE_FOLDER}/index.md")
        if wanted in self.targets:
            return self.targets[wanted]
        if not (ROOT / wanted).is_file():
            raise LookupError(f"{wanted} is linked to, and is no file")
        if wanted.endswith((".svg", ".png")):
            self.copied.add(wanted)
            return wanted
        return self.shown.setdefault(wanted, f"files/{wanted}.md")


def _slugs_of_parts() -> Iterator[tuple[Part, list[Heading]]]:
    """Ids are counted over the whole page, as the links to them are."""
    whole = headings(text_of(LANGUAGE))
    at = 0
    for part in parts():
        number = len(headings(part.text))
        yield part, whole[at : at + number]
        at += number
