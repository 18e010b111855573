"""SF610: a condition that is known before the run: of an `if`, an `until` or the `where` of an event; and an `else` for
which nothing is left.
"""

from collections.abc import Iterator

from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression
from dsl.ast.statements import Until
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import IdleElse, Settled


def check(program: Program) -> Iterator[Diagnostic]:
    untils = {id(node.condition) for node in program.facts.all(Until)}
    wheres = {id(node.where) for node in program.facts.all(ExpectedEvent)}
    for found in program.facts.found(Settled):
        is_until, is_where = id(found.node) in untils, id(found.node) in wheres
        because = () if found.because is None else (program.label(found.because, _why(found)),)
        told = (_of_until if is_until else _of_where if is_where else _of_if)(found.truth)
        yield Diagnostic("SF610", told[0], program.label(found.node), because, told[1], severity="warning")
    for idle in program.facts.found(IdleElse):
        message = "the `else` behind this is never done: nothing else is left"
        advice = "make this the `else`, without its condition, or leave the `else` out"
        yield Diagnostic("SF610", message, program.label(idle.node), help=advice, severity="warning")


def _why(found: Settled) -> str:
    return "this asks the same, before" if isinstance(found.because, Expression) else "what it asks of"


def _of_if(truth: bool) -> tuple[str, str]:
    if truth:
        return "this condition always holds", "leave out the `if`, or ask for what may differ"
    return "this condition never holds", "leave out what it guards, or ask for what may differ"


def _of_where(truth: bool) -> tuple[str, str]:
    if truth:
        return "this always holds, so any such event is taken", "leave out the `where`, or ask for what may differ"
    return "this never holds, so no event is ever taken", "leave out the wait, or ask for what may differ"


def _of_until(truth: bool) -> tuple[str, str]:
    if truth:
        return "this always holds, so the loop never begins again", "leave out the loop, or ask for what may differ"
    return "this never holds, so it never ends the loop", "leave it out, or ask for what may differ"
