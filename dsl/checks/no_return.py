"""SF605: a flow that promises a result, and can end without one."""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import NoReturn


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(NoReturn):
        flow = found.flow
        assert isinstance(flow, FlowDeclaration)
        assert flow.returns is not None
        yield Diagnostic(
            "SF605",
            f"`{flow.name}` can end without a result",
            program.name_label(flow, flow.name),
            (program.label(flow.returns, "promised here"),),
            help="end every way with `return` or `fail`",
        )
