"""SF305: budgets that cannot hold: for what is not counted there, or smaller than what they contain."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.defaults import FIRST_BACKOFF, LONGEST_BACKOFF
from dsl.ast.duration import format_duration
from dsl.ast.node import Node, children
from dsl.ast.people import Stage
from dsl.ast.statements import Break as BreakStatement
from dsl.ast.statements import (
    Budget,
    BudgetBlock,
    Call,
    CompensateStatement,
    Finally,
    Loop,
    Return,
    Step,
    Until,
)
from dsl.checks.program import Program
from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.least_tokens import least_tokens
from dsl.semantics.longest_wait import LongestWaits, asking, wait_of
from dsl.semantics.nodes import by_class, of_class

_DEAREST = Decimal("0.0002")
"""Usd for a token of a prompt: no model is as dear, so what pays for that needs no look at the prices."""
_SPENT = ("usd", "tokens", "calls", "time")
"""What is drawn from the budgets around as well."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """What is left at most, and the budget that says so."""

    amount: Decimal | int
    budget: Budget


def check(program: Program) -> Iterator[Diagnostic]:
    waits = LongestWaits(program.facts)
    yield from _not_counted(program)
    for tool in program.facts.all(ToolDeclaration):
        yield from _tool(program, tool)
    for agent in program.facts.all(AgentDeclaration):
        yield from _agent(program, agent, waits)
    for flow in program.facts.all(FlowDeclaration):
        limits = _narrowed({}, flow.budget)
        yield from _asks(program, flow, flow.asks, limits)
        yield from _inside(program, flow.body, limits, waits)
        if id(flow) not in program.facts.partly_read:
            yield from _without_end(program, flow)


def _not_counted(program: Program) -> Iterator[Diagnostic]:
    """`turns` are those of an agent, `iterations` those of a loop."""
    blocks: list[FlowDeclaration | BudgetBlock] = [*program.facts.all(FlowDeclaration), *program.facts.all(BudgetBlock)]
    for node in blocks:
        yield from _refused(program, node.budget, ("turns", "iterations"))
    for loop in program.facts.all(Loop):
        yield from _refused(program, loop.budget, ("turns",))
    for agent in program.facts.all(AgentDeclaration):
        yield from _refused(program, agent.budget, ("iterations",))


def _tool(program: Program, tool: ToolDeclaration) -> Iterator[Diagnostic]:
    """What it costs has a bound, and what no budget could refuse costs nothing."""
    if tool.costs is not None and tool.costs.at_most is None:
        message = f"nothing says what a call of `{tool.name}` costs at most"
        advice = "say what is set aside for it: `costs result.price at most 0.05 usd`"
        yield Diagnostic("SF305", message, program.label(tool.costs), help=advice)
    if tool.verify is not None:
        yield from _free(program, tool.verify.call, f"settles `{tool.name}`")
    for call in tool.compensate.calls if tool.compensate is not None else ():
        yield from _free(program, call, f"undoes `{tool.name}`")


def _free(program: Program, call: Call | None, does: str) -> Iterator[Diagnostic]:
    signature = None if call is None else program.facts.callee_of(call)
    tool = None if signature is None else signature.node
    if call is not None and isinstance(tool, ToolDeclaration) and tool.costs is not None:
        message = f"`{tool.name}` {does}, and that costs: no budget could refuse it"
        declared = (program.label(tool.costs, "what it costs"),)
        yield Diagnostic("SF305", message, program.label(call), declared, help="declare it once more, without `costs`")


def _agent(program: Program, agent: AgentDeclaration, waits: LongestWaits) -> Iterator[Diagnostic]:
    """Its own budget pays for one turn, and outlasts the people who are asked in one."""
    limits = _narrowed({}, agent.budget)
    if agent.budget is not None:
        yield from _first_turn(program, agent, agent.budget, limits)
    yield from _asks(program, agent, agent.asks, limits)
    for use in agent.uses:
        words = f"the gate of `{use.target}` may wait"
        yield from _wait(program, words, asking(use.gate), use, limits)
        yield from _asked_within(program, use.target, use, limits, waits)


def _asks(program: Program, node: Node, stages: tuple[Stage, ...], limits: dict[str, _Limit]) -> Iterator[Diagnostic]:
    """Whoever is asked for more of a budget, the end of its time is not put off."""
    yield from _wait(program, "asking for more of this budget may take", asking(stages), _place(node), limits)


def _place(node: Node) -> Node:
    return getattr(node, "budget", None) or node


def _asked_within(
    program: Program, called: str, node: Node, limits: dict[str, _Limit], waits: LongestWaits
) -> Iterator[Diagnostic]:
    """A called flow stands for itself, so what it waits for was not compared with this budget."""
    longest = waits.within(called) if "time" in limits else None
    if longest is not None:
        also = (program.label(longest.node, "this may wait so long"),)
        yield from _wait(
            program, f"{longest.words} in `{called}` {longest.does}", longest.milliseconds, node, limits, also
        )


def _first_turn(
    program: Program, agent: AgentDeclaration, node: Node, limits: dict[str, _Limit]
) -> Iterator[Diagnostic]:
    tokens, usd = limits.get("tokens"), limits.get("usd")
    least = None if tokens is None and usd is None else least_tokens(program.facts, agent)
    if least is None:
        return
    if tokens is not None and tokens.amount and least > tokens.amount:
        takes, there_are = f"{least:,} tokens at least", f"{tokens.amount:,}"
        yield _too_little(program, agent, node, tokens, takes, there_are, "error")
    if usd is None or not 0 < usd.amount < least * _DEAREST:
        return
    cost = _least_cost(program, agent, least)
    if cost is not None and cost > usd.amount:
        takes, there_are = f"{cost.normalize():f} usd at least, at today's prices", f"{usd.amount}"
        yield _too_little(program, agent, node, usd, takes, there_are, "warning")


def _least_cost(program: Program, agent: AgentDeclaration, tokens: int) -> Decimal | None:
    """Of one question to the cheapest of its models, a token of an answer with it; None where a price is not known."""
    prices = [program.models.least_price(model) for model in agent.models]
    known = [price for price in prices if price is not None]
    if agent.batch or not known or len(known) < len(prices):
        return None
    return min((tokens - 1) * prompt + answer for prompt, answer in known) / 1_000_000


def _too_little(
    program: Program,
    agent: AgentDeclaration,
    node: Node,
    limit: _Limit,
    takes: str,
    there_are: str,
    severity: Literal["error", "warning"],
) -> Diagnostic:
    message = f"to ask `{agent.name}` once takes {takes}, and there are {there_are}"
    around = () if limit.budget is node else (program.label(limit.budget, "the budget around it"),)
    advice = "give it more, or say less in its texts, its answer and what it uses"
    return Diagnostic("SF305", message, program.label(node), around, help=advice, severity=severity)


def _refused(program: Program, budget: Budget | None, names: tuple[str, ...]) -> Iterator[Diagnostic]:
    for name in names:
        if budget is not None and getattr(budget, name) is not None:
            message = f"{name} are not counted here"
            advice = {"turns": "turns are those of an agent", "iterations": "iterations are those of a `loop`"}[name]
            yield Diagnostic("SF305", message, program.label(budget), help=advice)


def _inside(program: Program, node: Node, limits: dict[str, _Limit], waits: LongestWaits) -> Iterator[Diagnostic]:
    inner = limits
    own = wait_of(node, program.facts)
    if own is not None:
        yield from _wait(program, f"{own.words} {own.does}", own.milliseconds, node, limits)
    match node:
        case Loop(budget=Budget() as budget) | BudgetBlock(budget=budget):
            for name in _SPENT:
                yield from _compare(program, name, getattr(budget, name), budget, limits)
            inner = _narrowed(limits, budget)
            yield from _asks(program, node, node.asks, inner)
        case Step():
            yield from _step(program, node, limits, waits)
        case Finally(calls=calls) | CompensateStatement(calls=calls):
            does = "is called however this ends" if isinstance(node, Finally) else "undoes what was done"
            for call in calls:
                yield from _free(program, call, does)
    for child in children(node):
        ended = child is getattr(node, "on_exhausted", None)
        yield from _inside(program, child, limits if ended else inner, waits)


def _step(program: Program, node: Step, limits: dict[str, _Limit], waits: LongestWaits) -> Iterator[Diagnostic]:
    signature = program.facts.callee_of(node.call)
    flow = None if signature is None else signature.node
    for call in node.compensate.calls if node.compensate is not None else ():
        yield from _free(program, call, f"undoes `{node.name}`")
    if isinstance(flow, ToolDeclaration):
        yield from _one_call(program, flow, node, limits)
        yield from _pauses(program, flow, node, limits)
    if node.timeout is not None:
        yield from _wait(program, f"`{node.name}` may take", node.timeout, node, limits)
    if isinstance(flow, AgentDeclaration):
        yield from _asked(program, flow, node, limits, waits)
    if isinstance(flow, FlowDeclaration) and not node.detached:
        yield from _asked_within(program, flow.name, node, limits, waits)
    if isinstance(flow, FlowDeclaration) and flow.budget is not None and flow.budget.time is not None:
        yield from _wait(program, f"flow `{flow.name}` may take", flow.budget.time, node, limits)


def _one_call(program: Program, tool: ToolDeclaration, node: Step, limits: dict[str, _Limit]) -> Iterator[Diagnostic]:
    limit, most = limits.get("usd"), None if tool.costs is None else tool.costs.at_most
    if limit is not None and most is not None and most > limit.amount:
        message = f"to call `{tool.name}` once takes up to {most} usd, and there are {limit.amount}"
        around = (program.label(limit.budget, "the budget around it"),)
        yield Diagnostic("SF305", message, program.label(node), around, help="give that budget more")


def _pauses(program: Program, tool: ToolDeclaration, node: Step, limits: dict[str, _Limit]) -> Iterator[Diagnostic]:
    """Attempts that are never made, however short each is: the time is over in the pauses between them."""
    retry, limit = node.retry or tool.retry, limits.get("time")
    if retry is None or limit is None or retry.chosen is not None or limit.budget.chosen:
        return
    first = retry.backoff_initial or FIRST_BACKOFF
    longest = retry.backoff_maximum or max(first, LONGEST_BACKOFF)
    paused = sum(min(first * 2 ** min(number, 30), longest) for number in range(retry.times))
    if paused > limit.amount:
        pauses = f"the pauses between the attempts at `{tool.name}` take {format_duration(paused)}"
        message = f"{pauses}, and the budget around it ends after {_amount('time', limit.amount)}"
        others: tuple[Label, ...] = (program.label(limit.budget, "the budget around it"),)
        if retry is not node.retry:
            others = (*others, program.label(retry, "so often it is tried again"))
        advice = "try it again less often or with shorter pauses, or give that budget more"
        yield Diagnostic("SF305", message, program.label(node), others, help=advice, severity="warning")


def _asked(
    program: Program, agent: AgentDeclaration, node: Step, limits: dict[str, _Limit], waits: LongestWaits
) -> Iterator[Diagnostic]:
    yield from _first_turn(program, agent, node, limits)
    own = max((asking(use.gate) for use in agent.uses), default=0)
    yield from _wait(program, f"a gate of `{agent.name}` may wait", own, node, limits)
    longest = waits.within(agent.name) if "time" in limits else None
    if longest is not None and longest.milliseconds > own:
        also = (program.label(longest.node, "this may wait so long"),)
        yield from _wait(program, f"{longest.words} {longest.does}", longest.milliseconds, node, limits, also)


def _wait(
    program: Program,
    what: str,
    needed: int,
    node: Node,
    limits: dict[str, _Limit],
    also: tuple[Label, ...] = (),
) -> Iterator[Diagnostic]:
    limit = limits.get("time")
    if limit is not None and needed > limit.amount:
        is_itself = limit.budget is node
        around = () if is_itself else (program.label(limit.budget, "the budget around it"),)
        ends = f"{'it' if is_itself else 'the budget around it'} ends after {_amount('time', limit.amount)}"
        yield Diagnostic(
            "SF305",
            f"{what} {format_duration(needed)}, and {ends}",
            program.label(node),
            (*around, *also),
            help=f"give that budget at least {format_duration(needed)}, or wait for less",
        )


def _compare(
    program: Program, name: str, amount: Decimal | int | None, budget: Budget, limits: dict[str, _Limit]
) -> Iterator[Diagnostic]:
    limit = limits.get(name)
    if amount is not None and limit is not None and amount > limit.amount:
        message = f"a budget of {_amount(name, amount)} inside one of {_amount(name, limit.amount)}"
        around: tuple[Label, ...] = (program.label(limit.budget, "the budget around it"),)
        yield Diagnostic("SF305", message, program.label(budget), around, help="give it less than the one around it")


def _narrowed(limits: dict[str, _Limit], budget: Budget | None) -> dict[str, _Limit]:
    narrowed = dict(limits)
    for name in _SPENT:
        amount = getattr(budget, name, None)
        if budget is not None and amount is not None and (name not in limits or amount < limits[name].amount):
            narrowed[name] = _Limit(amount, budget)
    return narrowed


def _without_end(program: Program, flow: FlowDeclaration) -> Iterator[Diagnostic]:
    """A loop that nothing leaves always uses up its budget, and then it fails."""
    for loop in of_class(flow, Loop):
        leaving = by_class(loop.body).keys() & {Until, BreakStatement, Return}
        ends = loop.on_exhausted is not None or loop.every is not None or bool(loop.asks)
        if loop.budget is None or ends or leaving:
            continue
        message = "nothing ends this loop but its budget, and then it fails"
        advice = "end it with `until` or `break`, or say what follows: `on exhausted { … }`"
        primary = program.name_label(loop, loop.name or "loop")
        yield Diagnostic("SF305", message, primary, help=advice, severity="warning")


def _amount(name: str, amount: Decimal | int) -> str:
    return format_duration(int(amount)) if name == "time" else f"{amount} {name}"
