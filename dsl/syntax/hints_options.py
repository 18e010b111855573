"""What to do about options, budgets and stages that are written as elsewhere: with `=`, `:` or `,`, or another word."""

from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.words import NUMBERS, OPTIONS

_LIMITING = ("max", "limit", "at", "times", "upto", "maximum", "concurrency", "workers")
_BEFORE_SIGNS = OPTIONS | {"BUDGET", "AS"}
_TAKE_TEXT = frozenset({"MODEL", "PROMPT", "INSTRUCTIONS", "QUEUE"})


def _last(mistake: Mistake, count: int = 1) -> list[str]:
    return [token.kind for token in mistake.before[-count:]]


def _option_with_a_sign(mistake: Mistake) -> Hint | None:
    """`model = "gpt-4o"`, `budget = 5k tokens`; `model: "gpt-4o"` where options stand."""
    kinds, text = _last(mistake), mistake.token.text
    if mistake.token.kind in ("EQUAL", "COLON") and kinds and kinds[0] in OPTIONS | {"BUDGET"}:
        word = mistake.before[-1].text
        return Hint(f"leave it out: `{word} …`", "", f"no `{text}` stands behind `{word}`", "SF008")
    words = {each for kind, each in mistake.texts.items() if kind in mistake.expected & _BEFORE_SIGNS}
    behind = [token.kind for token in mistake.after[:1]]
    if behind == ["COLON"] and text in words and "STEP" not in mistake.expected:
        return Hint(f"write `{text} …`", None, f"no `:` stands behind `{text}`", "SF008")
    return None


def _divided(mistake: Mistake) -> Hint | None:
    """`model "gpt-4o", prompt "…"`, and `model "a" or "b"`."""
    if len(mistake.expected & OPTIONS) < 3 or "STEP" in mistake.expected:
        return None
    behind = [token.kind for token in mistake.after[:1]]
    or_else = mistake.token.kind in ("OR", "VBAR") or (mistake.token.kind == "COMMA" and behind == ["STRING"])
    if or_else and "THEN" in mistake.expected and _last(mistake) == ["STRING"]:
        return Hint("write `then`", "then", "the next model stands behind `then`", "SF008")
    if mistake.token.kind == "COMMA":
        return Hint("leave it out", "", "nothing stands between two options", "SF008")
    return None


_WHOM = {"group": "group", "groups": "group", "person": "person", "persons": "person"}


def _not_in_quotes(mistake: Mistake) -> Hint | None:
    """`prompt question`, `from leads`."""
    kinds, name = _last(mistake), mistake.token.text
    if mistake.token.kind != "NAME" or "STRING" not in mistake.expected or not kinds or mistake.breaks_off:
        return None
    if kinds[0] == "PROMPT":
        written = f'"{{{{ {name} }}}}"'
        return Hint(f"write `prompt {written}`", written, "a prompt is a text")
    if kinds[0] in _TAKE_TEXT:
        return Hint(f'write `"{name}"`', f'"{name}"', f"`{mistake.before[-1].text}` takes a text in quotes")
    if kinds[0] == "FROM" and name in _WHOM:
        advice = f'write `from {_WHOM[name]} EXPRESSION`, or `from "leads"` for a group that stands there'
        return Hint(advice, None, "who is asked is a group in quotes, `group` or `person`")
    if kinds[0] == "FROM":
        advice = f'write `"{name}"` for a group, or `group {name}` or `person {name}` for one that a value names'
        return Hint(advice, None, "who is asked stands in quotes")
    return None


def _number_in_quotes(mistake: Mistake) -> Hint | None:
    digits = mistake.token.text.strip('"')
    if mistake.token.kind == "STRING" and mistake.expected & NUMBERS and digits.replace(".", "", 1).isdecimal():
        return Hint(f"write `{digits}`", digits, "a number stands without quotes")
    return None


def _rounds(mistake: Mistake) -> Hint | None:
    """`loop x 5 times`, `loop x max 5`."""
    if mistake.breaks_off or _last(mistake, 2) != ["LOOP", "NAME"] or "BUDGET" not in mistake.expected:
        return None
    if mistake.token.kind != "INT" and mistake.token.text not in _LIMITING:
        return None
    numbers = [token.text for token in (mistake.token, *mistake.after[:1]) if token.kind == "INT"]
    if not numbers:
        return None
    name = mistake.before[-1].text
    return Hint(f"write `loop {name} budget {numbers[0]} iterations {{ … }}`", None, "a loop has a budget")


def _at_once(mistake: Mistake) -> Hint | None:
    """`parallel for x in xs max 3`, `for x in xs parallel`."""
    if "UP" in mistake.expected and mistake.token.text in _LIMITING and mistake.after:
        return Hint(
            f"write `up to {mistake.after[0].text}`", None, f"`{mistake.token.text}` means nothing here", "SF008"
        )
    for_ = any(token.kind == "FOR" for token in mistake.before[-6:])
    if mistake.token.kind == "PARALLEL" and {"AT", "LBRACE"} <= mistake.expected and for_:
        return Hint("write `parallel for x in xs up to 4 { … }`", None, "`parallel` stands before `for`", "SF008")
    return None


_MOST = {"BUDGET": "20", "TIMEOUT": "7d", "SLEEP": "7d", "AFTER": "7d", "EVERY": "1h", "RETRY": "5"}
_UNITS = frozenset({"USD", "TOKENS", "CALLS", "TURNS", "ITERATIONS"})


def _without_a_cap(mistake: Mistake) -> Hint | None:
    """`sleep order.patience`, `budget plan.rounds iterations`."""
    words = [token for token in mistake.before[-8:] if token.kind in _MOST]
    if "AT" not in mistake.expected or "UP" in mistake.expected or not words or _last(mistake) != ["NAME"]:
        return None
    value = mistake.before[-1].text
    if len(mistake.before) > 2 and _last(mistake, 2)[0] == "DOT":
        value = f"{mistake.before[-3].text}.{value}"
    unit = f" {mistake.token.text}" if mistake.token.kind in _UNITS else ""
    advice = f"write `{value} at most {_MOST[words[-1].kind]}{unit}`"
    return Hint(advice, None, f"`{words[-1].text}` with a value that is worked out says what it is at most")


def _span_of_numbers(mistake: Mistake) -> Hint | None:
    """`for i in 1..5`."""
    if mistake.token.text != "." or _last(mistake) != ["DOT"] or len(mistake.before) < 2:
        return None
    return Hint("write `range(1, 6)` for 1 to 5", None, "there is no `..` here", "SF008")


def _approval(mistake: Mistake) -> Hint | None:
    if _last(mistake, 2) == ["APPROVAL", "NAME"] and mistake.token.kind == "LBRACE":
        advice = f'write `await approval {mistake.before[-1].text} "…?" {{ … }}`'
        return Hint(advice, None, "an approval asks a question")
    if "FROM" not in mistake.expected or "SHOW" not in mistake.expected:
        return None
    if mistake.token.text in ("to", "by", "ask", "approvers", "assignee", "approver", "users", "group"):
        return Hint('write `from "leads"`', None, f"`{mistake.token.text}` means nothing here", "SF008")
    if mistake.token.kind == "ELSE" and _last(mistake) == ["DURATION"]:
        return Hint("write `then`", "then", "what happens without an answer stands behind `then`", "SF008")
    return None


def _enumeration(mistake: Mistake) -> Hint | None:
    """`type K = "a", "b"`."""
    in_type = mistake.before[-4:] and _last(mistake, 4) == ["TYPE", "NAME", "EQUAL", "STRING"]
    if in_type and mistake.token.kind in ("COMMA", "OR", "DIVIDE"):
        return Hint("write `|`", "|", "the words of an enumeration are divided by `|`", "SF008")
    return None


def _quoted_field(mistake: Mistake) -> Hint | None:
    """`type A { "a": text }`."""
    behind = [token.kind for token in mistake.after[:1]]
    if mistake.token.kind != "STRING" or behind != ["COLON"] or mistake.expected - {"NAME", "RBRACE", "DOC", "COMMA"}:
        return None
    name = mistake.token.text.strip('"')
    return Hint(f"write `{name}: …`", name, "the name of a field stands without quotes", "SF008")


def _quoted_name(mistake: Mistake) -> Hint | None:
    """`step "done" = …`, `flow "main"()`."""
    name = mistake.token.text.strip('"')
    if mistake.token.kind != "STRING" or not mistake.expected <= {"NAME"} or not name.isidentifier():
        return None
    return Hint(f"write `{name}`", name, "a name stands without quotes", "SF008")


_OF_OTHERS = {
    "BUDGET": ("limit", "limits", "cap", "quota"),
    "TIMEOUT": ("within", "deadline", "time_limit"),
    "ERRORS": ("throws", "raises", "error", "exceptions"),
    "REJECT": ("deny", "decline", "refuse", "disapprove"),
}


def _word_of_others(mistake: Mistake) -> Hint | None:
    """`limit 5k tokens`, `within 5m`, `throws NotFound`, `then deny`; and `keyed write`."""
    text = mistake.token.text
    for kind, words in _OF_OTHERS.items():
        if kind in mistake.expected and text in words:
            word = mistake.texts.get(kind, kind.lower())
            return Hint(f"write `{word}`", word, f"`{text}` means nothing here", "SF008")
    behind = mistake.after[0].text if mistake.after else ""
    if mistake.token.kind == "KEYED" and behind in ("write", "irreversible"):
        return Hint(f"write `{behind} keyed`", None, f"`keyed` stands behind `{behind}`", "SF008")
    return None


OPTION_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _option_with_a_sign,
    _divided,
    _not_in_quotes,
    _number_in_quotes,
    _rounds,
    _at_once,
    _without_a_cap,
    _span_of_numbers,
    _approval,
    _enumeration,
    _quoted_field,
    _quoted_name,
    _word_of_others,
)
