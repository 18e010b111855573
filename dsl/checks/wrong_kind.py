"""SF107: a name that means something, but not something that may stand here."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.conversations import TRANSCRIBED
from dsl.semantics.findings import WrongKind

_ADVICE = {
    "a tool": "call it from a step: `step x = {}(…)`",
    "an agent": "call it from a step: `step x = {}(…)`",
    "a flow": "call it from a step: `step x = {}(…)`",
}
_STEP_OF = "each of its steps has one of its own: after `step x = {}(…)` it is `transcript(x)`"


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(WrongKind):
        declared = found.declared
        kind = "an agent" if found.found == "a agent" else found.found
        advice = _STEP_OF if found.wanted == TRANSCRIBED else _ADVICE.get(kind)
        yield Diagnostic(
            "SF107",
            f"`{found.name}` is {kind}, and {found.wanted} must stand here",
            program.name_label(found.node, found.name),
            () if declared is None else (program.name_label(declared, found.name, "declared here"),),
            help=None if advice is None else advice.format(found.name),
        )
