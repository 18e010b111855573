"""Random texts out of the grammar, with layout and comments between their tokens as nobody would write them.

What the grammar can derive is derived, whether the later stages like it or not. Each text goes for one production, the
next by its seed, so that so many texts as there are productions use each of them; the rest is chance.
"""

import random
from functools import cache

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer

from dsl.syntax.grammar import START, grammar_text, tables

_NAMES = ("a", "ticket", "mail", "total", "x1", "Order", "customer", "n", "is_long_enough_to_matter_for_the_width")
_WORDS = {kind: word for word, kind in tables().fixed.items()}
_VALUES = {
    "INT": ("0", "7", "12", "100"),
    "SCALED": ("5k", "2M"),
    "NUMBER": ("0.5", "12.50"),
    "DURATION": ("30s", "1h30m", "7d"),
    "COMPARISON": ("<", ">=", "==", "!="),
}
_SHORT = ('""', '"a"', '"two words"', '"say \\"no\\""', '"# no comment"', '"a, b"', '"' + "long " * 14 + '"')
_LONG = (
    '"""plain"""',
    '"""\n      one\n        two\n\n      three\n      """',
    '"""first\n\t\ttabs\n\t  mixed"""',
    '"""\n   \n  x\n     \n  """',
    '"""\n"""',
    '"""\n\n   \n """',
)
_PARTS = ("a ", " b", "Hello, ", "# ", "\\n", "{ ", "~", "\\\\ ")
_LONG_PARTS = (*_PARTS, "\n    a\n      b\n", "\n", "  \n\t", "\n\n        ")
_COMMENTS = ("# why", "#tight", "## looks like documentation", "# dsl: ignore[SF303] because", "#", "# # twice")


class _NoLexer(Lexer):
    def __init__(self, _configuration: object) -> None: ...

    def lex(self, *_unused: object) -> object:  # type: ignore[override]
        raise NotImplementedError


@cache
def rules() -> dict[str, list[Rule]]:
    """The productions by what they derive, the flattest first."""
    made = Lark(grammar_text(), parser="lalr", lexer=_NoLexer, start=START, maybe_placeholders=True).rules
    found: dict[str, list[Rule]] = {}
    for rule in made:
        found.setdefault(str(rule.origin.name), []).append(rule)
    return found


@cache
def heights() -> dict[str, int]:
    """How many levels the flattest text of each symbol has."""
    known: dict[str, int] = {}
    while True:
        changed = False
        for name, productions in rules().items():
            height = min((h for rule in productions if (h := _height(rule, known)) is not None), default=None)
            if height is not None and known.get(name) != height:
                known[name] = height
                changed = True
        if not changed:
            return known


def _height(rule: Rule, known: dict[str, int]) -> int | None:
    below = [0 if symbol.is_term else known.get(symbol.name) for symbol in rule.expansion]
    return None if None in below else 1 + max((each for each in below if each is not None), default=0)


@cache
def ways() -> list[list[Rule]]:
    """To each production that a declaration can have in it: the fewest productions that lead there, with it."""
    first: dict[str, list[Rule]] = {"declaration": []}
    pending = ["declaration"]
    found: list[list[Rule]] = []
    for name in pending:
        for rule in rules()[name]:
            way = [*first[name], rule]
            found.append(way)
            below = [each.name for each in rule.expansion if not each.is_term and each.name not in first]
            for each in dict.fromkeys(below):
                first[each] = way
                pending.append(each)
    return found


def named(rule: Rule) -> str:
    return f"{rule.origin.name}: {' '.join(each.name for each in rule.expansion)}"


class Texts:
    """`text()` is another one each time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.used: set[str] = set()
        self.way = list(ways()[seed % len(ways())])

    def text(self) -> str:
        kinds = []
        for _ in range(self.chance.randint(1, 3)):
            kinds += self._derived("declaration", self.chance.randint(6, 22))
        return f"edition 1\n{self._written(kinds)}"

    def _derived(self, symbol: str, depth: int) -> list[str]:
        found: list[str] = []
        pending: list[tuple[str, bool, int]] = [(symbol, False, depth)]
        while pending:
            name, is_term, left = pending.pop()
            if is_term:
                found.append(name)
                continue
            rule = self._rule(name, left, len(found))
            self.used.add(named(rule))
            pending += [(each.name, each.is_term, left - 1) for each in reversed(rule.expansion)]
        return found

    def _rule(self, name: str, left: int, written: int) -> Rule:
        if self.way and self.way[0].origin.name == name:
            return self.way.pop(0)
        productions = rules()[name]
        known = heights()
        fitting = [rule for rule in productions if (_height(rule, known) or 0) <= left and written < 400]
        return self.chance.choice(fitting or [min(productions, key=lambda rule: _height(rule, known) or 0)])

    # Tokens as text

    def _written(self, kinds: list[str]) -> str:
        out: list[str] = []
        quotes: list[str] = []
        before = ""
        for kind in kinds:
            if before and not self._inside_a_text(before, kind):
                out.append(self._between(before, kind, bool(quotes) and '"' in quotes))
            out.append(self._token(kind, quotes))
            before = kind
        return "".join(out) + self.chance.choice(["", "\n", "\n\n# the end", "  # the end\n\n"])

    @staticmethod
    def _inside_a_text(before: str, kind: str) -> bool:
        return before in ("TEXT_START", "TEXT_PART", "_INTERPOLATION_END") and kind in (
            "TEXT_PART",
            "_TEXT_END",
            "_INTERPOLATION_START",
        )

    def _token(self, kind: str, quotes: list[str]) -> str:
        chance = self.chance
        if kind == "NAME":
            return chance.choice(_NAMES)
        if kind == "STRING":
            return chance.choice(_SHORT if quotes or chance.random() < 0.8 else _LONG)
        if kind == "TEXT_START":
            quotes.append('"' if quotes or chance.random() < 0.6 else '"""')
            return quotes[-1]
        if kind == "_TEXT_END":
            return quotes.pop()
        if kind == "TEXT_PART":
            return chance.choice(_PARTS if quotes[-1] == '"' else _LONG_PARTS)
        if kind == "DOC":
            return chance.choice(["## What it is.", "##", "##   more, with blanks  "])
        if kind in ("_INTERPOLATION_START", "_INTERPOLATION_END"):
            return "{{" if kind == "_INTERPOLATION_START" else "}}"
        return chance.choice(_VALUES[kind]) if kind in _VALUES else _WORDS[kind]

    def _between(self, before: str, kind: str, on_one_line: bool) -> str:
        chance = self.chance
        if on_one_line:
            return chance.choice([" ", " ", "  ", "\t"])
        if before == "DOC" or kind == "DOC":
            return self._line_end() + " " * chance.randint(0, 5)
        if chance.random() < 0.75:
            return chance.choice([" ", " ", "  ", "\t"])
        return self._line_end() + " " * chance.randint(0, 9)

    def _line_end(self) -> str:
        chance = self.chance
        end = chance.choice(["\n", "\n", "\n", "\r\n"])
        behind = f" {chance.choice(_COMMENTS)}" if chance.random() < 0.25 else ""
        lines = [behind + end]
        for _ in range(chance.choice([0, 0, 0, 0, 1, 1, 2, 3])):
            own = chance.random() < 0.5
            lines.append((f"  {chance.choice(_COMMENTS)}" if own else chance.choice(["", "   "])) + end)
        return "".join(lines)
