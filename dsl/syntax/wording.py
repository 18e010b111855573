"""Syntax errors in the author's words: what was expected, what was found, and one thing to do about it."""

from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Span
from dsl.syntax.grammar import END
from dsl.syntax.hints import hint
from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.token import Token
from dsl.syntax.words import AMOUNTS, DECLARATIONS, NUMBERS, OPENERS, STATEMENTS, TEXTS, TYPES, VALUES

# What may follow any value says nothing about the mistake. `(` is among them because a name may be a function's.
_CONTINUATIONS = frozenset(
    {"OR", "AND", "COMPARISON", "IN", "NOT", "PLUS", "MINUS", "TIMES", "DIVIDE", "FLOOR", "MODULO"}
    | {"DOT", "__ANON_3", "LSQB", "LPAR"}
)
_SINGLE = {
    "NAME": "a name",
    "INT": "a whole number",
    "DURATION": "a duration such as `30s`",
    "STRING": "a text in quotes",
    "COMPARISON": "a comparison",
    "_INTERPOLATION_END": "`}}`",
    "_TEXT_END": "the end of the text",
    END: "the end of the file",
}
_LONGEST_LIST = 5
_LONGEST_QUOTE = 30


def diagnose(mistake: Mistake) -> Diagnostic:
    found_hint = hint(mistake) or Hint(None)
    advice, replacement = found_hint.advice, found_hint.replacement
    fix = None if replacement is None else Fix(mistake.token.span, replacement)
    if found_hint.message is not None:
        return Diagnostic(found_hint.code, found_hint.message, Label(mistake.token.span), (), advice, fix)
    place, found = mistake.token.span, f", found {_found(mistake.token)}"
    if mistake.breaks_off and fix is None:
        end = mistake.before[-1].span.end
        place, found = Span(end, end), f" after {_found(mistake.before[-1])}"
    if advice is None and mistake.missing is not None:
        end = mistake.before[-1].span.end if mistake.before else place.start
        where = "here" if mistake.breaks_off else f"before {_found(mistake.token)}"
        advice, fix = f"put `{mistake.missing}` {where}", Fix(Span(end, end), mistake.missing)
    return Diagnostic("SF001", f"expected {_expected(mistake)}{found}", Label(place), _secondary(mistake), advice, fix)


def _secondary(mistake: Mistake) -> tuple[Label, ...]:
    ends = mistake.token.kind == END or mistake.token.kind in DECLARATIONS
    if mistake.unclosed is None or OPENERS[mistake.unclosed.kind] not in mistake.expected:
        return ()
    if not ends and mistake.token.kind not in OPENERS.values():
        return ()
    return (Label(mistake.unclosed.span, f"this `{mistake.unclosed.text}` is not closed"),)


def _found(token: Token) -> str:
    if token.kind == END:
        return "the end of the file"
    text = token.text.split("\n")[0]
    return f"`{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + '…'}`"


def _expected(mistake: Mistake) -> str:
    rest = set(mistake.expected) - {"DOC"}
    phrases = []
    for group, phrase in (
        ({"STEP", "LET"}, "a statement"),
        ({"TOOL", "FLOW"}, "a declaration"),
        ({"INT", "NAME", "TRUE"}, "a value"),
        (TYPES, "a type"),
    ):
        if rest >= group:
            phrases.append(phrase)
            rest -= _MEMBERS[phrase]
    if "a statement" in phrases:
        rest.discard("LBRACE")
    if "AND" in rest and (phrases or rest - _CONTINUATIONS):
        rest -= _CONTINUATIONS
    for amounts, phrase in ((AMOUNTS, "an amount"), (NUMBERS, "a number"), (TEXTS, "a text in quotes")):
        if rest >= amounts:
            phrases.append(phrase)
            rest -= amounts
    words = sorted(_SINGLE.get(kind) or f"`{mistake.texts.get(kind, kind)}`" for kind in rest - {END} or rest)
    return _listed([*phrases, *words])


_MEMBERS = {
    "a statement": STATEMENTS,
    "a declaration": DECLARATIONS | {"USE", "EDITION"},
    "a value": VALUES,
    "a type": TYPES,
}


def _listed(phrases: list[str]) -> str:
    if len(phrases) > _LONGEST_LIST:
        return f"{', '.join(phrases[:_LONGEST_LIST])} …"
    *first, last = phrases or ["something else"]
    return f"{', '.join(first)} or {last}" if first else last
