"""SF106: which flow of a file is its main one. A file without flows needs none."""

from collections.abc import Iterator

from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    """No flow that nothing calls: nothing can be started. Several: a warning, for `--flow` can still choose one."""
    flows = tuple(flow for name, flow in program.graph.flows.items() if name not in program.graph.linked)
    main = program.graph.main()
    if flows and not main:
        message = "every flow of this file is called by another one, so none is the main flow"
        yield Diagnostic("SF106", message, program.name_label(flows[0], flows[0].name))
    elif len(main) > 1:
        names = ", ".join(f"`{flow.name}`" for flow in main)
        yield Diagnostic(
            "SF106",
            f"this file has more than one main flow: {names}",
            program.name_label(main[1], main[1].name),
            (program.name_label(main[0], main[0].name, "called by no other flow either"),),
            help=f"name the one that is meant when it is run: `--flow {main[0].name}`",
            severity="warning",
        )
