"""Sixty kinds of mistakes that people make, each a change of a few tokens.

`corpus.py` makes slips of the hand, which may leave a text that is right. What is put in here is wrong at every place
that a kind takes, so nearly all of it has to be told.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.token import Token
from tests.mistaken.corpus import Mistaken

Change = tuple[int, int, str]
Make = Callable[[str, Sequence[Token], int], Change | None]
"""What to put in place of the text from one offset to another; None where the mistake cannot be made at the token."""

_TYPES = ("text", "int", "number", "decimal", "bool", "time", "duration", "json")
_ANY = "*"


def mistakes(file: str, text: str, seed: int, of_a_kind: int) -> Iterator[Mistaken]:
    """So many of each kind as there are places for, drawn by chance, the same each time."""
    tokens = [token for token in tokenise(text, tables()).tokens[:-1] if token.kind != "DOC"]
    for kind, make in KINDS.items():
        chance = random.Random(f"{seed} {file} {kind}")
        places = list(range(len(tokens)))
        chance.shuffle(places)
        made = (change for at in places if (change := make(text, tokens, at)) is not None)
        for (start, end, instead), _ in zip(made, range(of_a_kind), strict=False):
            line = text.count("\n", 0, start) + 1
            yield Mistaken(file, kind, line, text[start:end], instead, text[:start] + instead + text[end:], start)


def _is(tokens: Sequence[Token], at: int, row: Sequence[str]) -> bool:
    """Whether these tokens stand there, each by its kind, its text, or `*` for any."""
    if at < 0 or at + len(row) > len(tokens):
        return False
    return all(want in (_ANY, token.kind, token.text) for want, token in zip(row, tokens[at:], strict=False))


def put(row: str, instead: str, where: int = 0, *, until: int | None = None) -> Make:
    """`instead`, with `{}` for what stands there, in place of the token `where` of a row of tokens, or of several."""
    wanted = row.split()

    def make(text: str, tokens: Sequence[Token], at: int) -> Change | None:
        if not _is(tokens, at, wanted):
            return None
        start, end = tokens[at + where].span.start, tokens[at + (where if until is None else until)].span.end
        return start, end, instead.replace("{}", text[start:end])

    return make


def either(*makes: Make) -> Make:
    def make(text: str, tokens: Sequence[Token], at: int) -> Change | None:
        return next((change for each in makes if (change := each(text, tokens, at)) is not None), None)

    return make


def _typed(instead: str) -> Make:
    return either(*(put(f": {type_}", instead, 1) for type_ in _TYPES))


def _line_out(*begins: str) -> Make:
    """A line that begins so and is whole in itself."""

    def make(text: str, tokens: Sequence[Token], at: int) -> Change | None:
        start = text.rfind("\n", 0, tokens[at].span.start) + 1
        end = text.find("\n", start)
        line = text[start:end]
        whole = all(line.count(a) == line.count(b) for a, b in ("()", "{}", "[]")) and line.count('"') % 2 == 0
        fits = whole and line.strip().startswith(begins) and not text[start : tokens[at].span.start].strip()
        return (start, end, "") if fits and end > 0 else None

    return make


def _line_end(added: str, *begins: str) -> Make:
    def make(text: str, tokens: Sequence[Token], at: int) -> Change | None:
        start = text.rfind("\n", 0, tokens[at].span.start) + 1
        end = text.find("\n", start)
        line = text[start:end].strip()
        first = not text[start : tokens[at].span.start].strip()
        return (end, end, added) if first and line.startswith(begins) and "#" not in line and end > 0 else None

    return make


def _quotes(text: str, tokens: Sequence[Token], at: int) -> Change | None:
    token = tokens[at]
    if token.kind != "STRING" or token.text.startswith('"""') or "'" in token.text or "\\" in token.text:
        return None
    return token.span.start, token.span.end, f"'{token.text[1:-1]}'"


def _type_first(text: str, tokens: Sequence[Token], at: int) -> Change | None:
    if not _is(tokens, at, ("(", "NAME", ":", "NAME", ")")):
        return None
    name, type_ = tokens[at + 1], tokens[at + 3]
    return name.span.start, type_.span.end, f"{type_.text} {name.text}"


def _in_call(instead: str, where: int, until: int) -> Make:
    """In the first argument of a step, counted from its name."""

    def make(text: str, tokens: Sequence[Token], at: int) -> Change | None:
        if not _is(tokens, at, ("STEP", "NAME", "EQUAL", "NAME")):
            return None
        opened = at + 4
        while _is(tokens, opened, ("DOT",)):
            opened += 2
        if not _is(tokens, opened, ("LPAR", "NAME", "COLON", "NAME", "RPAR")):
            return None
        start, end = tokens[opened + where].span.start, tokens[opened + until].span.end
        return start, end, instead.replace("{}", text[start:end])

    return make


def _name_twice(text: str, tokens: Sequence[Token], at: int) -> Change | None:
    """A step is called like the one before it in its block."""
    if not _is(tokens, at, ("STEP", "NAME", "EQUAL")):
        return None
    before = [(line, number) for number, line in enumerate(text[: tokens[at].span.start].split("\n"))]
    above = before[-2][0] if len(before) > 1 else ""
    indent = before[-1][0]
    name = above.removeprefix(f"{indent}step ").partition(" = ")[0] if above.startswith(f"{indent}step ") else ""
    if not name.isidentifier():
        return None
    return tokens[at + 1].span.start, tokens[at + 1].span.end, name


KINDS: dict[str, Make] = {
    # words and signs of other languages
    "a line ends with `;`": _line_end(";", "step ", "let ", "return "),
    "single quotes": _quotes,
    "`=` names an argument": put("NAME ( NAME :", "=", 3),
    "`:` names a value": put("STEP NAME =", ":", 2),
    "`:=` gives a value": put("STEP NAME =", ":=", 2),
    "`=` compares": put("IF NAME . NAME ==", "=", 4),
    "`===` compares": put("==", "==="),
    "`&&`": put("AND", "&&"),
    "`||`": either(put("OR", "||"), put("IF NAME", "true || {}", 1)),
    "`is`": put("==", "is"),
    "`!` denies": put("NOT NAME", "!", 0),
    "`None`": put("NULL", "None"),
    "`True`": either(put("TRUE", "True"), put("FALSE", "False")),
    "a block of Python": put("IF NAME . NAME {", ":", 4),
    "`const` for `let`": put("LET NAME =", "const", 0),
    "`for … of`": put("FOR NAME IN", "of", 2),
    "`elif`": either(put("ELSE IF", "elif", 0, until=1), put("} ELSE {", "elif {", 1, until=2)),
    "`while`": put("LOOP NAME", "while", 0),
    "`print`": put("STEP NAME =", "print({})\n  step", 0),
    "`throw`": put("FAIL STRING", "throw", 0),
    "`catch`": put("ON ERROR", "catch", 0, until=1),
    "`=>` before a result": put("->", "=>"),
    "`:` before a result": put(") ->", ":", 1),
    "no arrow": put(") -> NAME", "", 1),
    "`def` for `flow`": put("FLOW NAME (", "def", 0),
    "`class` for `type`": put("TYPE NAME {", "class", 0),
    "`import` for `edition`": put("EDITION INT", 'import "std"', 0, until=1),
    "no edition": put("EDITION INT", "", 0, until=1),
    "an unknown edition": put("EDITION INT", "9", 1),
    # types
    "`string`": put(": text", "string", 1),
    "`List[…]`": _typed("List[{}]"),
    "`Optional[…]`": _typed("Optional[{}]"),
    "`[]` behind a type": _typed("{}[]"),
    "`| null`": _typed("{} | null"),
    "`Dict[…]`": _typed("Dict[text, {}]"),
    "the type first": _type_first,
    "a type misspelt": _typed("{}x"),
    # units
    "`24 hours`": put("DURATION", "24 hours"),
    "a number for a time": put("TIMEOUT DURATION", "30", 1),
    "dollars with a sign": put("* USD", "$5", 0, until=1),
    "no unit": put("INT ITERATIONS", "", 1),
    # names
    "a field misspelt": put("NAME . NAME ==", "{}x", 2),
    "an argument misspelt": _in_call("{}x", 1, 1),
    "an argument twice": _in_call("{}, {}", 1, 3),
    "an argument too many": _in_call("{}, surplus: 1", 3, 3),
    "an argument without its name": _in_call("= {}", 3, 3),
    "a tool misspelt": put("STEP NAME = NAME (", "{}x", 3),
    "a name twice": _name_twice,
    "an unknown name": put("RETURN NAME", "nowhere", 1),
    "an unknown function": put("len (", "lenn", 0),
    "an error misspelt": put("ON ERROR NAME {", "{}x", 2),
    "an unknown loop": put("BREAK NAME", "{}x", 1),
    "an unknown undo": either(put("COMPENSATE NAME (", "{}x", 1), put("COMPENSATE NAME . NAME", "{}x", 3)),
    # values
    "a number for a text": put("== STRING", "7", 1),
    "a text for a number": either(put(">= INT", '"many"', 1), put("> INT", '"many"', 1), put("< INT", '"many"', 1)),
    "a text and a number added": put("+ INT", '"one"', 1),
    "a condition that is no bool": put("UNTIL *", "7 +", 0),
    "a list for one": put("RETURN STRING", "[{}]", 1),
    # what is missing, and what stands where it cannot
    "no bound of a loop": put("LOOP NAME BUDGET INT ITERATIONS {", "", 2, until=4),
    "no timeout": put("FROM STRING TIMEOUT DURATION", "", 2, until=3),
    "no model": _line_out("model "),
    "no prompt": _line_out("prompt "),
    "no way to undo": put("COMPENSATE NONE STRING", "", 0, until=2),
    "a break without a loop": put("RETURN", "break {}"),
    "a statement behind a return": _line_end("\n  sleep 1s", "return "),
    "`set` of what is no var": put("STEP NAME =", "set", 0),
    "`await` before a call": put("STEP NAME = NAME", "await {}", 3),
}
