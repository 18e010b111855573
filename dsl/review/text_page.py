"""A review as text, for a terminal of some width."""

import textwrap
from collections.abc import Iterator

from dsl.diagnostics.frame import PLAIN, Style
from dsl.diagnostics.inert import inert
from dsl.review.model import Place
from dsl.review.words import Item, Quoted, Said, Section, Worded


def lines(page: Worded, width: int = 100, style: Style = PLAIN) -> Iterator[str]:
    """Every text of others is inert; no line is longer than `width`, but for words that are."""
    yield f"{style.strong}flow {inert(page.flow)}{style.end}"
    yield page.hash
    yield from _wrapped(page.purpose or "", "", width)
    for number, section in enumerate(page.sections, 1):
        yield ""
        yield f"{style.strong}{number}. {section.question}{style.end}"
        yield from _section(section, width, style)


def _section(section: Section, width: int, style: Style) -> Iterator[str]:
    yield from _wrapped(said(section.answer), "   ", width)
    if section.table:
        yield ""
        widths = [max(len(row[column]) for row in section.table) for column in range(len(section.table[0]))]
        for row in section.table:
            first, *rest = (
                cell.ljust(size) if not at else cell.rjust(size)
                for at, (cell, size) in enumerate(zip(row, widths, strict=True))
            )
            yield "   " + "  ".join((first, *rest)).rstrip()
    for item in section.items:
        yield ""
        yield from _item(item, width, style)


def _item(item: Item, width: int, style: Style) -> Iterator[str]:
    first, *rest = _wrapped(said(item.said), "     ", width)
    mark = f"{style.warning}!{style.end}" if item.heed else "-"
    yield f"   {mark} {first[5:]}"
    yield from rest
    for place in item.evidence:
        yield f"       {style.place}{_place(place, width - 7)}{style.end}"


def _place(place: Place, width: int) -> str:
    where = f"{inert(place.file)}:{place.line}"
    text = inert(place.text)
    room = max(width - len(where) - 2, 20)
    return f"{where}  {text if len(text) <= room else text[: room - 1] + '…'}"


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    text = inert(" ".join(text.split()))
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def said(parts: Said) -> str:
    """On one line, what is quoted in backticks, but for what has quotes already."""
    return "".join(_quoted(part.text) if isinstance(part, Quoted) else part for part in parts)


def _quoted(text: str) -> str:
    return inert(text) if text.startswith('"') else f"`{inert(text)}`"
