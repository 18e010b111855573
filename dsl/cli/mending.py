"""A text mended by the fixes of what is wrong with it, as far as they make it better.

A fix is a proposal: mended, a text may be wrong in another way. So what comes of it is checked, and taken only if it
has fewer problems and none that was not there before; problems are the same that say the same, wherever they stand.
Fixes that do not touch each other are tried together, and one by one if that fails. What was mended may show what
could not be seen before, so this is repeated until nothing is taken any more. Each round takes at least one problem
away, so it ends.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic, Fix
from dsl.regex import regex
from dsl.source import Source

Check = Callable[[str], Sequence[Diagnostic]]
MOST_TRIED = 1_000
"""Checks of one text."""
_MORE = regex(r"; and [\d,]+ more messages$")


@dataclass(frozen=True)
class Applied:
    """A fix that was applied, where it stood in the text of that time, and what stood there."""

    line: int
    column: int
    code: str
    before: str
    after: str


@dataclass(frozen=True)
class Mended:
    """`left`: what is wrong with `text`."""

    text: str
    applied: tuple[Applied, ...]
    left: Sequence[Diagnostic]


def mended(text: str, found: Sequence[Diagnostic], check: Check) -> Mended:
    """`found`: what `check` says of `text`. Fixes of other files, which a check tells too, are theirs."""
    applied: list[Applied] = []
    tries = _tries(text, found)
    for _ in range(MOST_TRIED):
        tried = next(tries, None)
        if tried is None:
            break
        changed = _with(text, [fix for _, fix in tried])
        left = check(changed)
        if not _is_better(left, found):
            continue
        applied += _applied(text, tried)
        text, found = changed, left
        tries = _tries(text, found)
    return Mended(text, tuple(applied), found)


_Tried = list[tuple[str, Fix]]


def _tries(text: str, found: Sequence[Diagnostic]) -> Iterator[_Tried]:
    """All fixes that do not touch each other, then each by itself."""
    fixes = [(each.code, each.fix) for each in found if each.fix is not None and each.fix.span.end <= len(text)]
    together: _Tried = []
    for code, fix in sorted(fixes, key=lambda each: (each[1].span.start, each[1].span.end)):
        if not together or fix.span.start > together[-1][1].span.end:
            together.append((code, fix))
    if len(together) > 1:
        yield together
    yield from ([each] for each in fixes)


def _with(text: str, fixes: Sequence[Fix]) -> str:
    """With all of `fixes`, which are in order."""
    for fix in reversed(fixes):
        text = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    return text


def _is_better(after: Sequence[Diagnostic], before: Sequence[Diagnostic]) -> bool:
    return len(after) < len(before) and not _said(after) - _said(before)


def _said(found: Sequence[Diagnostic]) -> Counter[tuple[str, str]]:
    """Where only the first hundred are told, the last of them counts the others."""
    return Counter((each.code, _MORE.sub("", each.message)) for each in found)


def _applied(text: str, tried: _Tried) -> Iterator[Applied]:
    source = Source("", text)
    for code, fix in tried:
        place = source.position(fix.span.start)
        yield Applied(place.line, place.column, code, source.slice(fix.span), fix.replacement)


def as_bytes(before: bytes, text: str, changed: str) -> bytes:
    """The file `before`, which holds `text`, with `changed` in its place: line ends and mark as they were, also where
    they are mixed."""
    mark = before[:3] if before.startswith(b"\xef\xbb\xbf") else b""
    lines = before.removeprefix(mark).decode("utf-8").split("\n")
    ends = ["\r\n" if line.endswith("\r") else "\n" for line in lines[:-1]]
    usual = "\r\n" if ends.count("\r\n") * 2 > len(ends) else "\n"
    old, new = text.split("\n"), changed.split("\n")
    head = min(_same_first(old, new), len(ends), len(new) - 1)
    tail = min(_same_first(old[::-1], new[::-1]), len(ends) - head, len(new) - 1 - head)
    own = [*ends[:head], *[usual] * (len(new) - 1 - head - tail), *ends[len(ends) - tail :]]
    return mark + "".join(line + end for line, end in zip(new, [*own, ""], strict=True)).encode("utf-8")


def _same_first(some: Sequence[str], others: Sequence[str]) -> int:
    """How many of the first are the same."""
    pairs = zip(some, others, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(some), len(others)))
