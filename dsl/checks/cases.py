"""SF606 and SF607: a `match` that leaves something out, and cases that are never taken."""

from collections.abc import Iterator

from dsl.ast.expressions import Literal
from dsl.checks.program import Program, nearest, with_article
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import IdleCase, Uncovered
from dsl.semantics.types import Enum, required, spelled, structure

_MOST_NAMED = 5


def check_left(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Uncovered):
        values = [_written(value) for value in found.left]
        if values:
            named = ", ".join(values[:_MOST_NAMED]) + (", …" if len(values) > _MOST_NAMED else "")
            message = f"this `match` has no case for {named}"
        else:
            message = f"this `match` has no case for every other {spelled(required(found.type))}"
        advice = "write a case for it, or `else => { … }` for all that is left"
        yield Diagnostic("SF606", message, program.label(found.node), help=advice)


def check_idle(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(IdleCase):
        if found.earlier is not None:
            also = (program.label(found.earlier, "this case takes it"),)
            yield Diagnostic("SF607", "this value has a case already", program.label(found.node), also, "leave it out")
        elif isinstance(found.node, Literal):
            yield _never(program, found, found.node)
        else:
            message = "nothing is left for `else`: every value has a case"
            advice = "leave it out; a value that is added later is then missed by the check"
            yield Diagnostic("SF607", message, program.label(found.node), help=advice)


def _never(program: Program, found: IdleCase, value: Literal) -> Diagnostic:
    kind = structure(required(found.type))
    enum = kind if isinstance(kind, Enum) else None
    close = nearest(value.value, enum.values) if isinstance(value.value, str) and enum is not None else None
    advice = "leave it out" if close is None else f'did you mean `"{close}"`?'
    message = f"{with_article(spelled(found.type))} is never {_written(value.value)}"
    if enum is not None and enum.name is None:
        message = f"{_written(value.value)} is none of {', '.join(_written(each) for each in enum.values)}"
    return Diagnostic("SF607", message, program.label(value), help=advice)


def _written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)
