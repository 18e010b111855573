"""Declarations as text: types, tools and the servers that carry them out, agents, functions, constants, flows."""

from decimal import Decimal

from dsl.ast.declarations import (
    AgentDeclaration,
    Costs,
    Effect,
    Emit,
    FlowDeclaration,
    Http,
    Served,
    ToolDeclaration,
    Use,
    Verify,
)
from dsl.ast.defaults import EQUAL_CALLS, HEARTBEAT, LONGEST_BATCH, LONGEST_PROVIDER_WAIT, QUICK_TIMEOUT, TIMEOUT
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Apply, Argument, Convert, Expression, FunctionCall, Literal, Name, Widen
from dsl.ast.statements import Block, Call, Return, Statement, Step
from dsl.ast.types import Field, NamedType, RecordType, Type
from dsl.dataclass import replace
from dsl.decompiling.calls import asks, body, budget, call, compensate, count, exclusive, lasting, retry, stages
from dsl.decompiling.expressions import OR, Unwritable, arguments, decimal, expression, spelt, text
from dsl.decompiling.statements import block
from dsl.decompiling.texts import braced, quoted
from dsl.decompiling.types import classes, doc, parameters, returned, type_of
from dsl.decompiling.writing import Constant, Writing


def type_declaration(name: str, node: Type, writing: Writing) -> str:
    if isinstance(node, RecordType):
        return f"type {name} {type_of(node, writing)}"
    return f"type {name} = {type_of(node, writing)}"


def constant(node: Constant, writing: Writing) -> str:
    return f"let {node.name} = {spelt(node.value, writing)}"


def function(node: Apply, writing: Writing) -> str:
    """`node` is a call of it, which has with it all that it says. Definitions were sealed once without its types: for
    people to read, they are those of the conversions that are there, or `json`."""
    given, returns = node.parameters, node.returns
    if returns is None:
        given = tuple(Field(str(each.name), _converted(each.value)) for each in node.arguments)
        returns = _converted(node.body)
    head = f"fn {node.function}{parameters(given, writing)}{returned(returns, writing)}"
    return f"{head} = {expression(node.body, writing)}"


def _converted(value: Expression) -> Type:
    return value.type if isinstance(value, Widen) else NamedType("json")


# Tools


def tool(node: ToolDeclaration, writing: Writing) -> str:
    head = f"{doc(node.doc)}tool {node.name}{parameters(node.parameters, writing)}{returned(node.returns, writing)}"
    return f"{head} {effect(node.effect)}{body(_tool_options(node, writing))}"


def server(tools: list[tuple[ToolDeclaration, Served]], writing: Writing) -> str:
    """All that one MCP server carries out."""
    _, first = tools[0]
    auth = f" auth {', '.join(map(quoted, first.auth))}" if first.auth else ""
    inner = braced(_served(node, served, writing) for node, served in tools)
    return f"tools {first.server} from mcp {quoted(first.address)}{auth} {inner}"


def _served(node: ToolDeclaration, served: Served, writing: Writing) -> str:
    name = node.name.removeprefix(f"{served.server}.")
    head = f"{name}{parameters(node.parameters, writing)}{returned(node.returns, writing)}"
    options = body(_tool_options(node, writing))
    if served.resource is not None:
        return f"{doc(node.doc)}resource {head} from {quoted(served.resource)}{options}"
    own = "" if served.tool in (None, name) else f" from {quoted(served.tool)}"
    return f"{doc(node.doc)}tool {head}{own} {effect(node.effect)}{options}"


def effect(node: Effect) -> str:
    words = [node.kind, *(["quick"] if node.quick else []), *(["keyed"] if node.keyed else [])]
    words += [] if node.keyed_for is None else [f"for {format_duration(node.keyed_for)}"]
    return " ".join([*words, *(["final"] if node.final else [])])


def _tool_options(node: ToolDeclaration, writing: Writing) -> list[str]:
    usual = QUICK_TIMEOUT if node.effect.quick else TIMEOUT
    options = [] if node.http is None else [_http(node.http, writing)]
    options += [] if node.emit is None else [_emit(node.emit, writing)]
    options += [] if node.timeout == usual else lasting("timeout", node.timeout)
    options += retry(node.retry)
    options += [] if node.queue is None and node.heartbeat == HEARTBEAT else lasting("heartbeat", node.heartbeat)
    options += lasting("patience", node.patience)
    options += [] if node.queue is None else [f"queue {quoted(node.queue)}"]
    options += [f"errors {', '.join(told)}"] if (told := _errors(node)) else []
    options += [] if node.key is None else [f"key as {node.key}"]
    if node.exclusive is not None:
        options.append(exclusive(node.exclusive.by, node.exclusive.up_to, node.exclusive.within, writing))
    options += [] if node.costs is None else [_costs(node.costs, writing)]
    options += classes("sees", node.sees) + classes("keeps", node.keeps)
    return [*options, *compensate(node.compensate, writing), *_verify(node.verify, node.timeout, writing)]


def _errors(node: ToolDeclaration) -> list[str]:
    """What is told by something else than its kind comes as it stood, for the first that fits is taken."""
    if node.http is not None:
        return [f"{each.kind} when {each.status}" for each in node.http.told]
    if node.served is not None:
        told = [f"{each.kind} when {quoted(each.pattern)}" for each in node.served.told]
        return told if node.served.otherwise is None else [*told, node.served.otherwise]
    return list(node.errors)


def _verify(node: Verify | None, timeout: int | None, writing: Writing) -> list[str]:
    if node is None:
        return []
    if node.call is None:
        return [f"verify none {quoted(node.none_reason or '')}"]
    after = "" if node.after in (None, timeout) else f" after {format_duration(node.after or 0)}"
    return [f"verify {call(node.call, writing)}{after}"]


def _costs(node: Costs, writing: Writing) -> str:
    value = expression(node.value, writing, OR)
    fixed = node.value.value if isinstance(node.value, Literal) else None
    if isinstance(fixed, int | Decimal) and not isinstance(fixed, bool):
        if node.at_most == Decimal(str(fixed)):
            return f"costs {value} usd"
        value = writing.constant("price", node.value)
    return f"costs {value} usd" if node.at_most is None else f"costs {value} at most {decimal(node.at_most)} usd"


def _emit(node: Emit, writing: Writing) -> str:
    key = "" if node.key is None else f" from {expression(node.key, writing)}"
    value = "" if node.value is None else f" with {expression(node.value, writing)}"
    return f"emit {node.event}{key} to {expression(node.to, writing)}{value}"


def _http(node: Http, writing: Writing) -> str:
    parts = [f"header {quoted(each.name)}: {expression(each.value, writing)}" for each in node.headers]
    parts += [] if node.query is None else [f"query {expression(node.query, writing)}"]
    parts += [] if node.body is None else [f"body {expression(node.body, writing)}"]
    if node.next is not None:
        parts.append(f"next {expression(node.next.value, writing)} at most {node.next.at_most} pages")
        parts += [] if node.next.items is None else [f"items {expression(node.next.items, writing)}"]
    auth = "" if node.auth is None else f" auth {quoted(node.auth)}"
    return f"http {node.method} {text(node.url, writing)}{auth}{body(parts)}"


# Agents


def agent(node: AgentDeclaration, writing: Writing) -> str:
    head = f"{doc(node.doc)}agent {node.name}{parameters(node.parameters, writing)}{returned(node.returns, writing)}"
    return f"{head}{body([*_asked(node, writing), *_bounded(node, writing)])}"


def _asked(node: AgentDeclaration, writing: Writing) -> list[str]:
    """What is asked, of whom, and what it may use."""
    options = [f"model {' then '.join(map(quoted, node.models))}"] if node.models else []
    options += [] if node.instructions is None else [f"instructions {text(node.instructions, writing)}"]
    options += [] if node.prompt is None else [f"prompt {text(node.prompt, writing)}"]
    options += [] if node.temperature is None else [f"temperature {decimal(node.temperature)}"]
    options += [] if node.reasoning is None else [f"reasoning {quoted(node.reasoning)}"]
    options += [] if node.seed is None else [f"seed {node.seed}"]
    options += [_use(each, writing) for each in node.uses]
    options += classes("sees", node.sees) + classes("keeps", node.keeps)
    return options


def _bounded(node: AgentDeclaration, writing: Writing) -> list[str]:
    """What it may spend, and how long it goes on."""
    options = [] if node.budget is None else [budget(node.budget, writing)]
    options += asks(node.asks, writing)
    options += ["tell budget"] if node.tells_budget else []
    options += [] if node.answer_tokens is None else [f"answer at most {count(node.answer_tokens)} tokens"]
    options += lasting("answer within", node.timeout)
    options += retry(node.retry)
    options += [] if node.patience == LONGEST_PROVIDER_WAIT else lasting("patience", node.patience)
    options += [] if node.queue is None else [f"queue {quoted(node.queue)}"]
    options += ["one at a time"] if node.side_by_side == 1 else []
    options += [] if node.side_by_side in (None, 1) else [f"up to {node.side_by_side}"]
    usual = EQUAL_CALLS if node.uses else None
    options += [] if node.repeats in (None, usual) else [f"stuck after {node.repeats} identical calls"]
    options += [] if node.keep_last is None else [f"keep last {node.keep_last} messages"]
    options += (
        [] if node.summarise is None else [f"summarise by {node.summarise.target} at {count(node.summarise.at)} tokens"]
    )
    options += ["batch"] if node.batch == LONGEST_BATCH else lasting("batch within", node.batch)
    return options


def _use(node: Use, writing: Writing) -> str:
    parts = [f"use {node.target}"]
    parts += [] if node.then is None else [f"then {_reshaped(node.then, writing)}"]
    parts += [] if node.when is None else [f"when {expression(node.when, writing, OR)}"]
    if node.gate:
        parts += ["after approval", *classes("sees", node.sees), *stages(node.gate, writing)]
    if node.only is not None and node.otherwise is not None:
        parts.append(f"only if {expression(node.only, writing, OR)} else {expression(node.otherwise, writing)}")
    return " ".join(parts)


def _reshaped(node: Expression, writing: Writing) -> str:
    """The result comes first among its arguments, and is not written."""
    match node:
        case FunctionCall(function=name, arguments=given):
            rest = arguments(given[1:], writing)
        case Apply(function=name, arguments=given):
            writing.functions.setdefault(name, node)
            rest = arguments(given[1:], writing)
        case Convert(otherwise=otherwise):
            name = expression(node, writing).partition("(")[0]
            rest = "" if otherwise is None else f"or: {expression(otherwise, writing)}"
        case _:
            raise Unwritable("a function shapes what the model sees")
    return f"{name}({rest})" if rest else name


# Flows


def flow(node: FlowDeclaration, writing: Writing) -> str:
    options = [] if node.budget is None else [budget(node.budget, writing)]
    options += asks(node.asks, writing)
    options += [] if node.depth is None else [f"depth {node.depth}"]
    options += ["requires approval"] if node.requires_approval else []
    options += classes("sees", node.sees)
    head = f"{doc(node.doc)}flow {node.name}{parameters(node.parameters, writing)}{returned(node.returns, writing)}"
    return f"{' '.join([head, *options])} {block(node.body, writing)}"


def starting(node: FlowDeclaration, writing: Writing) -> str:
    """A flow that does nothing but call this one."""
    name = writing.free(f"start_{node.name.replace('.', '_')}")
    given = tuple(replace(each, doc=None) for each in node.parameters)
    named = tuple(Argument(each.name, Name(each.name)) for each in given)
    made = Step(writing.free("result_of_it"), Call(node.name, named), named=node.returns is not None)
    statements: tuple[Statement, ...] = (made,) if node.returns is None else (made, Return(Name(made.name)))
    started = FlowDeclaration(name, given, node.returns, Block(statements), node.budget, sees=node.sees)
    return f"# A file has a flow that no other calls.\n{flow(started, writing)}"
