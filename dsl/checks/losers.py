"""SF410: what a branch may do and nobody can undo, where the branch may lose: in a `race`, or beside a `stop when`.

Who has lost is undone. So a tool that writes needs an undo there, whoever calls it: a step, a called flow, or an agent
that may use it. With `finish rest` those who have lost go on to their end, and what they do stands.
"""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.statements import AwaitFirst, Call, Commit, Compensate, Parallel, ParallelFor, Step
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.nodes import of_class


def check(program: Program) -> Iterator[Diagnostic]:
    standing = _Standing(program)
    fans: list[Parallel | ParallelFor] = [*program.facts.all(Parallel), *program.facts.all(ParallelFor)]
    for node in fans:
        ends_others = node.stop_when is not None or (node.first is not None and not node.first.finish_rest)
        for step in of_class(node, Step) if ends_others else ():
            if (what := standing.of_step(step)) is not None:
                yield _worded(program, node, step, what)


def _worded(program: Program, node: Parallel | ParallelFor, step: Step, what: str) -> Diagnostic:
    race = node.first is not None
    choice = any(first.race is node for first in program.facts.all(AwaitFirst))
    called = "" if what.startswith(f"`{step.call.target}`") else f"`{step.call.target}`: "
    where = "something else comes first" if choice else "it loses the race" if race else "it is stopped"
    message = f"{called}{what}, and this branch is to be undone when {where}"
    advice = "say how it is undone: `compensate OTHER_TOOL(…)`"
    others = ", or do it when something has come first" if choice else ", or let the others end: `finish rest`"
    advice += others if race else ", or do it after the `parallel`"
    return Diagnostic("SF410", message, program.name_label(step.call, step.call.target), help=advice)


class _Standing:
    """What stands, of all that a call leads to."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, str | None] = {}

    def of_step(self, step: Step) -> str | None:
        if step.detached:
            return f"`{step.call.target}` is detached, and nothing undoes it"
        return self.of_call(step.call, step.compensate)

    def of_call(self, call: Call | Use, compensate: Compensate | None = None) -> str | None:
        signature = self._program.facts.callee_of(call)
        declaration = None if signature is None else signature.node
        match declaration:
            case ToolDeclaration():
                return _of_tool(declaration, compensate)
            case FlowDeclaration() | AgentDeclaration():
                if declaration.name not in self._known:
                    self._known[declaration.name] = None
                    self._known[declaration.name] = self._of(declaration)
                return self._known[declaration.name]
            case _:
                return None

    def _of(self, declaration: FlowDeclaration | AgentDeclaration) -> str | None:
        """The first thing; through flows that call each other, each is looked at once."""
        if isinstance(declaration, AgentDeclaration):
            return next((found for use in declaration.uses if (found := self.of_call(use))), None)
        if of_class(declaration.body, Commit):
            return f"`{declaration.name}` has a `commit`, behind which nothing is undone"
        steps = of_class(declaration.body, Step)
        return next((found for step in steps if (found := self.of_step(step))), None)


def _of_tool(tool: ToolDeclaration, compensate: Compensate | None) -> str | None:
    undo = compensate or tool.compensate
    if tool.effect.kind not in ("write", "irreversible") or (undo is not None and undo.call is not None):
        return None
    if undo is None and not tool.effect.final:
        return None  # SF401 says it
    return f"`{tool.name}` is `{tool.effect.kind}`, and nothing undoes it"
