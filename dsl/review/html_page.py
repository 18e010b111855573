"""A review as one HTML page, which loads nothing and runs nothing: to be read, sent and printed."""

import re
from collections.abc import Iterator
from html import escape

from dsl.diagnostics.inert import inert
from dsl.review.model import Place
from dsl.review.words import Item, Quoted, Said, Section, Worded

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5b626b; --line: #d9dde2; --paper: #fff; --tint: #f4f6f8;
  --mark: #9a4b00; --link: #1f5fa8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #9aa3ad; --line: #3a4049; --paper: #16181c;
  --tint: #20242a; --mark: #f0a860; --link: #8ab8ee } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 54rem;
  margin: 2rem auto; padding: 0 1.2rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.4rem 0 .4rem; padding-top: .8rem;
  border-top: 1px solid var(--line) }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
.hash { color: var(--soft); font: .85rem ui-monospace, monospace; overflow-wrap: anywhere; margin: .2rem 0 }
.answer { font-weight: 600; margin: .3rem 0 .8rem }
nav ol { columns: 2; padding-left: 1.3rem; font-size: .95rem } nav a { color: var(--link); text-decoration: none }
ul { list-style: none; padding: 0; margin: 0 } ul > li { margin: .7rem 0; padding-left: .9rem;
  border-left: 3px solid var(--line); break-inside: avoid }
ul > li.heed { border-color: var(--mark) } .heed > p::before { content: "! "; color: var(--mark); font-weight: 700 }
p { margin: 0 } table.evidence { border-collapse: collapse; margin-top: .25rem; width: 100%; table-layout: fixed }
.evidence td { font: .8rem/1.45 ui-monospace, monospace; vertical-align: top; padding: .1rem .5rem;
  background: var(--tint); overflow-wrap: anywhere; white-space: pre-wrap }
.evidence td:first-child { color: var(--soft); width: 32% }
table.numbers { border-collapse: collapse; margin: .6rem 0 1rem }
.numbers td, .numbers th { padding: .1rem .9rem .1rem 0; text-align: right; font-variant-numeric: tabular-nums;
  font-weight: normal } .numbers th { color: var(--soft) }
.numbers td:first-child { text-align: left }
@media (max-width: 40rem) { nav ol { columns: 1 } .evidence td:first-child { width: 40% } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --tint: #f3f3f3;
    --mark: #000 }
  @page { margin: 16mm } body { font-size: 10.5pt; max-width: none; margin: 0; padding: 0 }
  nav { display: none } h2 { break-after: avoid; margin-top: 1.4rem } .answer { break-after: avoid }
  .evidence td { font-size: 8pt } tr, ul > li { break-inside: avoid } }
"""


def html_page(page: Worded) -> str:
    sections = "\n".join(line for number, each in enumerate(page.sections, 1) for line in _section(each, number))
    contents = "".join(f'<li><a href="#{each.key}">{_text(each.question)}</a></li>' for each in page.sections)
    purpose = f"<p>{_text(' '.join(page.purpose.split()))}</p>" if page.purpose else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(page.flow)}: report</title><style>{STYLE}</style></head>\n"
        f'<body><header><h1>{_text(page.flow)}</h1><p class="hash">{_text(f"{page.file} · {page.hash}")}</p>'
        f"{purpose}</header>\n"
        f"<nav><ol>{contents}</ol></nav>\n<main>\n{sections}\n</main></body></html>\n"
    )


def _section(section: Section, number: int) -> Iterator[str]:
    yield f'<section id="{section.key}"><h2>{number}. {_text(section.question)}</h2>'
    yield f'<p class="answer">{_said(section.answer)}</p>'
    if section.table:
        head, *rest = section.table
        heads = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head)
        body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rest)
        yield f'<table class="numbers"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    if section.items:
        yield "<ul>"
        yield from map(_item, section.items)
        yield "</ul>"
    yield "</section>"


def _item(item: Item) -> str:
    heed = ' class="heed"' if item.heed else ""
    rows = "".join(map(_place, item.evidence))
    evidence = f'<table class="evidence"><tbody>{rows}</tbody></table>' if rows else ""
    return f"<li{heed}><p>{_said(item.said)}</p>{evidence}</li>"


def _place(place: Place) -> str:
    return f"<tr><td>{_text(f'{place.file}:{place.line}')}</td><td>{_text(place.text)}</td></tr>"


def _said(parts: Said) -> str:
    return "".join(f"<code>{_text(part.text)}</code>" if isinstance(part, Quoted) else _own(part) for part in parts)


def _own(words: str) -> str:
    """Our own words, in which what belongs to the language stands in backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(words))


def _text(text: str) -> str:
    return escape(inert(text))
