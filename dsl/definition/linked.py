"""Whether every name in a definition stands for something of the right kind: flows, tools, agents, types, parameters,
variables, functions, operators; and whether each statement has an address of its own.

A definition that was sealed here has passed the check. One that comes from elsewhere may name anything anywhere, and
what is not seen here would be met by the machine in the middle of a run.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from dsl.ast.address import places
from dsl.ast.chosen import chosen_by, chosen_in, chosen_in_stages
from dsl.ast.declarations import (
    RESULT,
    AgentDeclaration,
    Emit,
    Exclusive,
    FlowDeclaration,
    Http,
    Served,
    Summarise,
    ToolDeclaration,
    Use,
    Verify,
    called_by,
)
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Apply, Binary, Expression, FunctionCall, Unary
from dsl.ast.node import Node, walk
from dsl.ast.people import ChosenGroup, FromData, Group, Stage
from dsl.ast.served import PLACE
from dsl.ast.statements import (
    AwaitApproval,
    AwaitEvent,
    AwaitFirst,
    Budget,
    BudgetBlock,
    Call,
    Compensate,
    CompensateStatement,
    ExclusiveBlock,
    Finally,
    FirstBranch,
    Loop,
    Parallel,
    Sleep,
    Step,
)
from dsl.ast.types import Field, GenericType, NamedType, OptionalType, Type, UnionType
from dsl.definition.definition import Parts
from dsl.definition.rows import misshapen
from dsl.definition.scopes import out_of_scope
from dsl.expressions.functions import FUNCTIONS
from dsl.expressions.names import names
from dsl.expressions.operators import OPERATORS
from dsl.values.addresses import Unfit, address_of
from dsl.values.headers import name_problem
from dsl.values.structure import BASIC_TYPES, GENERIC_TYPES

UNARY = ("not", "-")
LOGICAL = ("and", "or")


def dangling(parts: Parts) -> str | None:
    """The first name that stands for nothing, with the declaration in which it does; None when there is none."""
    if parts.flow not in parts.flows:
        return f"the flow `{parts.flow}` is not in it"
    return next(_dangling(parts), None)


def _dangling(parts: Parts) -> Iterator[str]:
    declarations: list[tuple[str, Node]] = [
        *parts.flows.items(),
        *parts.tools.items(),
        *parts.agents.items(),
        *parts.types.items(),
    ]
    callables = {
        **{name: flow.parameters for name, flow in parts.flows.items()},
        **{name: tool.parameters for name, tool in parts.tools.items()},
        **{name: agent.parameters for name, agent in parts.agents.items()},
    }
    if len(callables) != len(parts.flows) + len(parts.tools) + len(parts.agents):
        yield "one name stands for two of flows, tools and agents"
    for place, node in declarations:
        for below in walk(node):
            yield from _names(place, below, parts)
            yield from _complete(place, below)
            yield from _awaited(place, below)
            yield from _called(place, below, parts)
            if isinstance(below, Call):
                yield from _call(place, below, callables)
    for name in parts.types:
        if name in BASIC_TYPES:
            yield f"{name}: a type that is defined already"
        if _has_no_end(name, parts.types):
            yield f"{name}: a value of it would have no end"
    for tool in parts.tools.values():
        yield from _tool(tool)
    for agent in parts.agents.values():
        yield from _agent(agent, callables)
        if _calls_itself(agent.name, parts):
            yield f"{agent.name}: it calls itself, without end"
    for flow in parts.flows.values():
        yield from _twice(flow)
        yield from out_of_scope(flow)


def _names(place: str, node: Node, parts: Parts) -> Iterator[str]:
    """What a node of any declaration names."""
    match node:
        case NamedType(name=name) if name not in parts.types and name not in BASIC_TYPES:
            yield f"{place}: there is no type `{name}`"
        case GenericType(name=name) if name not in GENERIC_TYPES:
            yield f"{place}: there is no type `{name}`"
        case Summarise(target=target) if target not in parts.agents or any(
            field.default is None for field in parts.agents[target].parameters
        ):
            yield f"{place}: `{target}` is no agent that takes a conversation alone"
        case Verify(call=Call(target=target)) if target not in parts.tools or parts.tools[target].effect.kind != "read":
            yield f"{place}: `{target}` is no `read` tool, so it verifies nothing"
        case FunctionCall(function=name) if name not in FUNCTIONS:
            yield f"{place}: there is no function `{name}`"
        case Apply(function=name, arguments=arguments, body=body):
            yield from _unknown(f"{place}: `{name}`", body, {str(each.name) for each in arguments})
        case Binary(operator=name) if name not in OPERATORS and name not in LOGICAL:
            yield f"{place}: there is no operator `{name}`"
        case Unary(operator=name) if name not in UNARY:
            yield f"{place}: there is no operator `{name}`"
        case _:
            yield from misshapen(place, node)


def _called(place: str, node: Node, parts: Parts) -> Iterator[str]:
    """What can be called where it stands, and ever is."""
    match node:
        case ExclusiveBlock(up_to=up_to, within=within) | Exclusive(up_to=up_to, within=within):
            if up_to < 1 or within < 1:
                yield f"{place}: nobody gets its lock"
        case CompensateStatement(calls=()) | Finally(calls=()):
            yield f"{place}: it calls nothing"
        case Compensate(call=None, then=then) if then:
            yield f"{place}: an undo does not begin"
        case Compensate(calls=calls) | CompensateStatement(calls=calls) | Finally(calls=calls):
            for call in calls:
                if call.target not in parts.tools:
                    yield f"{place}: `{call.target}` is no tool, so it undoes nothing"
        case Step(call=Call(target=target), detached=True) if target not in parts.flows:
            yield f"{place}: `{target}` is no flow, so nobody can leave it to itself"
        case _:
            pass


def _complete(place: str, node: Node) -> Iterator[str]:
    """What a run takes for granted of a node, and its class does not say."""
    match node:
        case Field(default=default) if default is not None and names(default):
            yield f"{place}: the default of `{node.name}` is not the same everywhere"
        case Summarise(at=at) if at < 1:
            yield f"{place}: it is summarised before anything is said"
        case Node() if any(most is None for _, most in chosen_in(node)):
            yield f"{place}: nothing bounds a limit that is worked out"
        case Budget() if any((limit or 0) < 0 for limit in (node.usd, node.tokens, node.calls, node.time)):
            yield f"{place}: a budget is less than nothing"
        case Loop(budget=None):
            yield f"{place}: a loop has no budget"
        case Sleep(milliseconds=None, until=None):
            yield f"{place}: a sleep has no end"
        case ChosenGroup(groups=()):
            yield f"{place}: nothing says which groups may be asked"
        case AwaitApproval():
            yield from _stages(place, f"`{node.name}`", node.stages)
        case Loop() | BudgetBlock() | AgentDeclaration() | FlowDeclaration() if node.asks:
            yield from _more(place, node)
        case _:
            pass


def _awaited(place: str, node: Node) -> Iterator[str]:
    """Of what waits for messages: that it ends."""
    match node:
        case AwaitEvent(timeout=None) | AwaitEvent(otherwise=None):
            yield f"{place}: an event is awaited without an end"
        case ExpectedEvent(waiting=waiting) if waiting is not None and waiting < 1:
            yield f"{place}: no event could wait here"
        case AwaitFirst(branches=branches, race=race):
            yield from _first(place, branches, race)
        case _:
            pass


def _first(place: str, ways: tuple[FirstBranch, ...], race: Parallel | None) -> Iterator[str]:
    """Each way waits for one thing, and something comes for certain."""
    for way in ways:
        if sum(each is not None for each in (way.expected, way.after, way.until, way.branch)) != 1:
            yield f"{place}: a way of `await first` waits for one thing"
    if race is None and all(way.after is None and way.until is None for way in ways):
        yield f"{place}: `await first` has no end"
    if race is not None and (
        race.first is None or race.first.several or race.first.finish_rest or race.name is not None
    ):
        yield f"{place}: what runs in `await first` is a race for the first"


def _more(place: str, node: Loop | BudgetBlock | AgentDeclaration | FlowDeclaration) -> Iterator[str]:
    if node.budget is None:
        yield f"{place}: there is no budget to have more of"
    yield from _stages(place, "the question for more", node.asks)
    if not all(isinstance(whom, Group) for stage in node.asks for whom in stage.whom):
        yield f"{place}: for more of a budget groups are asked that stand there"
    if chosen_in_stages(node.asks):
        yield f"{place}: for more of a budget people are asked for so long as stands there"


def _stages(place: str, name: str, stages: tuple[Stage, ...]) -> Iterator[str]:
    """Each stage ends by its time, and the last one asks nobody else."""
    for number, stage in enumerate(stages, 1):
        if stage.timeout is None or stage.outcome is None:
            yield f"{place}: stage {number} of {name} has no end"
    if not stages or stages[-1].outcome == "ask":
        yield f"{place}: {name} has no last stage"


def _twice(flow: FlowDeclaration) -> Iterator[str]:
    known: set[str] = set()
    for address, _ in places(flow):
        if address in known:
            yield f"{address}: two statements have this address"
        known.add(address)


def _has_no_end(name: str, types: Mapping[str, Type]) -> bool:
    """Whether the type comes upon itself before it comes upon a value: through names, unions and `?` alone."""
    seen: set[str] = set()
    waiting: list[Type] = [types[name]]
    while waiting:
        found = waiting.pop()
        match found:
            case NamedType(name=other) if other == name:
                return True
            case NamedType(name=other) if other in types and other not in seen:
                seen.add(other)
                waiting.append(types[other])
            case UnionType(options=options):
                waiting.extend(options)
            case OptionalType(item=item):
                waiting.append(item)
            case _:
                pass
    return False


def _call(place: str, call: Call, callables: Mapping[str, tuple[Field, ...]]) -> Iterator[str]:
    target = callables.get(call.target)
    if target is None:
        yield f"{place}: nothing is called `{call.target}`"
        return
    parameters = [field.name for field in target]
    if len(call.arguments) > len(parameters):
        yield f"{place}: `{call.target}` takes {len(parameters)} arguments"
    for argument in call.arguments:
        if argument.name is not None and argument.name not in parameters:
            yield f"{place}: `{call.target}` has no parameter `{argument.name}`"


def _agent(agent: AgentDeclaration, callables: Mapping[str, tuple[Field, ...]]) -> Iterator[str]:
    if not agent.models:
        yield f"{agent.name}: it has no model"
    known = {field.name for field in agent.parameters}
    for text in (agent.prompt, agent.instructions, *(() if agent.budget is None else chosen_by(agent.budget))):
        if text is not None:
            yield from _unknown(agent.name, text, known)
    if agent.uses and (agent.budget is None or (agent.budget.turns or 0) < 1):
        yield f"{agent.name}: it uses something, and its turns have no end"
    if any(count is not None and count < 1 for count in (agent.side_by_side, agent.repeats)):
        yield f"{agent.name}: a count of its calls is less than one"
    for name in _several(use.target for use in agent.uses):
        yield f"{agent.name}: it uses `{name}` twice"
    for use in agent.uses:
        yield from _use(agent.name, use, known, callables)


def _calls_itself(name: str, parts: Parts) -> bool:
    """By way of agents alone: flows count their depth."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for each in called_by(parts.agents[waiting.pop()]):
            if each.target == name:
                return True
            if each.target in parts.agents and each.target not in seen:
                seen.add(each.target)
                waiting.append(each.target)
    return False


def _several(names_: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names_).items() if count > 1]


def _use(place: str, use: Use, known: set[str], callables: Mapping[str, tuple[Field, ...]]) -> Iterator[str]:
    """What each part of a `use` may name; see `dsl.semantics.uses`."""
    if use.target not in callables:
        yield f"{place}: nothing is called `{use.target}`"
        return
    given = {field.name for field in callables[use.target]}
    named = tuple(each.value for stage in use.gate for each in stage.whom if isinstance(each, FromData))
    for expressions, names_ in (
        ((use.when, *named, *chosen_in_stages(use.gate)), known),
        ((use.then,), known | {RESULT}),
        ((use.only, use.otherwise), known | given),
    ):
        for expression in expressions:
            if expression is not None:
                yield from _unknown(place, expression, names_)
    if (use.only is None) != (use.otherwise is None):
        yield f"{place}: the use of `{use.target}` says nothing where a call is refused"
    if use.gate:
        yield from _stages(place, f"the use of `{use.target}`", use.gate)


def _tool(tool: ToolDeclaration) -> Iterator[str]:
    """What undoes and verifies it is worded by its own parameters, and not where it is called."""
    known = {field.name for field in tool.parameters}
    calls = [(call, RESULT) for call in (tool.compensate.calls if tool.compensate else ())]
    if tool.verify is not None and tool.verify.call is not None:
        calls.append((tool.verify.call, "key"))
    for call, extra in calls:
        for argument in call.arguments:
            yield from _unknown(tool.name, argument.value, known | {extra})
    if tool.exclusive is not None:
        yield from _unknown(tool.name, tool.exclusive.by, known)
    if tool.costs is not None:
        yield from _unknown(tool.name, tool.costs.value, {RESULT})
        if tool.costs.at_most is None or tool.costs.at_most <= 0:
            yield f"{tool.name}: nothing bounds what it costs"
    if tool.served is not None:
        yield from _served(tool, tool.served)
    if tool.http is not None:
        yield from _http(tool, tool.http, known)
    if tool.emit is not None:
        yield from _emit(tool, tool.emit, known)


def _emit(tool: ToolDeclaration, emit: Emit, known: set[str]) -> Iterator[str]:
    """What a worker takes for granted when it sends the event."""
    if tool.served is not None or tool.http is not None:
        yield f"{tool.name}: it is carried out in two ways"
    if tool.returns is not None or tool.effect.kind == "read":
        yield f"{tool.name}: an event changes something, and gives nothing"
    for value in (emit.to, emit.key, emit.value):
        if value is not None:
            yield from _unknown(tool.name, value, known)


def _served(tool: ToolDeclaration, served: Served) -> Iterator[str]:
    """What a worker takes for granted when it asks a server."""
    if (served.tool is None) == (served.resource is None):
        yield f"{tool.name}: it is neither a tool nor a resource of its server"
    if served.resource is not None and tool.effect.kind != "read":
        yield f"{tool.name}: a resource is read, and nothing else"
    for place in sorted(set(PLACE.findall(served.resource or "")) - {field.name for field in tool.parameters}):
        yield f"{tool.name}: there is no parameter `{place}`"
    for kind in (*(one.kind for one in served.told), served.otherwise):
        if kind is not None and kind not in tool.errors:
            yield f"{tool.name}: it does not declare `{kind}`"


def _http(tool: ToolDeclaration, http: Http, known: set[str]) -> Iterator[str]:
    """What a worker takes for granted when it makes the request."""
    if tool.served is not None:
        yield f"{tool.name}: it is carried out in two ways"
    try:
        address_of(http.url)
    except Unfit as unfit:
        yield f"{tool.name}: {unfit}"
    known = known | {"key"} | ({"page"} if http.next is not None else set())
    for value in (http.url, http.query, http.body, *(header.value for header in http.headers)):
        if value is not None:
            yield from _unknown(tool.name, value, known)
    for header in http.headers:
        if name_problem(header.name) is not None:
            yield f"{tool.name}: no request may write the header `{header.name}`"
    for told in http.told:
        if told.kind not in tool.errors or not 400 <= told.status <= 599:
            yield f"{tool.name}: the status {told.status} is no error that it declares"
    if http.next is not None:
        yield from _unknown(tool.name, http.next.value, {RESULT, "link"})
        if http.next.items is not None:
            yield from _unknown(tool.name, http.next.items, {RESULT})
        if http.next.at_most < 1 or tool.effect.kind != "read":
            yield f"{tool.name}: pages without an end, or of a write"


def _unknown(place: str, expression: Expression, known: set[str]) -> Iterator[str]:
    for name in sorted(names(expression) - known):
        yield f"{place}: there is no name `{name}`"
