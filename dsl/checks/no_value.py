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
        label = "gets its value here" if found.reason != "unassigned" else "declared without a value"
        yield Diagnostic(
            "SF103",
            _MESSAGES[found.reason].format(found.name),
            program.name_label(found.node, found.name),
            (program.name_label(found.defined, found.name, label),),
            help=_advice(found.reason, found.name, found.defined),
        )


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
