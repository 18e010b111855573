"""SF306: times and counts that cannot hold. The zeros among them are found where they are read, in `dsl.syntax`."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.defaults import QUICK_TIMEOUT, TIMEOUT
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Literal, Unary
from dsl.ast.statements import AwaitApproval, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    for tool in program.facts.all(ToolDeclaration):
        yield from _attempt(program, tool)
    for approval in program.facts.all(AwaitApproval):
        yield from _reminder(program, approval)
    for node in program.facts.all(ParallelFor):
        yield from _at_once(program, node)


def _attempt(program: Program, tool: ToolDeclaration) -> Iterator[Diagnostic]:
    timeout = tool.timeout if tool.timeout is not None else QUICK_TIMEOUT if tool.effect.quick else TIMEOUT
    if tool.effect.quick and timeout > QUICK_TIMEOUT:
        message = f"`{tool.name}` is `quick`, and its timeout is {format_duration(timeout)}"
        advice = f"leave out `quick`, or give it {format_duration(QUICK_TIMEOUT)} at most"
        yield Diagnostic("SF306", message, program.name_label(tool, "timeout"), help=advice)
    if tool.heartbeat is not None and tool.heartbeat > timeout:
        message = f"`{tool.name}` may be silent for {format_duration(tool.heartbeat)}"
        longer = f"{message}, and an attempt ends after {format_duration(timeout)}"
        advice = "write a `heartbeat` that is shorter than the timeout, or leave it out"
        yield Diagnostic("SF306", longer, program.name_label(tool, "heartbeat"), help=advice)


def _reminder(program: Program, node: AwaitApproval) -> Iterator[Diagnostic]:
    """A question that is over before its first reminder."""
    timeouts = [stage.timeout or 0 for stage in node.stages]
    if node.remind is not None and timeouts and node.remind >= sum(timeouts):
        message = f"approval `{node.name}` is over after {format_duration(sum(timeouts))}, before its first reminder"
        advice = "remind more often, or leave out `remind`"
        yield Diagnostic("SF306", message, program.name_label(node, "remind"), help=advice, severity="warning")


def _at_once(program: Program, node: ParallelFor) -> Iterator[Diagnostic]:
    match node.up_to:
        case Literal(value=int(count)) if count < 1:
            pass
        case Unary(operator="-", operand=Literal()):
            pass
        case _:
            return
    message, advice = "nothing can run with so few at once", "write how many items may run at once, from 1"
    yield Diagnostic("SF306", message, program.label(node.up_to), help=advice)
