"""SF103: a name that exists, but has no value for certain where it is used."""

from collections.abc import Iterator

from dsl.ast.node import Node
from dsl.ast.statements import For, Let, Parallel, ParallelFor, Var
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import NoValue

_MESSAGES = {
    "later": "`{}` has no value yet",
    "elsewhere": "`{}` may have no value here",
    "unassigned": "`{}` may not have been set here",
}


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(NoValue):
        beside = _beside(program, found)
        if beside is not None:
            message = f"branches run beside each other: `{found.name}` may not be there yet"
            there = (program.name_label(found.defined, found.name, "gets its value in another branch"),)
            here = program.name_label(found.node, found.name)
            yield Diagnostic("SF103", message, here, there, help=beside)
            continue
        label = "gets its value here" if found.reason != "unassigned" else "declared without a value"
        yield Diagnostic(
            "SF103",
            _MESSAGES[found.reason].format(found.name),
            program.name_label(found.node, found.name),
            (program.name_label(found.defined, found.name, label),),
            help=_advice(found.reason, found.name, found.defined),
        )


def _beside(program: Program, found: NoValue) -> str | None:
    """What to do where the name belongs to another branch of the same `parallel`."""
    for node in program.facts.all(Parallel):
        branches = [[_holds(branch, each) for branch in node.branches] for each in (found.defined, found.node)]
        if any(branches[0]) and any(branches[1]) and branches[0] != branches[1]:
            return f"put both into one `branch`, or use `{found.name}` after the `parallel`"
    return None


def _holds(outer: Node, inner: Node) -> bool:
    return outer.span.start <= inner.span.start and inner.span.end <= outer.span.end


def _advice(reason: str, name: str, defined: Node) -> str:
    if reason == "later":
        return f"move this below the definition of `{name}`"
    if reason == "unassigned":
        return f"`set {name}` on every way that leads here, or give it a first value"
    if isinstance(defined, For | ParallelFor) and name == defined.variable:
        return f"`{name}` stands for one item, inside the braces only"
    if isinstance(defined, Parallel | ParallelFor | Let | Var):
        return "a name ends with the block that defines it: declare a `var` before the block, and `set` it inside"
    return "not every way that leads here runs that step: declare a `var` before the block, and `set` it inside"
