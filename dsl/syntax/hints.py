"""What to do about a syntax error: one small function for each mistake that people make. The first that applies speaks.

A hint is the advice, and what to put in place of the token found when that alone mends it.
"""

from collections.abc import Callable

from dsl.syntax.grammar import END
from dsl.syntax.mistake import Mistake, meant
from dsl.syntax.token import Token
from dsl.syntax.words import DECLARATIONS, STATEMENTS

Hint = tuple[str, str | None]
_FOREIGN_WORDS = {
    "while": "repeat with `loop NAME budget 10 iterations { … until … }`",
    "repeat": "repeat with `loop NAME budget 10 iterations { … until … }`",
    "elif": "write `else if`",
    "elsif": "write `else if`",
    "def": "declare a `flow`, or a pure function with `fn`",
    "func": "declare a `flow`, or a pure function with `fn`",
    "function": "declare a `flow`, or a pure function with `fn`",
    "import": 'other files are read with `use "file.flow"`',
    "const": "write `let`",
    "switch": "write `match`",
    "catch": "write `on error`",
    "except": "write `on error`",
    "throw": "write `fail`",
    "raise": "write `fail`",
    "call": "write `step`",
}


def hint(mistake: Mistake) -> Hint | None:
    return next((found for each in _HINTS if (found := each(mistake)) is not None), None)


def _comparison(mistake: Mistake) -> Hint | None:
    if mistake.token.kind != "EQUAL" or "COMPARISON" not in mistake.expected:
        return None
    in_call = len(mistake.before) > 1 and mistake.before[-2].kind in ("LPAR", "COMMA") and "RPAR" in mistake.expected
    return ("name an argument with `:`", ":") if in_call else ("compare with `==`", "==")


def _chain(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "COMPARISON" and "AND" in mistake.expected:
        return "compare two at a time: `a < b and b < c`", None
    return None


def _choice_behind(mistake: Mistake) -> Hint | None:
    """`a if c else b`, whose `if` was read as the next statement."""
    if mistake.token.kind != "ELSE" or not any(token.kind == "IF" for token in _line(mistake)):
        return None
    return "a choice between values is `if c then a else b`", None


def _word_meant(mistake: Mistake) -> Hint | None:
    kind = meant(mistake.token, mistake.expected, mistake.texts)
    if kind and mistake.token.text.removeprefix(mistake.texts[kind]) not in (mistake.token.text, "s"):
        return None
    return (f"did you mean `{mistake.texts[kind]}`?", mistake.texts[kind]) if kind else None


def _glued(mistake: Mistake) -> Hint | None:
    text = mistake.token.text
    if mistake.token.kind != "NAME":
        return None
    words = sorted((mistake.texts[kind] for kind in mistake.expected if kind in mistake.texts), key=len, reverse=True)
    for word in words:
        if word.isalpha() and len(word) > 2 and text.startswith(word):
            apart = f"{word} {text[len(word) :].lstrip('_')}"
            return f"did you mean `{apart}`?", apart
    return None


def _foreign_word(mistake: Mistake) -> Hint | None:
    starts = "STEP" in mistake.expected or "FLOW" in mistake.expected or "ON" in mistake.expected
    advice = _FOREIGN_WORDS.get(mistake.token.text) if starts else None
    return (advice, None) if advice else None


def _word_as_name(mistake: Mistake) -> Hint | None:
    if mistake.token.word and "NAME" in mistake.expected and mistake.token.kind not in STATEMENTS | DECLARATIONS:
        return f"`{mistake.token.text}` is a word of the language: choose another name", None
    wants_name = mistake.expected <= {"NAME"}
    if mistake.token.word and wants_name:
        return f"`{mistake.token.text}` is a word of the language: choose another name", None
    return None


def _break_loop(mistake: Mistake) -> Hint | None:
    kinds = [token.kind for token in mistake.before[-3:]]
    for jump in ("BREAK", "CONTINUE"):
        if kinds[-2:] == [jump, "LOOP"] or kinds == [jump, "LOOP", "NAME"]:
            return f"name the loop directly: `{jump.lower()} NAME`", None
    return None


def _bare_return(mistake: Mistake) -> Hint | None:
    if _last(mistake) == "RETURN" and mistake.token.kind in STATEMENTS:
        return "a `return` without a value stands only at the end of a block", None
    return None


def _step_without_call(mistake: Mistake) -> Hint | None:
    line = [token.kind for token in _line(mistake)]
    if (line[-3:-1] == ["STEP", "NAME"] and line[-1] == "EQUAL") or (
        mistake.expected <= {"DOT", "LPAR"} and "STEP" in line
    ):
        return "a step calls a tool, an agent or a flow: `step x = tool(…)`; a value is `let x = …`", None
    return None


def _call_in_expression(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "LPAR" and [token.kind for token in mistake.before[-2:]] == ["DOT", "NAME"]:
        return "only a step calls a tool, an agent or a flow: `step x = …`", None
    return None


def _comment(mistake: Mistake) -> Hint | None:
    starts = "STEP" in mistake.expected or "FLOW" in mistake.expected
    if mistake.token.kind in ("FLOOR", "DIVIDE") and starts:
        return "a comment begins with `#`", "#"
    return None


def _template(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "TEXT_START" and "STRING" in mistake.expected:
        return "`{{ }}` cannot be used here: write a plain text", None
    return None


def _outside(mistake: Mistake) -> Hint | None:
    if mistake.token.kind in STATEMENTS and "FLOW" in mistake.expected:
        return "a statement can only stand inside a `flow`", None
    if mistake.token.kind == "RBRACE" and "FLOW" in mistake.expected:
        return "nothing is open here: leave out this `}`", ""
    if mistake.token.text == "use" and "FLOW" not in mistake.expected and "STEP" in mistake.expected:
        return "`use` stands at the beginning of a file, or inside an `agent`", None
    return None


def _unclosed(mistake: Mistake) -> Hint | None:
    ends = mistake.token.kind == END or mistake.token.kind in DECLARATIONS
    if ends and mistake.unclosed is not None:
        place = mistake.source.position(mistake.unclosed.span.start).line
        return f"close the `{mistake.unclosed.text}` of line {place}", None
    return None


def _last(mistake: Mistake) -> str | None:
    return mistake.before[-1].kind if mistake.before else None


def _line(mistake: Mistake) -> list[Token]:
    """The tokens up to the mistake on the line where reading had come to."""
    if not mistake.before:
        return []
    start = mistake.source.text.rfind("\n", 0, mistake.before[-1].span.start) + 1
    return [token for token in mistake.before if token.span.start >= start]


_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _comparison,
    _chain,
    _choice_behind,
    _break_loop,
    _bare_return,
    _foreign_word,
    _word_meant,
    _glued,
    _step_without_call,
    _call_in_expression,
    _comment,
    _template,
    _outside,
    _unclosed,
    _word_as_name,
)
