"""SF309: a function that is too large where it is called, with all that it calls written out."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.written_out import DEEPEST, LARGEST, sizes


def check(program: Program) -> Iterator[Diagnostic]:
    found = sizes(program.facts)
    for name, size in found.items():
        if size.exceeds and not any(found[each].exceeds for each in size.calls):
            how = f"more than {LARGEST:,} parts" if size.parts > LARGEST else f"more than {DEEPEST} levels"
            message = f"`{name}` has {how} when what it calls is written out"
            advice = "let it call fewer functions, or work a part of it out before and give it as an argument"
            declared = program.facts.declarations.functions[name].node
            yield Diagnostic("SF309", message, program.name_label(declared, name), help=advice)
