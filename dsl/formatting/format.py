"""`format_text`: a text in its one layout, or nothing when it does not parse.

What was printed is read again, and its tree compared with that of the text: where they differ the text is not touched.
Where its tokens are the same, so is the tree, which follows from them.
The tree is the concrete one, so this is more than that the meaning stayed. Two things of it may differ: the commas
between items, and the layout of a text of several lines, whose value may not.
"""

from collections.abc import Sequence

from dsl.formatting.concrete import Branch, Concrete, read
from dsl.formatting.laid import Laid
from dsl.formatting.printer import Printer
from dsl.source import Source
from dsl.syntax.build_declarations import EDITION
from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.lexer_texts import LONG
from dsl.syntax.templates import dedented
from dsl.syntax.token import Token


class TreeChanged(Exception):
    """What was printed does not say the same: a bug of ours."""


def format_text(text: str) -> str | None:
    """The text formatted, with `\\n` at the ends of lines; None when it does not parse.

    Raises `TreeChanged` rather than give a text that is read as something else."""
    made = read(Source("", text))
    if made is None or not _known_edition(made):
        return None
    printed = _printed(text, made)
    if printed != text and not _says_the_same(printed, text, made):
        raise TreeChanged
    return printed


def _says_the_same(printed: str, text: str, made: Concrete) -> bool:
    """The tree depends on the tokens alone, so of the same tokens it is the same."""
    lexed = tokenise(printed, tables())
    if not lexed.diagnostics and _written(lexed.tokens) == _written(made.given):
        return True
    before, again = read(Source("", text)), read(Source("", printed))
    return before is not None and again is not None and _outline(before) == _outline(again)


def _written(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in tokens]


def _known_edition(made: Concrete) -> bool:
    """A text without an edition has a layout; of one of another edition, nobody here knows."""
    edition = next((each for each in made.branches if each.rule == "edition"), None)
    return edition is None or int(made.taken[edition.last].text) == EDITION


def _printed(text: str, made: Concrete) -> str:
    return Printer(Laid(text, made)).module(made.module())


_Outline = tuple[list[tuple[str, int]], list[tuple[str, object]]]


def _outline(made: Concrete) -> _Outline:
    """The tree as two lists: the rules with how many parts they have, inner ones first, and the tokens."""
    tokens = made.taken
    left: set[int] = set()
    values: dict[int, object] = {}
    rules: list[tuple[str, int]] = []
    for branch in made.branches:
        commas = 0
        if branch.rule in _WITH_COMMAS:
            items = [part for part in branch.parts if isinstance(part, int) and tokens[part].kind == "COMMA"]
            left.update(items)
            commas = len(items)
        elif branch.rule == "template" and tokens[branch.first].text == LONG:
            values.update(_values(branch, made))
        rules.append((branch.rule, len(branch.parts) - commas))
    for number, token in enumerate(tokens):
        if token.kind == "STRING" and token.text.startswith(LONG):
            values[number] = dedented([token.text[3:-3]])
        elif token.kind == "DOC":
            values[number] = token.text.rstrip()
    read_as = [(each.kind, values.get(at, each.text)) for at, each in enumerate(tokens) if at not in left]
    return rules, read_as


def _values(branch: Branch, made: Concrete) -> dict[int, object]:
    """Of the pieces of a text of several lines, as the language reads them."""
    inside = branch.parts[1:-1]
    pieces = [made.taken[part].text if isinstance(part, int) else None for part in inside]
    return {part: value for part, value in zip(inside, dedented(pieces), strict=True) if isinstance(part, int)}


_WITH_COMMAS = frozenset(
    {"call", "field", "function_call", "list_literal", "parameters", "record_literal", "record_type", "reshaped"}
)
"""Where a comma stands between items that are told apart without it, or behind the last."""
