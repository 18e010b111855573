"""SF301: a loop that nothing ends: without a budget, or with one that its body does not spend."""

from collections.abc import Iterator

from dsl.ast.duration import format_duration
from dsl.ast.statements import Loop, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.nodes import of_class

_UNITS = ("usd", "tokens", "calls", "turns", "iterations", "time")


def check(program: Program) -> Iterator[Diagnostic]:
    for node in program.facts.all(Loop):
        name = f"loop `{node.name}`" if node.name else "this loop"
        primary = program.name_label(node, node.name or "loop")
        if node.budget is None:
            head = f"loop {node.name}" if node.name else "loop"
            every = f" every {format_duration(node.every)}" if node.every is not None else ""
            advice = f"write how often it may run: `{head} budget 10 iterations{every} {{ … }}`"
            yield Diagnostic("SF301", f"{name} has no budget", primary, help=advice)
        elif not node.budget.chosen and all(getattr(node.budget, unit) is None for unit in _UNITS):
            continue  # its amounts could not be read, which is told
        elif node.budget.iterations is None and node.budget.time is None and not _spends(program, node):
            message = f"the budget of {name} does not end it: no step in it spends any"
            yield Diagnostic("SF301", message, program.label(node.budget), help="add `iterations` or a time")


def _spends(program: Program, node: Loop) -> bool:
    """Whether a round can spend what the budget limits: a call of any kind, or tokens and money of an agent or flow."""
    assert node.budget is not None
    kinds = set()
    for step in of_class(node.body, Step):
        signature = program.facts.callee_of(step.call)
        kinds.add("tool" if signature is None else signature.kind)
    if node.budget.calls is not None and kinds:
        return True
    return bool(kinds - {"tool"}) and (node.budget.tokens is not None or node.budget.usd is not None)
