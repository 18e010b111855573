"""What to do about signs and words of other languages in the middle of a statement that began rightly."""

import re
from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake

_COUNTING = ("PLUS", "MINUS", "TIMES", "DIVIDE")
_CONSTANTS = frozenset({"STRING", "TEXT_END", "INT", "NUMBER", "TRUE", "FALSE", "NULL"})
_BEFORE_VALUES = frozenset({"IN", "EQUAL", "COMPARISON", "RETURN", "YIELD", "PLUS", "THEN", "ELSE"})
_FUNCTIONS = ("lambda", "fun", "func", "function")
_KINDS = ("instanceof", "isinstance", "typeof", "istype")


def _last(mistake: Mistake) -> str:
    return mistake.before[-1].text if mistake.before else ""


def _set_by_sign(mistake: Mistake) -> Hint | None:
    """`set n += 1`, `set n++`."""
    kinds = [token.kind for token in mistake.before[-2:]]
    if kinds != ["SET", "NAME"] or mistake.token.kind not in _COUNTING or not mistake.after:
        return None
    name, sign, next_ = _last(mistake), mistake.token.text, mistake.after[0].kind
    if next_ not in ("EQUAL", mistake.token.kind):
        return None
    value = mistake.after[1].text if next_ == "EQUAL" and len(mistake.after) > 1 else "1"
    return Hint(f"write `set {name} = {name} {sign} {value}`", None, "a `var` is given another value with `=`", "SF008")


def _equal_for_a_colon(mistake: Mistake) -> Hint | None:
    """`{ id = "x" }`, where a value stands."""
    if mistake.token.kind != "EQUAL" or mistake.expected != {"COLON"} or mistake.unclosed is None:
        return None
    at = next((at for at, token in enumerate(mistake.before) if token.span == mistake.unclosed.span), 0)
    if mistake.unclosed.text != "{" or at == 0 or mistake.before[at - 1].kind not in (*_BEFORE_VALUES, "LPAR", "COMMA"):
        return None
    return Hint(f"write `{_last(mistake)}: …`", ":", "a field is named with `:`", "SF008")


def _named_with_colon(mistake: Mistake) -> Hint | None:
    """`n := 1`, `n: int = 1`."""
    behind = [token.kind for token in mistake.after[:3]]
    if not mistake.in_block or mistake.token.kind != "NAME" or behind[:1] != ["COLON"]:
        return None
    name = mistake.token.text
    if behind[1:2] == ["EQUAL"]:
        advice = f"write `let {name} = …`, or `set {name} = …` for a `var`"
    elif behind[1:] == ["NAME", "EQUAL"]:
        advice = f"write `let {name}: {mistake.after[1].text} = …`"
    else:
        return None
    return Hint(advice, None, "a name is given with `let`", "SF008")


def _dashes(mistake: Mistake) -> Hint | None:
    """`-- a comment`."""
    starts = mistake.in_block or mistake.in_file
    if starts and mistake.token.text == "-" and [token.text for token in mistake.after[:1]] == ["-"]:
        return Hint("a comment begins with `#`", None)
    return None


def _joined(mistake: Mistake) -> Hint | None:
    """`a ++ b`, `a . "b"`."""
    kind, last = mistake.token.kind, mistake.before[-1].kind if mistake.before else None
    if kind == "PLUS" and last == "PLUS":
        return Hint("one `+` joins; one more is `x + 1`", "", "there is no `++` here", "SF008")
    if last == "DOT" and kind in ("STRING", "TEXT_START"):
        return Hint("write `+`", None, "texts are joined by `+`, not by `.`", "SF008")
    return None


def _row_of_values(mistake: Mistake) -> Hint | None:
    """`x in ("a", "b")`."""
    if mistake.token.kind != "COMMA" or mistake.unclosed is None or mistake.unclosed.kind != "LPAR":
        return None
    at = next((at for at, token in enumerate(mistake.before) if token.span == mistake.unclosed.span), 0)
    in_value = at > 0 and mistake.before[at - 1].kind in _BEFORE_VALUES
    if in_value and (mistake.before[-1].kind in _CONSTANTS or mistake.before[at - 1].kind != "EQUAL"):
        return Hint("write `[…]`", None, "values of a list stand in square brackets", "SF008")
    return None


def _made_new(mistake: Mistake) -> Hint | None:
    """`new Order(id: 1)`."""
    if _last(mistake) != "new" or mistake.token.kind != "NAME":
        return None
    return Hint("write `{ … }`: the place that takes the record says its type", None, "there is no `new` here", "SF008")


def _lambda(mistake: Mistake) -> Hint | None:
    """`lambda x: …`, `(x) => …`, `function(x) { … }`."""
    word = _last(mistake)
    if mistake.token.text in ("=>", "{") and mistake.in_block and word == ")":
        called = any(token.text in _FUNCTIONS for token in mistake.before[-6:])
        if mistake.token.text == "{" and not called:
            return None
        word = "function(…)" if called else "=>"
    elif word not in _FUNCTIONS or mistake.token.kind not in ("NAME", "LPAR"):
        return None
    advice = "declare `fn NAME(x: text) -> text = …` outside of the flow; of each item it is `[… for x in xs]`"
    return Hint(advice, None, f"there is no `{word}` here", "SF008")


def _kind_of(mistake: Mistake) -> Hint | None:
    """`x instanceof Order`."""
    word = _last(mistake) if _last(mistake) == "typeof" else mistake.token.text
    if word not in _KINDS or not mistake.before or mistake.in_file or mistake.breaks_off:
        return None
    if mistake.in_block and "\n" in mistake.source.text[mistake.before[-1].span.end : mistake.token.span.start]:
        return None
    advice = 'records are told apart by a field, `x.kind == "a"`; out of json one is made by `Order(x, or: null)`'
    return Hint(advice, None, f"there is no `{word}` here", "SF008")


def _option_as_block(mistake: Mistake) -> Hint | None:
    """`retry 3 { … }`, `timeout 5m { … }`."""
    if not mistake.in_block or mistake.token.kind not in ("RETRY", "TIMEOUT"):
        return None
    if mistake.token.kind == "RETRY":
        return Hint("write `step x = tool(…) { retry 3 times }`", None, "`retry` belongs to one step or tool", "SF008")
    advice = "write `budget 5m { … } on exhausted { … }`, or `step x = tool(…) { timeout 5m }`"
    return Hint(advice, None, "a block has a budget of time", "SF008")


def _side_by_side(mistake: Mistake) -> Hint | None:
    """`parallel [step a = …, step b = …]`."""
    if mistake.before and mistake.before[-1].kind in ("PARALLEL", "RACE") and mistake.token.kind in ("LSQB", "LPAR"):
        word = _last(mistake)
        return Hint(f"write `{word} {{ step … step … }}`", None, "what runs side by side stands in braces", "SF008")
    return None


def _changed_parameter(mistake: Mistake) -> Hint | None:
    """`xs.append(x)` of a parameter that is a list."""
    behind = [token.text for token in mistake.after[:3]]
    if not mistake.in_block or mistake.token.kind != "NAME" or behind[:1] != ["."] or behind[2:] != ["("]:
        return None
    name = mistake.token.text
    before = mistake.source.text[: mistake.token.span.start]
    named = re.escape(name)
    is_parameter = re.search(rf"[(,]\s*{named}\s*:\s*\[", before) and not re.search(rf"\bvar\s+{named}\b", before)
    if behind[1] not in ("append", "push", "add") or not is_parameter:
        return None
    advice = f"make a new list: `let more = {name} + [item]`"
    return Hint(advice, None, f"`{name}` is a parameter, which stays what it is", "SF008")


SIGN_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _set_by_sign,
    _equal_for_a_colon,
    _named_with_colon,
    _dashes,
    _joined,
    _row_of_values,
    _made_new,
    _lambda,
    _kind_of,
    _option_as_block,
    _side_by_side,
    _changed_parameter,
)
