"""`parse`: text in, tree and problems out; it never raises, whatever the text.

After a syntax error reading goes on (`reading.py`), so one pass reports every mistake and the good parts still give
nodes. Later stages walk the tree by recursion, so a declaration that is nested deeper than they can go is reported and
left out here.
"""

import re
from collections.abc import Iterator

from dsl.ast.declarations import Declaration, Module
from dsl.dataclass import dataclass, replace
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.regex import regex
from dsl.source import Damage, Source, Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.braces import Braces, paired
from dsl.syntax.build import Builder
from dsl.syntax.chains import FEW, MANY, first_below, has_long_rows, kept_flat
from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.notes import Note, notes_in
from dsl.syntax.reading import Reading
from dsl.syntax.scanner import Scanner

MAXIMUM_DEPTH = 100
_CLOSING = regex(r"[\s}]*")
_DECLARATION = regex(r"^(?:type|tool|agent|flow|fn)\b", re.MULTILINE)
_NAMED = regex(r"\b(?:type|tool|agent|flow|fn)\s+[A-Za-z_]")
BREAKING = frozenset({"SF001", "SF006", "SF007", "SF008", "SF009"})
"""What may take something from what is read."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """`damage` are the stretches of text that could not be read as they stand: what is found there is not said."""

    module: Module
    diagnostics: tuple[Diagnostic, ...]
    damage: tuple[Span, ...] = ()
    lost: bool = False
    """Whether a declaration may have been lost with its name."""
    notes: tuple[Note, ...] = ()
    """What comments say to the check."""


def parse(source: Source) -> Parsed:
    lexed = tokenise(source.text, tables())
    if lexed.too_deep:
        return Parsed(Module(None, ()), tuple(lexed.diagnostics))
    builder = Builder()
    automaton = Automaton(tables(), builder.make)
    braces = Braces(lexed.tokens) if lexed.swallowed else paired(source, lexed.tokens, Damage(lexed.spoiled))
    reading = Reading(source, automaton, braces.tokens, [*lexed.spoiled, *braces.doubtful])
    reading.run()
    module = automaton.result()
    assert isinstance(module, Module)
    module, too_deep = _without_too_deep(module)
    lexical = list(_one_on_a_spoiled_line(lexed))
    first = (*lexical, *braces.diagnostics, *reading.diagnostics)
    damage = Damage([*lexed.spoiled, *braces.doubtful, *reading.damage])
    known = {problem.primary.span.start for problem in lexical}
    misread = any(token.kind == "EDITION" and damage.touches(token.span) for token in braces.tokens)
    built = [
        each
        for each in builder.findings.diagnostics
        if not damage.touches(_with_closers(each, source))
        and not (each.code == "SF002" and module.edition is None and misread)
    ]
    later = (*braces.diagnostics, *reading.diagnostics, *built, *too_deep)
    told = (*lexical, *(problem for problem in later if problem.primary.span.start not in known))
    broken = (each.primary.span for each in (*first, *built) if each.code in BREAKING)
    found = sorted(told, key=lambda problem: problem.primary.span.start)
    if lexed.swallowed:
        found = _before_the_text(source, found, reading.diagnostics)
        damage = Damage([Span(0, len(source.text))])
    nameless = any(damage.touches(head) and not _NAMED.search(source.slice(head)) for head in reading.heads.spans)
    lost = braces.headless or lexed.swallowed or nameless
    return Parsed(module, tuple(found), (*damage.spans, *broken), lost, notes_in(source, lexed.notes))


def _with_closers(built: Diagnostic, source: Source) -> Span:
    """The place of a number without a unit goes on to the next word, which may be its unit."""
    behind = _CLOSING.match(source.text, built.primary.span.end)
    wide = built.code == "SF004" and behind is not None
    return Span(built.primary.span.start, behind.end()) if wide and behind else built.primary.span


def _one_on_a_spoiled_line(lexed: Scanner) -> Iterator[Diagnostic]:
    """Where a quote is missing, numbers and signs that are none are probably words of the text."""
    spoiled, whole_ones = Damage(lexed.spoiled), set(lexed.spoiled)
    told: set[int] = set()
    for each in lexed.diagnostics:
        at = spoiled.index(each.primary.span)
        first = each.code == "SF006" and at not in told
        if at is None or first or each.primary.span in whole_ones:
            yield each
        if at is not None and first:
            told.add(at)


def _before_the_text(source: Source, found: list[Diagnostic], read: list[Diagnostic]) -> list[Diagnostic]:
    """Where a text goes on to the end of the file: where another mistake comes before it in its declaration, the quote
    that is missing is probably there, and the text begins where it should end."""
    opened = max(each.primary.span.start for each in found if each.code == "SF006")
    before = [each for each in read if each.primary.span.start < opened]
    if before and not _DECLARATION.search(source.text, before[-1].primary.span.start, opened):
        return [each for each in found if each.primary.span.start <= before[-1].primary.span.start]
    return [each for each in found if each.primary.span.start <= opened]


def _without_too_deep(module: Module) -> tuple[Module, list[Diagnostic]]:
    kept: list[Declaration] = []
    problems = []
    for declaration in module.declarations:
        many = FEW if first_below(declaration, MAXIMUM_DEPTH) else MANY
        if many == FEW and (deep := first_below(declaration, MAXIMUM_DEPTH, many)):
            message = f"nested more than {MAXIMUM_DEPTH} deep"
            advice = "split it: give parts a name with `let`, or move them to a flow of their own"
            problems.append(Diagnostic("SF001", message, Label(deep), help=advice))
        else:
            kept.append(kept_flat(declaration, many) if has_long_rows(declaration, many) else declaration)
    return replace(module, declarations=tuple(kept)), problems
