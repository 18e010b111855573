"""The parse tables of `grammar/flow.lark`: the only place where Lark is used.

Lark makes the LALR(1) tables; `automaton.py` runs them. The tables are plain data, so they are kept in a cache (JSON,
which cannot carry code, written aside and moved into place) and a warm start does not even import Lark. A file passes
through few of the states, so each row is a line of its own, and read when it is first needed. A cache that cannot be
read or written costs time, never the result.
"""

import contextlib
import json
import os
import sys
from binascii import crc32
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dsl.dataclass import dataclass
from dsl.digests import sha256

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule
    from lark.parsers.lalr_analysis import ParseTableBase

START = "module"
END = "$END"
_FORMAT = "6"


class Production(NamedTuple):
    """One right-hand side. `plan` says what its children become: None is an absent optional, otherwise (two items) the
    position of a child, and whether its own children take its place. `single` passes an only child through; a
    `documented` one begins with docs, which are not part of its place. A `passing` one only says that what is there is
    of another kind as well."""

    name: str
    left: str
    size: int
    plan: Sequence[Sequence[int] | None]
    single: bool
    inline: bool
    documented: bool
    passing: bool


class Rows(dict[int, dict[str, int]]):
    """A row for each state, each read when it is first asked for. A line has what shifts, and of what reduces the
    action with the number of the line of `sets` that says before which symbols: there are few such sets."""

    def __init__(self, lines: list[str], sets: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.sets = sets
        self._known: dict[int, list[str]] = {}

    def __missing__(self, state: int) -> dict[str, int]:
        row: dict[str, int]
        row, reduced = json.loads(self.lines[state])
        for action, number in reduced:
            if number not in self._known:
                self._known[number] = json.loads(self.sets[number])
            row.update(dict.fromkeys(self._known[number], action))
        self[state] = row
        return row


@dataclass(frozen=True, slots=True)
class Tables:
    """`actions[state][symbol]` is the next state, or `-1 - n` to reduce by production `n`."""

    actions: Rows
    productions: tuple[Production, ...]
    start: int
    end: int
    fixed: dict[str, str]
    patterns: dict[str, str]


@cache
def tables() -> Tables:
    """The tables of this version's grammar, from the cache when it has them."""
    text = grammar_text()
    place = _cache_path(text)
    try:
        return _read(_content(place))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        made = build(text)
    # A read-only home or a full disk only means that the next start is as slow as this one.
    with contextlib.suppress(OSError):
        _write(place, _written(made))
    return made


def grammar_text() -> str:
    """The grammar inside an installed package, else the one of the checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(package, "_grammar", "flow.lark")
    ours = os.path.join(os.path.dirname(package), "grammar", "flow.lark")
    return _content(packaged if os.path.isfile(packaged) else ours)


def _content(place: str) -> str:
    with open(place, encoding="utf-8") as file:
        return file.read()


def build(text: str) -> Tables:
    """Let Lark analyse the grammar; `strict` makes every conflict an error."""
    from lark import Lark
    from lark.lexer import Lexer

    class Elsewhere(Lexer):
        """Tokens are made in `lexer.py`, so Lark need not compile a lexer."""

        def __init__(self, _configuration: object) -> None: ...

        def lex(self, *_unused: object) -> Any:
            raise NotImplementedError("tokens are made in dsl.syntax.lexer")

    return _tables(Lark(text, parser="lalr", lexer=Elsewhere, start=START, strict=True, maybe_placeholders=True))


def _tables(made: "Lark") -> Tables:
    from lark.parsers.lalr_analysis import Shift
    from lark.parsers.lalr_parser import LALR_Parser

    parser = made.parser.parser
    assert isinstance(parser, LALR_Parser)
    table = cast("ParseTableBase[int]", parser._parse_table)
    numbers = {rule: number for number, rule in enumerate(made.rules)}
    actions: list[dict[str, int]] = [{} for _ in table.states]
    for state, row in table.states.items():
        for symbol, (action, argument) in row.items():
            if action is not Shift and argument not in numbers:
                numbers[argument] = len(numbers)
            actions[state][symbol] = argument if action is Shift else -1 - numbers[argument]
    fixed: dict[str, str] = {}
    patterns: dict[str, str] = {}
    for terminal in made.terminals:
        if terminal.pattern.type == "str":
            fixed[terminal.pattern.value] = terminal.name
        else:
            patterns[terminal.name] = terminal.pattern.value
    return Tables(
        actions=_rows(actions),
        productions=tuple(_production(rule) for rule in numbers),
        start=table.start_states[START],
        end=table.end_states[START],
        fixed=fixed,
        patterns=patterns,
    )


def _rows(actions: list[dict[str, int]]) -> Rows:
    sets: dict[str, int] = {}
    lines = []
    for row in actions:
        before: dict[int, list[str]] = {}
        for symbol, action in row.items():
            if action < 0:
                before.setdefault(action, []).append(symbol)
        shifted = {symbol: action for symbol, action in row.items() if action >= 0}
        reduced = [[action, sets.setdefault(_json(sorted(each)), len(sets))] for action, each in before.items()]
        lines.append(_json([shifted, reduced]))
    return Rows(lines, list(sets))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _production(rule: "Rule") -> Production:
    symbols = iter(enumerate(rule.expansion))
    plan: list[Sequence[int] | None] = []
    for absent in rule.options.empty_indices or [False] * len(rule.expansion):
        if absent:
            plan.append(None)
            continue
        position, symbol = next(symbols)
        if not symbol.is_term:
            plan.append((position, symbol.name.startswith("_")))
        elif rule.options.keep_all_tokens or not symbol.filter_out:  # type: ignore[attr-defined]
            plan.append((position, False))
    left = str(rule.origin.name)
    single = bool(rule.options.expand1 and not rule.alias)
    inline = left.startswith("_") and not rule.alias
    return Production(
        name=str(rule.alias or left),
        left=left,
        size=len(rule.expansion),
        plan=tuple(plan),
        single=single,
        inline=inline,
        documented=len(rule.expansion) > 1 and rule.expansion[0].name == "doc",
        passing=single and not inline and len(rule.expansion) == 1 and plan == [(0, False)],
    )


def _cache_path(text: str) -> str:
    marks = f"{_FORMAT}\0{sys.version}\0{text}"
    name = f"grammar-{sha256(marks.encode()).hexdigest()[:32]}.json"
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "steadflow", name)


def _write(place: str, content: str) -> None:
    import tempfile

    if not os.path.isabs(place):  # there is no home
        return
    folder = os.path.dirname(place)
    os.makedirs(folder, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=folder, prefix=".grammar-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(aside, place)
    except OSError:
        os.unlink(aside)
        raise


def _written(made: Tables) -> str:
    """The rest of the tables and a checksum of the rows in the first line, then the rows and their sets."""
    rows = "\n".join([*made.actions.lines, *made.actions.sets])
    rest = [
        crc32(rows.encode()),
        len(made.actions.sets),
        made.productions,
        made.start,
        made.end,
        made.fixed,
        made.patterns,
    ]
    return _json(rest) + "\n" + rows


def _read(text: str) -> Tables:
    first, _, rows = text.partition("\n")
    checksum, sets, productions, start, end, fixed, patterns = json.loads(first)
    if checksum != crc32(rows.encode()):
        raise ValueError("written by halves")
    made = tuple(Production(*each) for each in productions)
    lines = rows.split("\n")
    actions = Rows(lines[: len(lines) - sets], lines[len(lines) - sets :])
    return Tables(actions, made, int(start), int(end), dict(fixed), dict(patterns))
