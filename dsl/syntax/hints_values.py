"""What to do about values and names in an order or with signs that other languages have."""

import re
from collections.abc import Callable

from dsl.syntax.foreign_types import MARKS, here, is_type
from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.words import OPTIONS

_COMPARING = ("is", "equals", "eq", "equal")
_ENDING = frozenset({"NAME", "RPAR", "RSQB", "STRING", "INT", "NUMBER", "TRUE", "FALSE", "NULL"})
_EFFECTS = frozenset({"READ", "IDEMPOTENT", "WRITE", "IRREVERSIBLE", "KEYED", "QUICK", "FINAL"})
_ADDING = frozenset({"append", "push", "add", "extend", "concat", "insert", "prepend", "unshift"})
_CHANGING = _ADDING | {"pop", "remove", "clear", "sort", "reverse", "update", "shift", "splice", "set", "put", "delete"}


def _is(mistake: Mistake) -> Hint | None:
    """`x is null`, `x is not None`."""
    text = mistake.token.text
    if mistake.token.kind != "NAME" or text not in _COMPARING or not mistake.before or not mistake.after:
        return None
    if mistake.before[-1].kind not in _ENDING or mistake.after[0].kind not in (*_ENDING, "NOT", "TEXT_START"):
        return None
    other = mistake.after[0].kind == "NOT" if mistake.after else False
    sign = "!=" if other else "=="
    return Hint(f"write `{sign}`", None if other else sign, f"`{text}` means nothing here", "SF008")


def _for_of(mistake: Mistake) -> Hint | None:
    """`for x of xs`."""
    kinds = [token.kind for token in mistake.before[-2:]]
    if kinds != ["FOR", "NAME"] or "IN" not in mistake.expected or mistake.token.text not in ("of", ":", "=", "from"):
        return None
    return Hint("write `in`", "in", f"`{mistake.token.text}` means nothing here", "SF008")


def _untyped(mistake: Mistake) -> Hint | None:
    """`tool t(a)`, `tool t(text a)`: a parameter or a field is a name and a type."""
    if mistake.expected != {"COLON"} or not mistake.before or mistake.before[-1].kind != "NAME":
        return None
    if len(mistake.before) > 1 and mistake.before[-2].text in MARKS:
        return None  # `a: sensitive text`
    name, token = mistake.before[-1].text, mistake.token
    if token.kind == "NAME" and mistake.unclosed is not None and is_type(token.text) and not is_type(name):
        return Hint(f"write `{name}: {here(token.text)}`", None, f"`:` is missing behind `{name}`", "SF008")
    if token.kind == "NAME" and mistake.unclosed is not None:
        return Hint(f"write `{token.text}: {name}`", None, "the name comes first, then its type", "SF008")
    if token.kind in ("RPAR", "COMMA", "RBRACE", "EQUAL", "QMARK"):
        return Hint(f"write its type, such as `{name}: text`", None, f"nothing says what `{name}` is")
    return None


def _effect_first(mistake: Mistake) -> Hint | None:
    """`tool t(a: text) read -> text`."""
    last = mistake.before[-1] if mistake.before else None
    if mistake.token.text != "->" or last is None or last.kind not in _EFFECTS:
        return None
    return Hint(f"write `-> text {last.text}`", None, f"the result comes before `{last.text}`")


def _no_result(mistake: Mistake) -> Hint | None:
    """`tool t(a: text) -> null`, `-> ()`."""
    arrow = mistake.before[-2:-1] if mistake.token.kind == "RPAR" else mistake.before[-1:]
    if [token.text for token in arrow] != ["->"] or mistake.token.kind not in ("NULL", "RPAR"):
        return None
    return Hint("what gives nothing has no `->`: leave that out; a value that may be null is a `text?`", None)


def _options_for_a_result(mistake: Mistake) -> Hint | None:
    """`tool t(a: text) -> { timeout 5s }`."""
    row = [token.text for token in mistake.before[-3:-1]]
    if row != ["->", "{"] or mistake.expected != {"COLON"} or mistake.before[-1].text.upper() not in OPTIONS:
        return None
    advice = "write `-> text read { … }`; what gives nothing has no `->`"
    return Hint(advice, None, "a result and an effect come before the options", "SF008")


def _config_block(mistake: Mistake) -> Hint | None:
    """`config { a: text  b: int = 3 }`."""
    if mistake.token.kind != "LBRACE" or not mistake.before or mistake.before[-1].kind != "CONFIG":
        return None
    name = mistake.after[0].text if mistake.after and mistake.after[0].kind == "NAME" else "name"
    return Hint(f"each value is declared by itself: `config {name}: text`", None)


def _is_value(mistake: Mistake, name: str) -> bool:
    """Whether a `var` or `let` before is called so: then it is no tool."""
    before = mistake.source.text[: mistake.token.span.start]
    return re.search(rf"\b(?:var|let)\s+{re.escape(name)}\b", before) is not None


def _changed_in_place(mistake: Mistake) -> Hint | None:
    """`xs.append(x)`, `set xs.push(x)`, `set xs[0] = x`, `set r.name = x`."""
    tokens = [mistake.token, *mistake.after]
    kinds = [token.kind for token in mistake.before[-2:]]
    if kinds == ["SET", "NAME"] and mistake.token.kind in ("DOT", "LSQB"):
        name, tokens = mistake.before[-1].text, tokens[1:]
        if mistake.token.kind == "LSQB":
            advice = (
                f"make a new list: `set {name} = [… for x in {name}]`; of a map: `merge({name}, {{ [key]: value }})`"
            )
            return Hint(advice, None, "an item is not set by itself", "SF008")
    elif mistake.in_block and mistake.token.kind == "NAME" and mistake.after and mistake.after[0].kind == "DOT":
        name, tokens = mistake.token.text, tokens[2:]
        if not _is_value(mistake, name):
            return None
    else:
        return None
    part = tokens[0].text if tokens else ""
    if len(tokens) > 1 and tokens[1].kind == "LPAR" and part in _CHANGING:
        value = f"{name} + [item]" if part in _ADDING else "…"
        return Hint(f"write `set {name} = {value}`", None, f"`{name}` is not changed, it gets another value", "SF008")
    if kinds == ["SET", "NAME"] and len(tokens) > 1 and tokens[1].kind == "EQUAL":
        advice = f"write `set {name} = {{ ...{name}, {part}: … }}`"
        return Hint(advice, None, "a field is not set by itself", "SF008")
    return None


def _step_without_equal(mistake: Mistake) -> Hint | None:
    """`step found client.find(…)`, `step found: client.find(…)`."""
    if [token.kind for token in mistake.before[-2:]] != ["STEP", "NAME"] or "EQUAL" not in mistake.expected:
        return None
    name, token = mistake.before[-1].text, mistake.token
    if token.kind == "COLON" or token.text in (":=", "<-"):
        return Hint(f"write `step {name} = …`", "=", "a step takes its value with `=`", "SF008")
    if (token.kind == "NAME" or token.word) and mistake.after and mistake.after[0].kind in ("DOT", "LPAR"):
        return Hint(f"write `step {name} = {token.text}…`", f"= {token.text}", f"`=` is missing behind `{name}`")
    return None


def _awaited(mistake: Mistake) -> Hint | None:
    """`let x = await client.find(…)`, `step x = await client.find(…)`."""
    if mistake.token.kind != "AWAIT" or mistake.in_block or not mistake.before or mistake.before[-1].kind != "EQUAL":
        return None
    name = mistake.before[-2].text if len(mistake.before) > 1 else "x"
    if mistake.after and mistake.after[0].text in ("approval", "event", "first"):
        what = mistake.after[0].text
        message = f"`await {what}` is a statement, and gives its name by itself"
        return Hint(f"write `await {what} {name} …`", None, message, "SF008")
    advice = f"write `step {name} = …`, without `await`: a step waits by itself"
    return Hint(advice, None, "a tool is called by a step", "SF008")


def _sleep_as_a_call(mistake: Mistake) -> Hint | None:
    """`sleep(5)`, where `(` begins a time with a limit, and `await sleep 5s`."""
    kinds = [token.kind for token in mistake.before[-4:]]
    if mistake.token.kind == "SLEEP" and kinds[-1:] == ["AWAIT"]:
        return Hint("leave `await` out: `sleep 5s` waits by itself", None, "`sleep` is a statement of its own", "SF008")
    if kinds[:2] != ["SLEEP", "LPAR"] or kinds[2:] not in (["INT", "RPAR"], ["DURATION", "RPAR"]):
        return None
    text = mistake.before[-2].text
    advice = f"write `sleep {text}s`" if kinds[2] == "INT" else f"write `sleep {text}`"
    return Hint(advice, None, "no brackets stand around the time of `sleep`", "SF008")


def _changeable(mistake: Mistake) -> Hint | None:
    """`let mut k = 0`."""
    last = mistake.before[-1] if mistake.before else None
    if last is None or last.text not in ("mut", "mutable") or mistake.token.kind != "NAME":
        return None
    advice = f"write `var {mistake.token.text} = …`"
    return Hint(advice, None, "what gets other values is a `var`", "SF008")


def _text_without_quotes(mistake: Mistake) -> Hint | None:
    last = mistake.before[-1].kind if mistake.before else None
    if mistake.breaks_off and "STRING" in mistake.expected and last in ("PROMPT", "INSTRUCTIONS"):
        return Hint('a text of several lines stands between `"""` and `"""`', None)
    return None


VALUE_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _is,
    _for_of,
    _options_for_a_result,
    _untyped,
    _effect_first,
    _no_result,
    _config_block,
    _changed_in_place,
    _step_without_equal,
    _awaited,
    _sleep_as_a_call,
    _changeable,
    _text_without_quotes,
)
