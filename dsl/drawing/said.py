"""What stands in a picture, in the words of the language, as a decompiled definition has them, each on one line."""

from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression, Get, Literal
from dsl.ast.node import Node
from dsl.ast.people import ChosenGroup, Stage
from dsl.ast.rewrite import rewrite
from dsl.ast.statements import Budget, Call, ParallelFor
from dsl.dataclass import replace
from dsl.decompiling import calls, statements
from dsl.decompiling.expressions import Unwritable, arguments, expression
from dsl.decompiling.writing import Writing


def expression_text(of: Expression) -> str:
    """`…` for what no text can say, as a definition from elsewhere may."""
    try:
        return expression(of, Writing(), nested=True)
    except Unwritable:
        return "…"


def call_text(call: Call) -> str:
    try:
        return f"{call.target}({arguments(call.arguments, Writing(), nested=True)})"
    except Unwritable:
        return f"{call.target}(…)"


def opened_text(call: Call) -> str:
    """A call that an approval opens, as the author would write it: while its question stands, what is answered is not
    known yet, and so the definition asks for it with `?.`."""
    return call_text(rewrite(call, _plainly))


def _plainly(node: Node, _before: Node) -> Node:
    return replace(node, optional=False) if isinstance(node, Get) else node


def budget_text(budget: Budget | None) -> str:
    """`budget 0.50 usd, 60k tokens, 3d`; nothing where nothing is limited."""
    return "" if budget is None or budget == Budget() else calls.budget(budget)


def length_text(milliseconds: int, chosen: Expression | None) -> str:
    """`30s`, or what is worked out, with its cap."""
    return calls.length(milliseconds, chosen, Writing())


def at_once_text(node: ParallelFor) -> str:
    """`5`, or `rounds at most 10`."""
    most = "" if node.up_to_at_most is None else f" at most {node.up_to_at_most}"
    return "" if node.up_to is None else f"{expression_text(node.up_to)}{most}"


def asked_texts(stages: tuple[Stage, ...]) -> list[str]:
    """Who is asked for more, where a budget is used up."""
    return [f"used up: ask {text}" for text in stage_texts(stages)]


def stage_texts(stages: tuple[Stage, ...]) -> list[str]:
    """`from 2 of "leads", "finance" timeout 12h then reject`, and below it which groups data may come to."""
    try:
        written = calls.stages(stages, Writing())
    except Unwritable:
        return ["from …"]
    lines: list[str] = []
    for stage, line in zip(stages, written, strict=True):
        lines.append(line)
        lines += [_either(whom) for whom in stage.whom if isinstance(whom, ChosenGroup)]
    return lines


def _either(whom: ChosenGroup) -> str:
    """`group order.team: "leads" or "board"`."""
    names = " or ".join(expression_text(Literal(name)) for name in whom.groups)
    return f"group {expression_text(whom.value)}: {names}"


def event_text(event: ExpectedEvent) -> str:
    """`event mail as letter: Mail from customer.id where letter.folder == "inbox"`."""
    try:
        return statements.expected(event, Writing())
    except Unwritable:
        return f"event {event.event}"
