"""Texts: quotes taken off, blocks dedented, escapes read, `{{ }}` kept as expressions.

A block of text loses its first line break, the indentation that all its lines have in common, and the indentation
of its last line. Dedenting looks at the text as written, before escapes, so `\\n` and `\\t` never count as layout.
"""

import re
from collections.abc import Sequence

from dsl.ast.expressions import Expression, Literal, Template
from dsl.regex import regex
from dsl.source import Span
from dsl.syntax.site import Site
from dsl.syntax.token import Token

_ESCAPE = regex(r"\\(u\{[^}\"\n]*\}?|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_KNOWN = r"known are `\n`, `\t`, `\"`, `\\` and `\u{1F600}`"
_DIGITS = {letter: re.compile(f"[0-9A-Fa-f]{{{n}}}") for letter, n in (("u", 4), ("U", 8), ("x", 2))}
_BRACES = r"a brace needs none; two of them that hold no expression are written `\u{7B}{`"
_LINE = regex(r"\n([ \t]*)")
_FIRST_LINE = regex(r"\A[ \t]*\n")
_LAST_LINE = regex(r"\n[ \t]*\Z")


def plain(site: Site, token: Token) -> str:
    """The text that a STRING token stands for."""
    quote = '"""' if token.text.startswith('"""') else '"'
    raw = token.text[len(quote) : len(token.text) - len(quote)]
    if quote == '"':
        return _unescaped(site, raw, token.span.start + 1)
    return _unescaped(site, "".join(filter(None, dedented([raw]))), None, token.span)


def template(site: Site, start: Token, *parts: Token | Expression) -> Template:
    texts = [part.text if isinstance(part, Token) else None for part in parts]
    block = start.text == '"""'
    done: list[Expression] = []
    for part, text in zip(parts, dedented(texts) if block else texts, strict=True):
        if not isinstance(part, Token):
            done.append(part)
        elif text:
            value = _unescaped(site, text, None if block else part.span.start, part.span)
            done.append(Literal(value, span=part.span))
    return Template(tuple(done), span=site.span)


def interpolation(_site: Site, value: Expression) -> Expression:
    return value


def margin(whole: str) -> int | None:
    """The indentation that the lines of a block have in common, but for its first line and lines of nothing but blanks;
    None when there is no other."""
    lines = (match for match in _LINE.finditer(whole) if whole[match.end() : match.end() + 1] not in ("", "\n"))
    return min((len(match.group(1)) for match in lines), default=None)


def dedented(pieces: Sequence[str | None]) -> list[str | None]:
    """The pieces of a block without layout; None is an interpolation, which is part of a line but has no layout."""
    texts = [None if piece is None else piece.replace("\r\n", "\n") for piece in pieces]
    deep = margin("".join("{}" if text is None else text for text in texts)) or 0
    texts = [None if text is None else re.sub(rf"\n[ \t]{{0,{deep}}}", "\n", text) for text in texts]
    if texts and texts[-1] is not None:
        texts[-1] = _LAST_LINE.sub("\n", texts[-1])
    if texts and texts[0] is not None:
        texts[0] = _FIRST_LINE.sub("", texts[0])
    return texts


def _unescaped(site: Site, text: str, start: int | None, whole: Span | None = None) -> str:
    """`text` with its escapes read; `start` is where it stands, or None when dedenting has moved it inside `whole`."""

    def read(match: re.Match[str]) -> str:
        escape = match.group(1)
        if escape in _SIMPLE:
            return _SIMPLE[escape]
        if (character := _code_point(escape)) is not None:
            return character
        at = Span(start + match.start(), start + match.end()) if start is not None else whole
        site.problem(f"unknown escape `{match.group()}`", at, advice=_instead_of(escape, text[match.end() :]))
        return match.group()

    return _ESCAPE.sub(read, text) if "\\" in text else text


def _instead_of(escape: str, rest: str) -> str:
    """What to write: other languages have escapes that are another word here."""
    if escape in ("{", "}"):
        return _BRACES
    if escape == "r":
        return r"a carriage return is written `\u{D}`"
    if escape in ("u", "U", "x") and (digits := _DIGITS[escape].match(rest)) is not None:
        return rf"the number of a character stands in braces: `\u{{{digits[0].lstrip('0') or '0'}}}`"
    return _KNOWN


def _code_point(escape: str) -> str | None:
    if not re.fullmatch(r"u\{[0-9A-Fa-f]{1,6}\}", escape):
        return None
    value = int(escape[2:-1], 16)
    surrogate = 0xD800 <= value <= 0xDFFF
    return None if value > 0x10FFFF or surrogate else chr(value)
