"""What to do about words and signs that mean something elsewhere: one small function for each kind of them."""

import re
from collections.abc import Callable

from dsl.syntax.foreign import DECLARATION_WORDS, STATEMENT_WORDS
from dsl.syntax.foreign_types import here, of
from dsl.syntax.mistake import Hint, Mistake, meant
from dsl.syntax.words import DECLARATIONS, STATEMENTS

_SHOWN = 30
_ASSIGNING = ("PLUS", "MINUS", "TIMES", "DIVIDE")
_OPTIONS_OF_FLOWS = {
    "TIMEOUT": ("a flow has a budget of time", "write `budget 5m`, or add it to the budget: `budget 1 usd, 5m`"),
    "RETRY": ("a flow is not tried again as a whole", "put `retry` on the tools or steps that are"),
    "QUEUE": ("a flow has no queue", "put `queue` on the tool"),
    "MODEL": ("a flow asks no model", "put `model` into an `agent`, and call it from a step"),
}


def _name(mistake: Mistake) -> str:
    """The dotted name that begins at the mistake."""
    name, rest = mistake.token.text, mistake.after
    while len(rest) > 1 and rest[0].kind == "DOT" and rest[1].kind == "NAME":
        name, rest = f"{name}.{rest[1].text}", rest[2:]
    return name


def _behind(mistake: Mistake) -> list[str]:
    """The kinds of the tokens behind the dotted name at the mistake."""
    rest = mistake.after
    while len(rest) > 1 and rest[0].kind == "DOT" and rest[1].kind == "NAME":
        rest = rest[2:]
    return [token.kind for token in rest]


def _word(mistake: Mistake) -> Hint | None:
    text, behind = mistake.token.text, [token.kind for token in mistake.after]
    if mistake.token.kind in STATEMENTS | DECLARATIONS and mistake.token.word:
        return None
    if mistake.in_file and (advice := DECLARATION_WORDS.get(text)):
        return _no_word(text, advice)
    starts = mistake.in_block or "ON" in mistake.expected
    advice = STATEMENT_WORDS.get(text) if starts else None
    if advice and behind[:1] != ["EQUAL"] and not (behind[:1] == ["DOT"] and text != "console"):
        return _no_word(text, advice)
    return None


def _no_word(text: str, advice: str) -> Hint:
    if text in ("import", "include", "require", "using", "load"):
        return Hint(advice, None, "other files are read with `use`", "SF008")
    return Hint(advice, None, f"there is no `{text}` here", "SF008")


def _pair_of_yaml(mistake: Mistake) -> Hint | None:
    """`step: opinion`, as in YAML."""
    if mistake.token.kind != "NAME" or not mistake.after or mistake.after[0].kind != "COLON":
        return None
    if not (mistake.in_block or mistake.in_file):
        return None
    text = mistake.token.text
    advice = "`step x = tool(…)`" if text == "step" else f"write `{text} …`"
    if text in mistake.texts.values():
        return Hint(advice, None, f"`{text}` is followed by a name, not by `:`", "SF008")
    return Hint("a statement begins with a word such as `step` or `let`", None, f"`{text}:` begins nothing", "SF008")


def _is_var(mistake: Mistake, name: str) -> bool:
    before = mistake.source.text[: mistake.token.span.start]
    return re.search(rf"\bvar\s+{re.escape(name)}\b", before) is not None


def _amount(mistake: Mistake) -> str:
    """Of `x += 2` what stands behind the sign on its line; 1 of `x++`."""
    source, start = mistake.source, mistake.token.span.start
    written = source.text[start : source.line_end(start)].partition("=")[2].strip() or "1"
    return written if len(written) <= _SHOWN and "#" not in written and "}" not in written else "…"


def _assignment(mistake: Mistake) -> Hint | None:
    if not mistake.in_block or mistake.token.kind != "NAME":
        return None
    if meant(mistake.token, mistake.expected, mistake.texts) is not None:
        return None
    name, behind = _name(mistake), _behind(mistake)
    if behind[:1] == ["EQUAL"] and "." not in name and _is_var(mistake, name):
        return Hint(f"write `set {name} = …`", f"set {name}", "a `var` is given another value with `set`", "SF008")
    if behind[:1] == ["EQUAL"] and "." not in name:
        advice = f"write `let {name} = …`, or `set {name} = …` for a `var`"
        return Hint(advice, None, "a name is given with `let`", "SF008")
    if behind[:1] == ["EQUAL"]:
        root = name.partition(".")[0]
        return Hint(f"make a new value: `{{ ...{root}, … }}`", None, "a field is not set by itself", "SF008")
    if len(behind) > 1 and behind[0] in _ASSIGNING and behind[1] in ("EQUAL", behind[0]):
        sign = mistake.texts[behind[0]]
        advice = f"write `set {name} = {name} {sign} {_amount(mistake)}`"
        return Hint(advice, None, "a `var` is given another value with `set`", "SF008")
    if behind[:1] == ["COLON"]:
        return None
    if mistake.after and mistake.after[0].kind == "NAME" and [each.kind for each in mistake.after[1:2]] == ["EQUAL"]:
        advice = f"write `let {mistake.after[0].text} = …`"
        return Hint(advice, None, f"a name is given with `let`, not with `{mistake.token.text}`", "SF008")
    return None


def _call(mistake: Mistake) -> Hint | None:
    if mistake.in_block and mistake.token.kind == "NAME" and _behind(mistake)[:1] == ["LPAR"]:
        return Hint(f"write `step {_name(mistake)}(…)`", None, "a tool is called by a step")
    return None


def _awaited_call(mistake: Mistake) -> Hint | None:
    if mistake.before and mistake.before[-1].kind == "AWAIT" and mistake.token.kind == "NAME":
        advice = f"write `step x = {_name(mistake)}(…)`"
        return Hint(advice, None, "`await` waits for people and events: a step waits by itself", "SF008")
    return None


def _choice(mistake: Mistake) -> Hint | None:
    if mistake.token.text != "?":
        return None
    if mistake.after and mistake.after[0].text == "?":
        return Hint("write `if x != null then x else y`", None, "there is no `??` here", "SF008")
    return Hint("write `if C then A else B`", None, "there is no `?` here", "SF008")


def _option_of_a_flow(mistake: Mistake) -> Hint | None:
    if "BUDGET" not in mistake.expected or "DEPTH" not in mistake.expected:
        return None
    found = _OPTIONS_OF_FLOWS.get(mistake.token.kind)
    return None if found is None else Hint(found[1], None, found[0])


def _or_in_a_type(mistake: Mistake) -> Hint | None:
    if mistake.token.kind == "OR" and "VBAR" in mistake.expected and "OR" not in mistake.expected:
        return Hint("write `|`", "|", "`or` means nothing in a type", "SF008")
    return None


def _generic_type(mistake: Mistake) -> Hint | None:
    """`List<text>`, `text[]`."""
    last = mistake.before[-1].text if mistake.before else ""
    in_type = "QMARK" in mistake.expected and "VBAR" in mistake.expected
    if mistake.token.text == "<" and in_type:
        advice = "a list is `[text] at most N`, a map is `map[text]`"
        inner = mistake.after[0].text if [each.text for each in mistake.after[1:2]] == [">"] else ""
        if inner and (instead := of(last, inner)):
            advice = f"write `{instead}`"
        return Hint(advice, None, f"`{last}<…>` is no type", "SF008")
    if mistake.token.kind == "RSQB" and last == "[" and "STRING" in mistake.expected and "INT" not in mistake.expected:
        name = mistake.before[-2].text if len(mistake.before) > 1 else "text"
        return Hint(f"write `[{name}] at most N`", None, f"`{name}[]` is no type", "SF008")
    return None


def _arrow(mistake: Mistake) -> Hint | None:
    """A result without its arrow: `tool f() { id: text }`, `flow f(): text`."""
    kinds = [token.kind for token in mistake.before[-2:]]
    of_tool = kinds == ["RPAR", "LBRACE"] and mistake.after and mistake.after[0].kind == "COLON"
    if of_tool and "ERRORS" in mistake.expected:
        return Hint("write `-> { … }`", None, "a tool's result follows `->`")
    arrow = "__ANON_0" in mistake.expected and kinds[-1:] == ["RPAR"]
    if meant(mistake.token, mistake.expected, mistake.texts) is not None:
        return None
    if arrow and mistake.token.kind in ("COLON", "NAME", "COMPARISON", "EQUAL", "__ANON_2"):
        fix = "->" if mistake.token.kind != "NAME" else None
        name = mistake.token if mistake.token.kind == "NAME" else mistake.after[0] if mistake.after else None
        result = here(name.text) if name is not None and name.kind == "NAME" else "text"
        message = "a result follows `->`"
        if mistake.token.kind == "NAME" and [each.text for each in mistake.after[:1]] == ["->"]:
            message = "the result stands behind `->`, not before it"
        return Hint(f"write `-> {result}`", fix, message, "SF008")
    return None


def _block(mistake: Mistake) -> Hint | None:
    """`if c:` and `if c then {`."""
    if "LBRACE" not in mistake.expected or mistake.in_block or mistake.in_file or "COMMA" in mistake.expected:
        return None
    if mistake.token.kind == "COLON":
        return Hint("write `{ … }`", None, "a block stands in braces", "SF008")
    if mistake.token.kind == "THEN":
        return Hint("leave out `then`", "", "`then` belongs to a choice between values", "SF008")
    return None


def _for_of_c(mistake: Mistake) -> Hint | None:
    if mistake.before and mistake.before[-1].kind == "FOR" and mistake.token.kind in ("LPAR", "LET", "VAR"):
        return Hint("write `for item in items { … }`", None, "`for` goes over the items of a list", "SF008")
    return None


FOREIGN_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _choice,
    _pair_of_yaml,
    _word,
    _assignment,
    _call,
    _awaited_call,
    _option_of_a_flow,
    _or_in_a_type,
    _generic_type,
    _arrow,
    _block,
    _for_of_c,
)
