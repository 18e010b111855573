"""The page that explains a code: Markdown beside this module, one file per code, in a fixed order of parts.

A title, what the code means, a block that triggers exactly this code, and the same text mended.
"""

import re
from difflib import get_close_matches
from pathlib import Path

from dsl.dataclass import dataclass
from dsl.diagnostics.codes import CODES
from dsl.regex import regex

_BLOCK = regex(r"^```flow (bad|good)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    code: str
    page: str
    bad: str
    good: str


def explanation(code: str) -> Explanation | None:
    """The page of `code`, in either case; None when there is no such code."""
    code = code.upper()
    if code not in CODES:
        return None
    page = (Path(__file__).parent / "explanations" / f"{code}.md").read_text("utf-8")
    blocks = dict(_BLOCK.findall(page))
    return Explanation(code, page, blocks.get("bad", ""), blocks.get("good", ""))


def nearest(code: str) -> str | None:
    """The code that was probably meant."""
    found = get_close_matches(code.upper(), CODES, 1, 0.6)
    return found[0] if found else None
