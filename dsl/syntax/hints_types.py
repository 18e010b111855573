"""What to do about a type that is written as in another language, where that is no name of a type."""

from collections.abc import Callable

from dsl.syntax.foreign_types import ENUMS, LISTS, MAPS, MARKS, NOTHING, OPTIONAL, here, is_type
from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.token import Token

_TYPE_BEGINS = frozenset({"LBRACE", "LPAR", "LSQB", "NAME", "STRING"})
_BOUNDS = {">=": "at least", ">": "at least", "<=": "at most", "<": "at most"}
_RANGES = frozenset({"from", "between", "min", "minimum", "max", "maximum", "range"})
_NEEDED = frozenset({"required", "mandatory", "notnull", "nonnull"})


def _begins(mistake: Mistake) -> bool:
    """Whether a type begins at the mistake, and nothing else can."""
    return mistake.expected == _TYPE_BEGINS


def _is_behind(mistake: Mistake) -> bool:
    """Whether a type stands before the mistake."""
    return "VBAR" in mistake.expected or "SENSITIVE" in mistake.expected


def _last(mistake: Mistake, back: int = 1) -> Token | None:
    return mistake.before[-back] if len(mistake.before) >= back else None


def _text(token: Token | None, usual: str = "text") -> str:
    return here(token.text) if token is not None and token.kind == "NAME" else usual


def _null(mistake: Mistake) -> Hint | None:
    """`text | null`, `null | text`, `null`."""
    if mistake.token.kind != "NULL" or not _begins(mistake):
        return None
    last, before = _last(mistake), _last(mistake, 2)
    behind = mistake.after[1] if len(mistake.after) > 1 and mistake.after[0].kind == "VBAR" else None
    other = before if last is not None and last.kind == "VBAR" else behind
    shown = '("a" | "b")?' if other is not None and other.kind == "STRING" else f"{_text(other)}?"
    return Hint(f"write `{shown}`", None, "`null` is no type: what may be null has a `?`", "SF008")


def _question_in_front(mistake: Mistake) -> Hint | None:
    if mistake.token.kind != "QMARK" or not _begins(mistake):
        return None
    name = _text(mistake.after[0] if mistake.after else None)
    return Hint(f"write `{name}?`", None, "the `?` stands behind the type", "SF008")


def _list(mistake: Mistake) -> Hint | None:
    """`[]text`, `text?[]`, `text[5]`, `list of text`."""
    kinds, token = [each.kind for each in mistake.before[-2:]], mistake.token
    behind = mistake.after[0] if mistake.after else None
    if token.kind == "RSQB" and _begins(mistake) and kinds[-1:] == ["LSQB"] and kinds[0] != "NAME":
        name = _text(behind)
        return Hint(f"write `[{name}] at most N`", None, f"`[]{name}` is no type", "SF008")
    if token.kind == "LSQB" and kinds == ["NAME", "QMARK"] and _is_behind(mistake):
        name = _text(_last(mistake, 2))
        return Hint(f"write `[{name}?] at most N`", None, f"`{name}?[…]` is no type", "SF008")
    if token.kind == "INT" and kinds == ["NAME", "LSQB"] and _begins(mistake):
        name = _text(_last(mistake, 2))
        return Hint(f"write `[{name}] at most {token.text}`", None, f"`{name}[{token.text}]` is no type", "SF008")
    last = _last(mistake)
    if token.text == "of" and last is not None and last.text in LISTS | MAPS and _is_behind(mistake):
        name = _text(behind)
        advice = f"[{name}] at most N" if last.text in LISTS else f"map[{name}]"
        return Hint(f"write `{advice}`", None, f"`{last.text} of …` is no type", "SF008")
    return None


def _several(mistake: Mistake) -> Hint | None:
    """`Dict[str, int]`, `Union[str, None]`, `Literal["a", "b"]`, `[text, int]`, `(text, int)`."""
    if mistake.token.kind != "COMMA" or mistake.unclosed is None:
        return None
    if mistake.expected not in (frozenset({"RSQB"}), frozenset({"AT", "RSQB"}), frozenset({"RPAR"})):
        return None
    before = mistake.before
    opener = next((at for at in range(len(before) - 1, -1, -1) if before[at].kind in ("LSQB", "LPAR")), 0)
    word = before[opener - 1].text if opener and before[opener].kind == "LSQB" else ""
    first, second = _text(_last(mistake)), mistake.after[0] if mistake.after else None
    if word in ENUMS:
        return Hint('write `"a" | "b"`', None, f"`{word}[…]` is no type", "SF008")
    if word in MAPS:
        return Hint(
            f"write `map[{_text(second)}]`", None, "the keys of a map are texts: only its values have a type", "SF008"
        )
    if second is not None and second.text in NOTHING | OPTIONAL:
        return Hint(f"write `{first}?`", None, "what may be null has a `?`", "SF008")
    if word in ("Union", "union", "oneOf"):
        advice = "records told apart by a field are `A | B`; what may be anything is `json`"
        return Hint(advice, None, f"`{word}[…]` is no type", "SF008")
    advice = f"write `{{ a: {first}, b: {_text(second)} }}`"
    return Hint(advice, None, "values of several types stand in a record", "SF008")


def _beside(mistake: Mistake) -> Hint | None:
    """`optional text`, `text nullable`, `text required`."""
    token, last = mistake.token, _last(mistake)
    if token.kind != "NAME" or last is None or last.kind != "NAME" or not _is_behind(mistake):
        return None
    if last.text in OPTIONAL and is_type(token.text):
        return Hint(f"write `{_text(token)}?`", None, f"`{last.text}` means nothing here", "SF008")
    if token.text.lower() in OPTIONAL:
        return Hint(f"write `{_text(last)}?`", None, f"`{token.text}` means nothing here", "SF008")
    if token.text.lower() in _NEEDED:
        return Hint(
            "leave it out: what may be missing has a `?` or a default",
            "",
            f"`{token.text}` means nothing here",
            "SF008",
        )
    return None


def _mark_in_front(mistake: Mistake) -> Hint | None:
    """`sensitive text`, `sensitive "health" text`, `trusted text`: the mark is read as the type."""
    tokens = [*mistake.before[-2:], mistake.token, *mistake.after[:1]]
    at = next((n for n, each in enumerate(tokens[:2]) if each.text in MARKS), None)
    if at is None or at + 1 >= len(tokens):
        return None
    as_field = at == 0 and mistake.expected == {"COLON"}
    if not as_field and not (at == len(mistake.before[-2:]) - 1 and _is_behind(mistake)):
        return None
    mark, *rest = tokens[at:]
    named = f" {mistake.source.text[rest[0].span.start : rest[0].span.end]}" if rest[0].kind == "STRING" else ""
    type_ = rest[1] if named and len(rest) > 1 else rest[0]
    if type_.kind != "NAME":
        return None
    return Hint(f"write `{here(type_.text)} {mark.text}{named}`", None, f"`{mark.text}` stands behind the type")


def _bounds(mistake: Mistake) -> Hint | None:
    """`int >= 0`, `int(0..5)`, `text(10)`, `decimal(10, 2)`, `enum("a", "b")`."""
    token, last = mistake.token, _last(mistake)
    if last is None or last.kind != "NAME" or not _is_behind(mistake):
        return None
    name, behind = _text(last), mistake.after[0] if mistake.after else None
    number = behind is not None and behind.kind in ("INT", "NUMBER")
    if token.text in _BOUNDS and number and behind is not None:
        advice = f"write `{name} {_BOUNDS[token.text]} {behind.text}`"
        return Hint(
            advice,
            _BOUNDS[token.text] if len(token.text) > 1 else None,
            "the bound of a number is said in words",
            "SF008",
        )
    if token.kind != "LPAR":
        return None
    if last.text in ENUMS or (behind is not None and behind.kind == "STRING"):
        return Hint('write `"a" | "b"`', None, f"`{last.text}(…)` is no type", "SF008")
    if not number or behind is None:
        return None
    if name == "text":
        advice = f'write `text matches ".{{0,{behind.text}}}"`'
    elif name in ("int", "number"):
        advice = f"write `{name} at least {behind.text} at most N`"
    else:
        advice = f"write `{name}`"
    return Hint(advice, None, f"`{last.text}(…)` is no type", "SF008")


def _range(mistake: Mistake) -> Hint | None:
    """`int from 0 to 100`, `int between 1 and 5`, `number max 3`, where the word may be read as a field."""
    as_field = mistake.expected == {"COLON"}
    back = 1 if as_field else 0
    tokens = [*mistake.before[-3:], mistake.token, *mistake.after]
    at = min(3, len(mistake.before)) - back
    if at < 1 or len(tokens) < at + 2 or not (as_field or _is_behind(mistake)):
        return None
    of, word, first = tokens[at - 1 : at + 2]
    if word.text not in _RANGES or first.kind not in ("INT", "NUMBER") or of.kind != "NAME":
        return None
    second = next((each.text for each in tokens[at + 2 : at + 4] if each.kind in ("INT", "NUMBER")), None)
    if word.text.startswith("max"):
        bounds = f"at most {first.text}"
    else:
        bounds = f"at least {first.text}" + (f" at most {second}" if second is not None else "")
    return Hint(f"write `{_text(of)} {bounds}`", None, "the bounds of a number are said in words", "SF008")


_SIZES = dict.fromkeys(("atmost", "at_most", "max", "maximum", "max_items", "upto", "<="), "at most")
_SIZES |= dict.fromkeys(("atleast", "at_least", "min", "minimum"), "at least")
_COUNTS = ("INT", "NUMBER", "DURATION")


def _size(mistake: Mistake) -> Hint | None:
    """`[text] atmost 5`, `[text] max 5`, `text at_most 20`, where the word may be read as a field."""
    as_field = mistake.expected == {"COLON"}
    word = mistake.before[-1] if as_field and mistake.before else mistake.token
    number = mistake.token if as_field else mistake.after[0] if mistake.after else None
    written = _SIZES.get(word.text)
    if written is None or number is None or number.kind not in _COUNTS or "UP" in mistake.expected:
        return None
    if not as_field and "AT" not in mistake.expected:
        return None
    advice = f"write `{written} {number.text}`"
    return Hint(advice, None if as_field else written, f"a size is said in words: `{written}`", "SF008")


def _index(mistake: Mistake) -> Hint | None:
    """`{ [key: string]: int }`."""
    if mistake.token.kind != "LSQB" or mistake.expected - {"DOC", "NAME", "RBRACE", "COMMA"}:
        return None
    if [each.text for each in mistake.after[1:5:2]] != [":", "]"] or len(mistake.after) < 6:
        return None
    name = _text(mistake.after[5])
    return Hint(f"write `map[{name}]`", None, "a map is no record", "SF008")


TYPE_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (
    _null,
    _question_in_front,
    _list,
    _several,
    _beside,
    _mark_in_front,
    _bounds,
    _range,
    _size,
    _index,
)
