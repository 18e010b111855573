"""Blocks of flow text in pages, formatted: whole files, statements, or expressions, one on each line.

`python -m tests.formatting.pages PAGE…` writes pages with them.
"""

import re
import sys
from pathlib import Path

from dsl.formatting.format import format_text

BLOCK = re.compile(r"^```flow *(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEAD = "edition 1\n\nflow f() {\n"


def formatted(kind: str, block: str) -> str | None:
    """The block in its layout; None when it is not read."""
    if kind == "statements":
        return _statements(block)
    if kind == "expressions":
        lines = [_statements(f"let it = {line}\n") for line in block.splitlines()]
        return "".join(line.removeprefix("let it = ") for line in lines if line is not None)
    return format_text(block)


def _statements(block: str) -> str | None:
    text = format_text(f"{_HEAD}# first\n{block}}}\n")
    if text is None:
        return None
    inside = text.removeprefix(f"{_HEAD}  # first\n").removesuffix("}\n")
    return re.sub(r"^  ", "", inside, flags=re.MULTILINE)


def formatted_page(page: str) -> str:
    """The page with its blocks formatted that can be read."""

    def block(match: re.Match[str]) -> str:
        kind, text = match.groups()
        made = formatted(kind, text)
        return match[0] if made is None else match[0].replace(text, made)

    return BLOCK.sub(block, page)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        place = Path(name)
        place.write_text(formatted_page(place.read_text(encoding="utf-8")), encoding="utf-8")
