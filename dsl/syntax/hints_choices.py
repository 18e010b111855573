"""What to do about mistakes in `match`, and in an `if` with a value: mostly how other languages write them."""

from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.token import Token

_CASE = 'a case is written `"a" => { … }`'
_ARROWS = frozenset({"->", ":", "=", "then"})
_INTRODUCING = frozenset({"case", "when", "is"})
_VALUES = frozenset({"STRING", "TEXT_START", "INT", "NUMBER", "TRUE", "FALSE", "NULL"})


def _expects_arrow(mistake: Mistake) -> bool:
    """After a value of a case."""
    return "=>" in {mistake.texts.get(kind) for kind in mistake.expected}


def _arrow(mistake: Mistake) -> Hint | None:
    if not _expects_arrow(mistake):
        return None
    if mistake.token.text in _ARROWS:
        return Hint("write `=>`", "=>", _CASE)
    if mistake.token.text in ("|", "or"):
        return Hint('write `"a", "b" => { … }`', ",", "the values of a case are divided by `,`")
    if mistake.token.text == "if":
        return Hint("put an `if` into its block, or write `if … else if …` instead", None, "a case has no condition")
    if mistake.before and mistake.before[-1].text in _INTRODUCING and mistake.token.kind in _VALUES:
        return Hint(f"leave `{mistake.before[-1].text}` out", None, _CASE)
    if mistake.token.text == "{":
        return Hint("put `=>` before the `{`", None, _CASE)
    return (
        Hint("write `if … else if …` instead", None, "a case is one value, or several") if _is_range(mistake) else None
    )


def _is_range(mistake: Mistake) -> bool:
    return mistake.token.text in (".", "to") and mistake.before[-1].kind in ("INT", "NUMBER")


def _compared(mistake: Mistake) -> Hint | None:
    """`match n { < 5 => … }`."""
    if mistake.token.kind == "COMPARISON" and _begins_a_case(mistake):
        return Hint("write `if … else if …` instead", None, "a case is a value, and no comparison")
    return None


def _begins_a_case(mistake: Mistake) -> bool:
    return {"ELSE", "RBRACE", "NULL"} <= mistake.expected and "STEP" not in mistake.expected


def _between(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "COMMA" and _begins_a_case(mistake):
        return Hint("leave the `,` out", "", "nothing stands between two cases")
    return None


def _without_braces(mistake: Mistake) -> Hint | None:
    if mistake.before and mistake.before[-1].text == "=>" and mistake.expected == {"LBRACE"}:
        shown = f"{mistake.token.text} … " if mistake.token.word else "yield … "
        return Hint(f"write `=> {{ {shown}}}`", None, "what a case does stands in braces")
    return None


def _value_in_a_block(mistake: Mistake) -> Hint | None:
    """`{ "one" }`, where the last value of a block is what it gives."""
    if not mistake.in_block or not mistake.before or mistake.before[-1].text != "{":
        return None
    if mistake.token.kind in _VALUES:
        return Hint(
            "write `yield …` in a branch or a choice with a name, else `return …`", None, "a block has no value"
        )
    return None


def _as_an_expression(mistake: Mistake) -> Hint | None:
    """`let x = match …`, `let x = if c { … }`."""
    if mistake.token.kind == "MATCH" and "TRUE" in mistake.expected and not _begins_a_case(mistake):
        advice = 'write `match … as x { "a" => { yield … } }`, and then `x`'
        return Hint(advice, None, "`match` is a statement, and no value")
    if mistake.token.kind == "LBRACE" and mistake.expected == {"THEN"} and _follows(mistake, "IF"):
        return Hint("write `if c then a else b`, or `if c as x { yield a } else { yield b }`")
    return None


def _typed_record(mistake: Mistake) -> Hint | None:
    """`return Page { title: "x" }`, `let p = Page { … }`."""
    kinds = [token.kind for token in mistake.before[-2:]]
    if mistake.token.kind != "LBRACE" or not mistake.in_block or kinds not in (["RETURN", "NAME"], ["EQUAL", "NAME"]):
        return None
    if not mistake.before[-1].text[:1].isupper():
        return None
    advice = f"leave `{mistake.before[-1].text}` out: the place that takes the record says its type"
    return Hint(advice, None, "a record is written without its type", "SF008")


def _follows(mistake: Mistake, kind: str) -> bool:
    def on_the_line(token: Token) -> bool:
        return "\n" not in mistake.source.text[token.span.start : mistake.token.span.start]

    return any(token.kind == kind for token in mistake.before if on_the_line(token))


CHOICE_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _arrow,
    _compared,
    _between,
    _without_braces,
    _value_in_a_block,
    _as_an_expression,
    _typed_record,
)
