"""SF101: a name that stands for nothing."""

from collections.abc import Iterator

from dsl.ast.statements import Branch, Step
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic, Fix
from dsl.semantics.findings import UnknownName
from dsl.semantics.foreign_names import meant_by


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(UnknownName):
        primary = program.name_label(found.node, found.name)
        foreign = meant_by(found)
        if foreign is not None:
            message, help_, instead = foreign
            fix = None if instead is None else Fix(primary.span, instead)
            yield Diagnostic("SF101", message, primary, program.also(found, found.name), help_, fix)
            continue
        meant = nearest(found.name, found.known)
        if meant is not None:
            fix = Fix(primary.span, meant)
            help_ = f"did you mean `{meant}`?"
            yield Diagnostic("SF101", _message(found), primary, program.also(found, found.name), help_, fix)
        else:
            yield Diagnostic("SF101", _message(found), primary, program.also(found, found.name), _known(found, program))


def _message(found: UnknownName) -> str:
    return f"there is no {found.kind} `{found.name}`"


def _known(found: UnknownName, program: Program) -> str | None:
    if found.kind == "loop":
        which = "only a loop around this statement can be named"
        return which if found.known else "no loop around this statement has a name"
    branch = next((each for each in program.facts.all(Branch) if each.name == found.name), None)
    if branch is not None:
        steps = [step.name for step in branch.body.statements if isinstance(step, Step) and step.name]
        inside = f", such as `{steps[0]}`" if steps else ""
        return f"`{found.name}` is a branch: what its steps gave has their names{inside}"
    known = dict.fromkeys(found.known)
    if not known or len(known) > 8:
        return None
    return f"these are known here: {', '.join(known)}"
