"""Markdown as GitHub reads it, and what a renderer needs that reads it otherwise.

Headings get the ids that GitHub gives them, so a link means the same in the checkout and in the site. Links and
headings are looked for outside of code only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsl.highlighting.colours import coloured

_FENCE = re.compile(r"^(?P<fence>```+).*?\n.*?^(?P=fence) *$\n?", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_HEADING = re.compile(r"^(?P<level>#{1,6}) +(?P<text>.+?) *#* *$", re.MULTILINE)
LINK = re.compile(r"(?P<before>!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\()(?P<to>[^()\s]+)(?P<after>\))")
_LIST_BEHIND_TEXT = re.compile(r"^(?P<text>(?![-*|>#\d ]).*\S.*)\n(?=(?:[-*]|\d+\.) )", re.MULTILINE)
_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
_UNNAMED = re.compile(
    r"^(?P<ticks>```+)(?:text)?\n(?P<text>(?:edition|agent|flow|tool|type) .*?)^(?P=ticks) *$", re.MULTILINE | re.DOTALL
)
_INFO = re.compile(r"^(```+)flow +\w+ *$", re.MULTILINE)


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    slug: str
    start: int
    end: int


def outside_code(text: str, change: Callable[[str], str], *, spans: bool = False) -> str:
    """`text` with `change` made to what stands outside of blocks of code; with `spans`, of code in lines too."""
    pieces, at = [], 0
    for start, end in _code(text, spans=spans):
        pieces += [change(text[at:start]), text[start:end]]
        at = end
    return "".join([*pieces, change(text[at:])])


def _code(text: str, *, spans: bool) -> Iterator[tuple[int, int]]:
    at = 0
    for fence in _FENCE.finditer(text):
        yield from _spans(text, at, fence.start()) if spans else ()
        yield fence.span()
        at = fence.end()
    yield from _spans(text, at, len(text)) if spans else ()


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _CODE.finditer(text, start, end))


def headings(text: str) -> list[Heading]:
    """Those of a page, with the ids that GitHub gives them."""
    found: list[Heading] = []
    taken: dict[str, int] = {}
    blocks = list(_code(text, spans=False))
    for match in _HEADING.finditer(text):
        if any(start <= match.start() < end for start, end in blocks):
            continue
        slug = slugged(match["text"])
        number = taken.get(slug, 0)
        taken[slug] = number + 1
        unique = f"{slug}-{number}" if number else slug
        found.append(Heading(len(match["level"]), match["text"], unique, match.start(), match.end()))
    return found


def slugged(heading: str) -> str:
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def links(text: str) -> Iterator[tuple[int, str]]:
    """The line and the target of each link."""
    blanked = list(text)
    for start, end in _code(text, spans=True):
        blanked[start:end] = ["\n" if each == "\n" else " " for each in text[start:end]]
    # What is shown of a link may be code: only its target is looked at.
    for found in LINK.finditer("".join(blanked)):
        yield text.count("\n", 0, found.start()) + 1, found["to"]


def with_links(text: str, change: Callable[[str], str | None]) -> str:
    """`text` with each link's target changed; where there is none, what is shown stays."""
    hidden: list[str] = []

    def hide(code: str) -> str:
        hidden.append(code)
        return f"\x00{len(hidden) - 1}\x00"

    pieces, at = [], 0
    for start, end in _code(text, spans=True):
        pieces += [text[at:start], hide(text[start:end])]
        at = end
    plain = "".join([*pieces, text[at:]])

    def changed_link(found: re.Match[str]) -> str:
        to = change(found["to"])
        return found["before"] + to + found["after"] if to else found["before"].lstrip("!")[1:-2]

    changed = LINK.sub(changed_link, plain)
    return re.sub("\x00(\\d+)\x00", lambda found: hidden[int(found[1])], changed)


def prepared(text: str) -> str:
    """For Python's Markdown: ids on headings, a blank line before each list, a table's code without `\\|`."""
    for heading in reversed(headings(text)):
        line = text[heading.start : heading.end].rstrip("# ") if heading.level else ""
        text = f"{text[: heading.start]}{line} {{ #{heading.slug} }}{text[heading.end :]}"
    text = outside_code(text, lambda part: _LIST_BEHIND_TEXT.sub(r"\g<text>\n\n", part))
    text = outside_code(text, lambda part: _ROW.sub(_plain_bars, part))
    return _UNNAMED.sub(_named, _INFO.sub(r"\1flow", text))


def _named(block: re.Match[str]) -> str:
    """A block of flow text that does not say so: some of it is left out, or it needs files beside it."""
    text, ticks = block["text"], block["ticks"]
    odd = [text[start:end] for start, end, colour in coloured(text) if colour == "error"]
    return block[0] if set(odd) - {"…"} else f"{ticks}flow\n{text}{ticks}"


def _plain_bars(row: re.Match[str]) -> str:
    return _CODE.sub(lambda code: code[0].replace("\\|", "|"), row[0])
