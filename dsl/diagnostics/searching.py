"""Codes found by words: those of its title, of what is said where it comes, and of its page.

A word is the same with a usual ending, so `timeouts` finds `timeout`. What people call a thing elsewhere stands for
what it is called here. A message is found as it was told, whatever stood in its quotes. The blocks of a page are
examples and say nothing of what it is about.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache

from dsl.dataclass import dataclass
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.explain import explanation
from dsl.regex import regex

MOST = 10
"""Codes that are told."""
_WORD = regex(r"[^\W_]+(?:[._-][^\W_]+)*")
_QUOTED = regex(r"`[^`]*`")
_BLOCK = regex(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_WEIGHTS = (12, 4, 1)
"""Of a word in the title, in a message, in the page."""
_WHOLE = 20
"""Of the whole question, as it stands."""
_ENDINGS = frozenset({"s", "es", "d", "ed", "ing", "er", "ers", "ly", "able"})
_EMPTY = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "no", "not", "of"}
)
_EMPTY |= {"on", "or", "that", "the", "there", "this", "to", "which", "with"}
_CALLED = {
    "gate": ("approval",),
    "ungated": ("approval",),
    "human": ("approval", "people"),
    "null": ("optional", "null"),
    "none": ("optional", "null"),
    "undefined": ("unknown",),
    "duplicate": ("twice",),
    "deadline": ("timeout", "budget"),
    "compensation": ("undo",),
    "compensate": ("undo",),
    "rollback": ("undo",),
    "recursion": ("call of itself",),
    "infinite": ("bound", "budget"),
    "import": ("use", "file"),
    "suppress": ("ignores", "note to the check"),
    "noqa": ("ignores", "note to the check"),
    "pii": ("sensitive",),
    "secret": ("sensitive",),
    "leak": ("sensitive",),
    "injection": ("untrusted",),
    "encoding": ("utf-8",),
    "parse": ("syntax",),
    "dead": ("unreachable", "never taken"),
    "unused": ("never used", "nothing uses", "nothing reads"),
}


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    words: frozenset[str]

    def has(self, name: str) -> bool:
        if " " in name:
            return name in self.text
        return name in self.words or any(_same(name, each) for each in self.words)


def search(question: str, messages: Mapping[str, Iterable[str]]) -> list[str]:
    """The codes that have most of the words, the best first. `messages`: what is said where a code comes."""
    wanted = [word for word in _words(question) if word not in _EMPTY] or _words(question)
    whole = _QUOTED.sub("``", question.lower())
    found = []
    for code, title in CODES.items():
        parts = [_part(title), _part(" ".join(messages.get(code, ()))), _part(_prose(code))]
        scores = [_score(word, parts) for word in wanted]
        if any(scores):
            bonus = _WHOLE if any(whole in part.text for part in parts) else 0
            found.append((scores.count(0), -sum(scores) - bonus, code))
    found.sort()
    fewest = found[0][0] if found else 0
    return [code for missing, _, code in found if missing == fewest][:MOST]


def near(question: str) -> str | None:
    """The question with words that pages have, where it has none of them."""
    known = {word for code, title in CODES.items() for word in _words(f"{title} {_prose(code)}")} | set(_CALLED)
    meant = [word if word in known else _nearest(word, known) for word in _words(question)]
    told = " ".join(word for word in meant if word is not None)
    return told if told and told != " ".join(_words(question)) else None


def _nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(word, known, 1, 0.75)), None)


@cache
def _part(text: str) -> _Part:
    text = _QUOTED.sub("``", text.lower()) + " " + " ".join(_QUOTED.findall(text.lower()))
    return _Part(text, frozenset(_words(text)))


def _words(text: str) -> list[str]:
    return [each.lower() for each in _WORD.findall(text)]


def _prose(code: str) -> str:
    page = explanation(code)
    assert page is not None
    return " ".join(_BLOCK.sub("", page.page).split())


def _score(word: str, parts: list[_Part]) -> int:
    """Of what it may be called here, the best."""
    names = (word, *_CALLED.get(word, ()), *_CALLED.get(word.removesuffix("s"), ()))
    weighed = zip(_WEIGHTS, parts, strict=True)
    return max((weight for weight, part in weighed if any(part.has(name) for name in names)), default=0)


def _same(one: str, other: str) -> bool:
    """Whether they are one word but for its ending."""
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and long.startswith(short) and long[len(short) :] in _ENDINGS
