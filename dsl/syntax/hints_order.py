"""What to do where the parts behind `parallel`, `race` and `loop` stand in another order: each has one, so flows read
alike."""

from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake

_ORDERS = {
    ("parallel", False): ("as", "keep", "stop"),
    ("parallel", True): ("at", "up", "as", "keep", "stop"),
    ("race", False): ("first", "as", "finish"),
    ("race", True): ("at", "up", "as", "first", "finish"),
    ("loop", False): ("budget", "every", "keep"),
}
_WRITTEN = {
    "as": "as NAME",
    "keep": "keep going",
    "stop": "stop when …",
    "at": "at most N",
    "up": "up to N",
    "first": "first N",
    "finish": "finish rest",
    "budget": "budget …",
    "every": "every …",
}
_FURTHEST = 40


def _out_of_order(mistake: Mistake) -> Hint | None:
    """`race as won first 2`, `parallel for x in xs as got up to 3`."""
    head = _head(mistake)
    if not head or mistake.breaks_off:
        return None
    loops = len(head) > 1 and head[1] == "for"
    order = _ORDERS[head[0], loops]
    word = mistake.token.text
    if word not in order:
        return None
    if word in head:
        return Hint("leave one of them out", None, f"`{_words(word)}` is said twice here", "SF008")
    later = [each for each in order[order.index(word) + 1 :] if each in head]
    if not later:
        return None
    name = f"{head[0]} for x in xs" if loops else head[0]
    whole = " ".join((name, *(_WRITTEN[each] for each in order if each in (word, *head))))
    message = f"`{_words(word)}` stands before `{_words(later[0])}` here"
    return Hint(f"the order is `{whole} {{ … }}`", None, message, "SF008")


def _words(part: str) -> str:
    return " ".join(each for each in _WRITTEN[part].split() if each.islower())


def _head(mistake: Mistake) -> list[str]:
    """The words from `parallel`, `race` or `loop` on, as far as they have been read."""
    words: list[str] = []
    behind = ""
    for token in reversed(mistake.before[-_FURTHEST:]):
        if token.kind in ("LBRACE", "RBRACE"):
            break
        if behind not in ("LPAR", "DOT"):  # `first(xs, 3)` is a value
            words.append(token.text)
        behind = token.kind
        if token.kind in ("PARALLEL", "RACE", "LOOP"):
            return words[::-1]
    return []


ORDER_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (_out_of_order,)
