"""What to do about mistakes where people are asked, and where a flow ends by itself."""

from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake

_TEXTS = frozenset({"STRING", "TEXT_START"})


def _kind_before_the_words(mistake: Mistake) -> Hint | None:
    """`fail NotAllowed "why"`."""
    if mistake.token.kind not in _TEXTS or [each.kind for each in mistake.before[-2:]] != ["FAIL", "NAME"]:
        return None
    advice = f'write `fail {{ kind: "{mistake.before[-1].text}", message: … }}`'
    return Hint(advice, None, "a failure with a kind is a record", "SF008")


def _asked_without_braces(mistake: Mistake) -> Hint | None:
    """`await approval ok "Send?" from support`, `await approval ok from support`."""
    before = [each.kind for each in mistake.before[-3:]]
    if mistake.token.kind != "FROM" or "APPROVAL" not in before or before[-1] not in _TEXTS | {"NAME"}:
        return None
    name = mistake.before[before.index("APPROVAL") - len(before) + 1].text
    asked = mistake.after[0].text if mistake.after else "GROUP"
    return Hint(
        f'write `approval {name} "…" {{ from {asked} … }}`', None, "who is asked stands in braces behind the question"
    )


PEOPLE_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (_kind_before_the_words, _asked_without_braces)
