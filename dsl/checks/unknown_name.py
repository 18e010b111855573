"""SF101: a name that stands for nothing."""

from collections.abc import Iterator

from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic, Fix
from dsl.semantics.findings import UnknownName


def check(program: Program) -> Iterator[Diagnostic]:
    """A name that is like no other was forgotten rather than mistyped: it is reported once, where it stands first."""
    forgotten: set[tuple[str, str]] = set()
    for found in program.facts.found(UnknownName):
        primary = program.name_label(found.node, found.name)
        meant = nearest(found.name, found.known)
        if meant is not None:
            fix = Fix(primary.span, meant)
            yield Diagnostic("SF101", _message(found), primary, help=f"did you mean `{meant}`?", fix=fix)
            continue
        if (found.kind, found.name) not in forgotten:
            forgotten.add((found.kind, found.name))
            yield Diagnostic("SF101", _message(found), primary, help=_known(found))


def _message(found: UnknownName) -> str:
    return f"there is no {found.kind} `{found.name}`"


def _known(found: UnknownName) -> str | None:
    if found.kind == "loop":
        which = "only a loop around this statement can be named"
        return which if found.known else "no loop around this statement has a name"
    if not found.known or len(found.known) > 8:
        return None
    return f"these are known here: {', '.join(found.known)}"
