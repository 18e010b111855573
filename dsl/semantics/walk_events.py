"""`await event`: what is awaited, and what its name stands for afterwards."""

from dsl.ast.events import ExpectedEvent
from dsl.ast.statements import AwaitEvent, AwaitFirst, Respond
from dsl.semantics import capped
from dsl.semantics.findings import InvalidType
from dsl.semantics.inference import Wanted
from dsl.semantics.nodes import by_class
from dsl.semantics.settled import settled
from dsl.semantics.state import State, join
from dsl.semantics.types import BOOL, TEXT, TIME, holds_conversation, holds_file
from dsl.semantics.walker import Around, Walker


def await_event(walker: Walker, node: AwaitEvent, state: State, around: Around) -> State | None:
    """Where it comes in time its name has a value; the other way knows nothing of it."""
    capped.length(node.chosen_timeout, node.timeout, "`timeout`", state, walker.inference)
    taken = expected(walker, node.expected, state, around)
    late = None if node.otherwise is None else walker.block(node.otherwise, state, around)
    return taken if node.otherwise is None else join((taken, late))


def await_first(walker: Walker, node: AwaitFirst, state: State, around: Around) -> State | None:
    """Each way knows what came, and nothing of the others."""
    running = iter(() if node.race is None else node.race.branches)
    ends: list[State | None] = []
    for way in node.branches:
        capped.length(way.chosen_after, way.after, "`after`", state, walker.inference)
        began: State | None = state
        if way.expected is not None:
            began = expected(walker, way.expected, state, around)
        elif way.until is not None:
            walker.inference.expect(way.until, Wanted(TIME, "`after until`"), state)
        elif way.branch is not None:
            began = walker.statement(next(running), state, around)
        ends.append(walker.block(way.body, state if began is None else began, around))
    return join(end if end is None else end.leave(state) for end in ends)


def expected(walker: Walker, node: ExpectedEvent, state: State, around: Around) -> State:
    """The state in which the event is there; its condition is looked at with it."""
    if node.key is not None:
        walker.inference.expect(node.key, Wanted(TEXT, "the key of an event"), state)
    type_ = walker.resolver.resolve(node.type)
    if holds_conversation(type_):
        message = "nobody can send a conversation"
        walker.inference.report(InvalidType(node.type, message, "name what is in a message: `text`, or a record"))
    elif holds_file(type_):
        message = "nobody can send a file"
        walker.inference.report(
            InvalidType(node.type, message, "let a tool fetch it, of which the event has the address")
        )
    _one_type(walker, node)
    taken = walker.define_once(node, node.name, "event", type_, state, around)
    if node.where is not None:
        walker.inference.expect(node.where, Wanted(BOOL, "the condition of an event"), taken)
        settled(node.where, taken, walker.facts, {})
    return taken


def respond(walker: Walker, node: Respond, state: State, around: Around) -> State:
    symbol = state.names.get(node.name)
    expected = None if symbol is None else symbol.node
    if symbol is None or not isinstance(expected, ExpectedEvent) or expected.reply is None:
        if not walker.inference.quiet:
            advice = "respond to an event that is awaited with `reply TYPE`, by the name that it has here"
            walker.misplaced(node, f"nobody waits for a reply to `{node.name}`", advice)
        walker.inference.infer(node.value, state)
        return state
    walker.facts.used.add(id(symbol.node))
    wanted = Wanted(walker.resolver.resolve(expected.reply), f"the reply to `{node.name}`", expected)
    walker.inference.expect(node.value, wanted, state)
    return state


def _one_type(walker: Walker, node: ExpectedEvent) -> None:
    """Whoever sends an event of this name sends one thing."""
    for other in by_class(walker.flow).get(ExpectedEvent, ()):
        if other is node:
            return
        if not isinstance(other, ExpectedEvent) or other.event != node.event:
            continue
        if other.reply != node.reply:
            message = f"whoever sends the event `{node.event}` is replied something else where it is awaited first"
            advice = "give both the same `reply`, or one of them another name"
            walker.inference.report(InvalidType(node.reply or node, message, advice))
            return
        if other.type != node.type:
            message = f"the event `{node.event}` has another type here than where it is awaited first"
            walker.inference.report(
                InvalidType(node.type, message, "give both the same type, or one of them another name")
            )
            return
