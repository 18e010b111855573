"""SF611: a parameter of a flow, an agent or a function that nothing in it reads.

Who calls it gives a value for nothing, and whoever reads the call takes it to matter. The parameters of tools are for
those who carry them out.
"""

import re
from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, FunctionDeclaration
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import UnknownName

Called = FlowDeclaration | AgentDeclaration | FunctionDeclaration


def check(program: Program) -> Iterator[Diagnostic]:
    facts = program.facts
    missed = tuple(found.name for found in facts.found(UnknownName))
    called: list[Called] = [
        *facts.all(FlowDeclaration),
        *facts.all(AgentDeclaration),
        *facts.all(FunctionDeclaration),
    ]
    for node in called:
        if facts.damage.touches(node.span):
            continue
        for each in node.parameters:
            if id(each) in facts.used or nearest(each.name, missed) is not None:
                continue
            if not _meant(program.source.slice(node.span), each.name):
                message = f"`{node.name}` does not read its parameter `{each.name}`"
                primary = program.name_label(each, each.name)
                yield Diagnostic("SF611", message, primary, help="use it, or leave it out", severity="warning")


def _meant(text: str, name: str) -> bool:
    """Whether it stands in braces in a text, where it is none: that is told."""
    return re.search(rf"\{{\s*{name}\b", text) is not None
