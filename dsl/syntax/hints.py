"""What to do about a syntax error: one small function for each mistake that people make. The first that applies speaks.

A hint is the advice, and what to put in place of the token found when that alone mends it.
"""

from collections.abc import Callable

from dsl.syntax import signs
from dsl.syntax.foreign import method
from dsl.syntax.grammar import END
from dsl.syntax.hints_agents import AGENT_HINTS
from dsl.syntax.hints_choices import CHOICE_HINTS
from dsl.syntax.hints_foreign import FOREIGN_HINTS
from dsl.syntax.hints_options import OPTION_HINTS
from dsl.syntax.hints_order import ORDER_HINTS
from dsl.syntax.hints_people import PEOPLE_HINTS
from dsl.syntax.hints_signs import SIGN_HINTS
from dsl.syntax.hints_types import TYPE_HINTS
from dsl.syntax.hints_values import VALUE_HINTS
from dsl.syntax.mistake import Hint, Mistake, meant
from dsl.syntax.token import Token
from dsl.syntax.words import DECLARATIONS, STATEMENTS


def hint(mistake: Mistake) -> Hint | None:
    return next((found for each in _ALL if (found := each(mistake)) is not None), None)


def _comparison(mistake: Mistake) -> Hint | None:
    if mistake.token.kind != "EQUAL" or "COMPARISON" not in mistake.expected:
        return None
    if "COLON" in mistake.expected:
        name = mistake.before[-1].text
        return Hint(f"write `{name}: …`", ":", "an argument is named with `:`", "SF008")
    return Hint("compare with `==`", "==")


def _twice(mistake: Mistake) -> Hint | None:
    text = mistake.token.text
    if mistake.before and text == mistake.before[-1].text and text[:1].isalnum():
        return Hint("leave it out", "", f"`{text}` stands here twice")
    return None


def _chain(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "COMPARISON" and "AND" in mistake.expected:
        return Hint("compare two at a time: `a < b and b < c`", None)
    return None


def _choice_behind(mistake: Mistake) -> Hint | None:
    """`a if c else b`, whose `if` was read as the next statement."""
    if mistake.token.kind != "ELSE" or not any(token.kind == "IF" for token in _line(mistake)):
        return None
    return Hint("a choice between values is `if c then a else b`", None)


def _timeout_of_an_agent(mistake: Mistake) -> Hint | None:
    """`timeout` belongs to the people who are asked before a call of a tool, also at the end of an agent's options."""
    if mistake.token.kind != "TIMEOUT" or "INSTRUCTIONS" not in mistake.expected:
        return None
    return Hint("an agent has time by `answer within 90s`", "answer within")


def _word_meant(mistake: Mistake) -> Hint | None:
    kind = meant(mistake.token, mistake.expected, mistake.texts)
    rest = mistake.token.text.removeprefix(mistake.texts[kind]) if kind else ""
    if kind and rest not in (mistake.token.text, "s") and not _has_name_behind(mistake):
        return None
    return Hint(f"did you mean `{mistake.texts[kind]}`?", mistake.texts[kind]) if kind else None


def _has_name_behind(mistake: Mistake) -> bool:
    """`stepp payment`: the name is there, so what is in front of it is a word only."""
    return bool(mistake.after) and mistake.after[0].kind == "NAME"


def _glued(mistake: Mistake) -> Hint | None:
    text = mistake.token.text
    if mistake.token.kind != "NAME" or _has_name_behind(mistake):
        return None
    words = sorted((mistake.texts[kind] for kind in mistake.expected if kind in mistake.texts), key=len, reverse=True)
    for word in words:
        if word.isalpha() and len(word) > 2 and text.startswith(word):
            apart = f"{word} {text[len(word) :].lstrip('_')}"
            return Hint(f"did you mean `{apart}`?", apart)
    return None


def _word_as_name(mistake: Mistake) -> Hint | None:
    if mistake.token.word and "NAME" in mistake.expected and mistake.token.kind not in STATEMENTS | DECLARATIONS:
        return Hint(f"`{mistake.token.text}` is a word of the language: choose another name", None)
    wants_name = mistake.expected <= {"NAME"}
    if mistake.token.word and wants_name:
        return Hint(f"`{mistake.token.text}` is a word of the language: choose another name", None)
    return None


def _finally_alone(mistake: Mistake) -> Hint | None:
    if mistake.token.kind != "FINALLY" or not mistake.in_block:
        return None
    return Hint("put it behind what it belongs to: `try { … } finally { step close(…) }`", None)


def _break_loop(mistake: Mistake) -> Hint | None:
    kinds = [token.kind for token in mistake.before[-3:]]
    for jump in ("BREAK", "CONTINUE"):
        if kinds[-2:] == [jump, "LOOP"] or kinds == [jump, "LOOP", "NAME"]:
            return Hint(f"name the loop directly: `{jump.lower()} NAME`", None)
    return None


def _bare_return(mistake: Mistake) -> Hint | None:
    if _last(mistake) == "RETURN" and mistake.token.kind in STATEMENTS:
        return Hint("a `return` without a value stands only at the end of a block", None)
    return None


def _step_without_call(mistake: Mistake) -> Hint | None:
    line = [token.kind for token in _line(mistake)]
    if (line[-3:-1] == ["STEP", "NAME"] and line[-1] == "EQUAL") or (
        mistake.expected <= {"DOT", "LPAR"} and "STEP" in line
    ):
        return Hint("a step calls a tool, an agent or a flow: `step x = tool(…)`; a value is `let x = …`", None)
    return None


def _call_in_expression(mistake: Mistake) -> Hint | None:
    """A dotted name with arguments, where a value stands: a method of another language, or a call that needs a step."""
    name, dots = "", mistake.before
    while len(dots) > 1 and dots[-1].kind == "NAME" and dots[-2].text in (".", "?."):
        name, dots = f".{dots[-1].text}{name}", dots[:-2]
    if mistake.token.kind != "LPAR" or not name or not dots:
        return None
    subject, _, last = f"{dots[-1].text}{name}".rpartition(".")
    instead = method(last, subject)
    if instead is not None:
        return Hint(f"write `{instead}`", None, f"there are no methods here: `.{last}()`", "SF008")
    return Hint(f"`step r = {subject}.{last}(…)`, and then `r`", None, "a tool is called by a step")


def _comment(mistake: Mistake) -> Hint | None:
    starts = "STEP" in mistake.expected or "FLOW" in mistake.expected
    if mistake.token.kind in ("FLOOR", "DIVIDE") and starts:
        return Hint("a comment begins with `#`", "#")
    return None


def _template(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "TEXT_START" and "STRING" in mistake.expected:
        return Hint("`{{ }}` cannot be used here: write a plain text", None)
    return None


def _outside(mistake: Mistake) -> Hint | None:
    if mistake.token.kind in STATEMENTS and "FLOW" in mistake.expected:
        return Hint("a statement can only stand inside a `flow`", None)
    if mistake.token.kind == "RBRACE" and "FLOW" in mistake.expected:
        return Hint("nothing is open here: leave out this `}`", "")
    if mistake.token.text == "use" and "FLOW" not in mistake.expected and "STEP" in mistake.expected:
        return Hint("`use` stands at the beginning of a file, or inside an `agent`", None)
    return None


def _unclosed(mistake: Mistake) -> Hint | None:
    ends = mistake.token.kind == END or mistake.token.kind in DECLARATIONS
    if ends and mistake.unclosed is not None:
        place = mistake.source.position(mistake.unclosed.span.start).line
        return Hint(f"close the `{mistake.unclosed.text}` of line {place}", None)
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
    _twice,
    _chain,
    _timeout_of_an_agent,
    _choice_behind,
    _finally_alone,
    _break_loop,
    _bare_return,
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
_ALL = (
    signs.hint,
    *SIGN_HINTS,
    *AGENT_HINTS,
    *CHOICE_HINTS,
    *VALUE_HINTS,
    *TYPE_HINTS,
    *OPTION_HINTS,
    *ORDER_HINTS,
    *FOREIGN_HINTS,
    *PEOPLE_HINTS,
    *_HINTS,
)
