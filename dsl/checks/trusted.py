"""SF703: what a model or who sends an event has chosen, given to a parameter that takes only what is trusted."""

from collections.abc import Iterator

from dsl.ast.declarations import Use
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.chosen_by_models:
        if found.parameter is None:
            continue
        name = found.parameter.name
        declared = program.name_label(found.parameter, name, "declared trusted here")
        if isinstance(found.whom, Use):
            target = found.whom.target
            message = f"the model gives `{name}` of `{target}`, which takes only what is trusted"
            advice = 'let people see each call: `after approval from "GROUP" timeout 4h then reject`'
            yield Diagnostic("SF703", message, program.name_label(found.whom, target), (declared,), help=advice)
        else:
            message = f"`{name}` takes only what is trusted, and this comes from {found.source}"
            advice = "take it from the input of the flow, from a tool, or from an approval that shows it"
            labels = (*program.way(found.way), program.label(found.call, found.comes_in), declared)
            yield Diagnostic("SF703", message, program.label(found.whom), labels, help=advice)
