"""What holds of every text that is formatted."""

import re
from collections import Counter

from dsl.formatting.format import TreeChanged, format_text
from dsl.source import Source
from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.parse import parse


def broken_law(text: str) -> str | None:
    """Which law the formatting of `text` breaks, in words; None when it breaks none. A text that does not parse is a
    broken law too: generators know what they make."""
    text = text.replace("\r\n", "\n")
    try:
        once = format_text(text)
    except TreeChanged:
        return "what is printed says something else"
    if once is None:
        return "it is not read"
    if format_text(once) != once:
        return "formatting twice is not formatting once"
    if parse(Source("", text)).module != parse(Source("", once)).module:
        return "the tree is another one"
    if comments(text) != comments(once):
        return f"the comments are others: {comments(text)} {comments(once)}"
    if not once.endswith("\n") or once.endswith("\n\n") or once.startswith("\n"):
        return "it does not begin and end as a file does"
    if any(line != line.rstrip() for line in outside_texts(once).split("\n")):
        return "there are blanks at the end of a line"
    return None


def comments(text: str) -> Counter[str]:
    """All comments, those of documentation too. How many `#` one has may change where it goes to another line."""
    return Counter(each.strip().lstrip("#") for each in re.findall(r"#[^\n]*", outside_texts(text)))


def outside_texts(text: str) -> str:
    """The text with empty quotes for texts."""
    left, depth, end = [], 0, 0
    for token in tokenise(text, tables()).tokens:
        if depth == 0:
            left.append(text[end : token.span.start])
        depth += (token.kind == "TEXT_START") - (token.kind == "_TEXT_END")
        if depth == 0:
            left.append('""' if token.kind in ("STRING", "_TEXT_END") else token.text)
        end = token.span.end
    return "".join(left)
