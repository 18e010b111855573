"""`parse`: text in, tree and problems out; it never raises, whatever the text.

After a syntax error reading goes on (`reading.py`), so one pass reports every mistake and the good parts still give
nodes. Later stages walk the tree by recursion, so a declaration that is nested deeper than they can go is reported and
left out here.
"""

from dataclasses import dataclass, replace

from dsl.ast.declarations import Declaration, Module
from dsl.ast.node import Node, children
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.source import Source, Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.build import Builder
from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.reading import Reading

MAXIMUM_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    module: Module
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> Parsed:
    lexed = tokenise(source.text, tables())
    if lexed.too_deep:
        return Parsed(Module(None, ()), tuple(lexed.diagnostics))
    builder = Builder()
    automaton = Automaton(tables(), builder.make)
    reading = Reading(source, automaton, lexed.tokens)
    reading.run()
    module = automaton.result()
    assert isinstance(module, Module)
    module, too_deep = _without_too_deep(module)
    known = {problem.primary.span.start for problem in lexed.diagnostics}
    later = (*reading.diagnostics, *builder.findings.diagnostics, *too_deep)
    found = (*lexed.diagnostics, *(problem for problem in later if problem.primary.span.start not in known))
    return Parsed(module, tuple(sorted(found, key=lambda problem: problem.primary.span.start)))


def _without_too_deep(module: Module) -> tuple[Module, list[Diagnostic]]:
    kept: list[Declaration] = []
    problems = []
    for declaration in module.declarations:
        if deep := _first_below(declaration, MAXIMUM_DEPTH):
            message = f"nested more than {MAXIMUM_DEPTH} deep"
            advice = "split it: give parts a name with `let`, or move them to a flow of their own"
            problems.append(Diagnostic("SF001", message, Label(deep), help=advice))
        else:
            kept.append(declaration)
    return (replace(module, declarations=tuple(kept)) if problems else module), problems


def _first_below(root: Node, limit: int) -> Span | None:
    """The place of a node more than `limit` levels below `root`, without recursion."""
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > limit:
            return node.span
        pending.extend((child, depth + 1) for child in children(node))
    return None
