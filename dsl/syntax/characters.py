"""Characters that do not show what they do: what a reviewer sees is what runs, so a text has none of them.

Direction marks, characters of no width, control characters, halves of a pair, and line ends that are none here (a lone
carriage return, U+0085, U+2028, U+2029): an editor shows something else than is read. In a text their escape says the
same for all to see. A byte order mark may begin a file, and `\\r\\n` ends a line.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.inert import ACTIVE
from dsl.regex import regex
from dsl.source import Span
from dsl.syntax.token import Token

HIDDEN = f"(?:\\r(?!\\n)|(?![\\t\\n\\r])[{ACTIVE}])"
_RUN = regex(f"(?:{HIDDEN})+")
_LINE_ENDS = "\r\x85\u2028\u2029"
_TEXTS = ("STRING", "TEXT_PART")
_BYTE_ORDER_MARK = "\ufeff"
_SHOWN = 3


def is_plain(text: str) -> bool:
    """Whether it has none of them, nor letters of other scripts: most texts, and found at once."""
    return text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()


def hidden_characters(text: str, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """One problem for each run of them."""
    if is_plain(text):
        return
    starts = [token.span.start for token in tokens]
    for run in _RUN.finditer(text, 1 if text.startswith(_BYTE_ORDER_MARK) else 0):
        at = bisect_right(starts, run.start()) - 1
        in_text = at >= 0 and tokens[at].kind in _TEXTS and run.end() <= tokens[at].span.end
        yield _problem(run[0], Span(run.start(), run.end()), in_text)


def _problem(run: str, span: Span, in_text: bool) -> Diagnostic:
    names = [f"U+{ord(character):04X}" for character in run[:_SHOWN]]
    more = " …" if len(run) > _SHOWN else ""
    message = f"a character that does not show what it does: {' '.join(names)}{more}"
    fix = None
    if in_text and not any("\ud800" <= character <= "\udfff" for character in run):
        written = "".join(f"\\u{{{ord(character):X}}}" for character in run)
        advice, fix = f"write it as `{written[:60]}`", Fix(span, written)
    elif in_text:
        advice = "half of a character is none: leave it out"
    elif any(character in _LINE_ENDS for character in run):
        advice = "not everyone sees a line end here: end the line, or leave it out"
    else:
        advice, fix = "leave it out", Fix(span, "")
    return Diagnostic("SF005", message, Label(span), help=advice, fix=fix)
