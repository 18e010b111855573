"""SF102: one name for two things."""

from collections.abc import Iterator

from dsl.ast.declarations import FunctionDeclaration
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.declared_constants import RESERVED
from dsl.semantics.findings import DefinedTwice


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(DefinedTwice):
        primary = program.name_label(found.node, found.name)
        message = f"`{found.name}` is defined twice"
        secondary: tuple[Label, ...] = ()
        if found.earlier is None:
            what = "function" if isinstance(found.node, FunctionDeclaration) else "type"
            if found.name in RESERVED:
                what = "word"
            message = f"`{found.name}` is a {what} of the language"
        else:
            secondary = (program.name_label(found.earlier, found.name, "the first one"),)
        yield Diagnostic("SF102", message, primary, secondary, help="give it another name")
