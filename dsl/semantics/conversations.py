"""What a flow may do with conversations: take one from a step, count its messages, keep the last ones, add some.

Nothing looks into one. What an agent was told and answered is not the flow's to take apart, it may be long, and most of
it lies elsewhere. So each of these has an own rule, and is written into the definition as something simpler: the name
that the step binds, a field of the value, a conversion.
"""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, Summarise, Use
from dsl.ast.expressions import Binary, Expression, FunctionCall, ListLiteral, Name
from dsl.ast.statements import Step
from dsl.semantics.facts import Asked
from dsl.semantics.findings import Finding, InvalidType, Mismatch, Misplaced, UnknownName, WrongKind
from dsl.semantics.fit import misfit
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.symbols import Signature
from dsl.semantics.taken import Given
from dsl.semantics.types import (
    CONVERSATION,
    MESSAGE,
    TEXT,
    UNKNOWN,
    Conversation,
    ListOf,
    Type,
    holds_conversation,
    optional,
    required,
    spelled,
)

TRANSCRIPT = "transcript"
TRANSCRIBED = "the name of a step that calls an agent"


def transcript(node: FunctionCall, state: State, inference: Inference) -> Type:
    """`transcript(STEP)`. The step has its result where its name has a value, and there it has its conversation too."""
    if _is_its_agent(node, state, inference):
        return CONVERSATION
    for argument in node.arguments:
        inference.infer(argument.value, state)
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        message = f"`{TRANSCRIPT}` takes {TRANSCRIBED}, and nothing else"
        inference.report(InvalidType(node, message, "write `transcript(reply)` after `step reply = …`"))
        return CONVERSATION
    named = node.arguments[0].value
    symbol = inference.facts.symbol_of(named) if isinstance(named, Name) else None
    if isinstance(named, Name) and symbol is None:
        return CONVERSATION  # there is no such name, which is told
    if symbol is None or not isinstance(symbol.node, Step) or symbol.kind != "step":
        reason = None if symbol is None else f"`{symbol.name}` is no step"
        inference.report(Mismatch(named, f"`{TRANSCRIPT}`", TRANSCRIBED, inference.facts.type_of(named), reason))
        return CONVERSATION
    signature = inference.facts.callee_of(symbol.node.call)
    if signature is not None and signature.kind != "agent":
        reason = f"`{symbol.name}` calls the {signature.kind} `{signature.name}`"
        found = inference.facts.type_of(named)
        inference.report(Mismatch(named, f"`{TRANSCRIPT}`", TRANSCRIBED, found, reason))
        return CONVERSATION
    inference.facts.asked[id(node)] = Asked("transcript")
    inference.facts.transcripts.add(id(symbol.node))
    return CONVERSATION


def _is_its_agent(node: FunctionCall, state: State, inference: Inference) -> bool:
    """Whether the agent is named, where one of its steps is meant. A step may have the name of its agent."""
    named = node.arguments[0].value if len(node.arguments) == 1 else None
    if not isinstance(named, Name) or named.name in state.names or named.name in inference.defined:
        return False
    declared = inference.facts.declarations.kind_of(named.name)
    if declared is None or declared[0] != "agent":
        return False
    inference.report(WrongKind(named, named.name, "a agent", TRANSCRIBED, declared[1]))
    return True


def of_conversation(node: FunctionCall, given: Given, result: Type, inference: Inference) -> Type:
    """`len` and `last` of a conversation, which is known to be one."""
    subject = given.expressions["value" if node.function == "len" else "items"]
    found = inference.facts.type_of(subject)
    if node.function == "len":
        inference.facts.asked[id(node)] = Asked("messages", subject)
        return result
    count = given.literal("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        place = given.expressions.get("count", node)
        message = "how many messages of a conversation are kept is written as a number"
        inference.report(InvalidType(place, message, "write `last(…, 20)`"))
        return found
    inference.facts.asked[id(node)] = Asked("subject", subject)
    inference.widen(node, found, result)
    return result


def extended(node: Binary, left: Conversation, state: State, inference: Inference) -> Type:
    """`talk + [{ role: "user", text: … }]`."""
    added = inference.expect(node.right, Wanted(ListOf(MESSAGE), "what is added to a conversation"), state)
    if not isinstance(added, ListOf):
        return UNKNOWN if added == UNKNOWN else CONVERSATION
    bounded = left.at_most is not None and added.at_most is not None
    inference.widen(node.right, added, Conversation(added.at_most))
    return Conversation((left.at_most or 0) + (added.at_most or 0) if bounded else None)


def expect_messages(node: ListLiteral, wanted: Wanted, state: State, inference: Inference) -> Type | None:
    """Messages that are written out where a conversation is asked for; None where it is not."""
    target = required(wanted.type)
    if not isinstance(target, Conversation):
        return None
    for item in node.items:
        inference.expect(item, Wanted(MESSAGE, "a message", wanted.declared), state)
    found = ListOf(MESSAGE, len(node.items))
    if target.at_most is not None and len(node.items) > target.at_most:
        reason = f"these are {len(node.items)}"
        inference.report(Mismatch(node, wanted.role, spelled(target), found, reason, wanted.declared))
        return target
    inference.widen(node, found, target)
    return Conversation(len(node.items))


def continued(step: Step, value: Expression, signature: Signature | None, state: State, inference: Inference) -> None:
    """`continue EXPR` in a step: null is none. Whatever the value was made of, the run finds a conversation."""
    found = inference.expect(value, Wanted(optional(CONVERSATION), "`continue`"), state)
    if signature is not None and signature.kind != "agent":
        other = {"tool": "a tool takes no conversation", "flow": "a flow takes a conversation as a parameter"}
        message = f"only an agent goes on with a conversation, and `{signature.name}` is a {signature.kind}"
        inference.report(Misplaced(value, message, other[signature.kind]))
    elif found != UNKNOWN:
        conversions = inference.facts.conversions
        conversions[id(value)] = (*conversions.get(id(value), ()), optional(CONVERSATION))


def taken_elsewhere(signature: Signature) -> Iterator[Finding]:
    """Conversations among what a tool or an agent takes and gives: only flows and functions pass them on."""
    node, kind = signature.node, signature.kind
    if kind not in _TAKES:
        return
    fields = {field.name: field for field in node.parameters}
    for member in signature.parameters:
        if holds_conversation(member.type):
            yield InvalidType(fields[member.name], *_TAKES[kind])
    if holds_conversation(signature.returns):
        yield InvalidType(node.returns or node, *_GIVES[kind])


_TAKES = {
    "tool": ("a tool takes no conversation", "let an agent put in a text what the tool needs of it"),
    "agent": ("an agent takes a conversation by `continue`", "write `step … = …(…) { continue talk }`"),
}
_GIVES = {
    "tool": ("a tool gives no conversation", 'add what it gives: `talk + [{ role: "user", text: … }]`'),
    "agent": ("a model answers no conversation", "`transcript(STEP)` is the one that it had"),
}


def told_to_model(node: Use, signature: Signature, then: Type, inference: Inference) -> None:
    """A model writes no conversation and reads none: neither what it gives to a call, nor what it is told of it."""
    given = next((each for each in signature.parameters if holds_conversation(each.type)), None)
    if given is not None:
        message = f"a model gives no conversation, and `{given.name}` of `{node.target}` is one"
        inference.report(InvalidType(node, message, "use a flow that has the conversation from elsewhere"))
    elif holds_conversation(then):
        message = f"a model is told no conversation, and `{node.target}` gives one"
        inference.report(
            InvalidType(node.then or node, message, "say what it is told: `then` with a function that gives a text")
        )


def summarised(agent: AgentDeclaration, node: Summarise, inference: Inference) -> None:
    """Whoever summarises is given the conversation and nothing else, and answers in words."""
    declarations = inference.facts.declarations
    signature = declarations.callees.get(node.target)
    if signature is None:
        if not declarations.excused(node.target):
            inference.report(UnknownName(node, "agent", node.target, tuple(declarations.callees)))
        return
    if agent.keep_last is not None:
        message = "what `keep last` leaves out cannot be summarised"
        inference.report(InvalidType(node, message, "write `keep last` or `summarise by`, and not both"))
    if signature.kind != "agent":
        inference.report(WrongKind(node, node.target, f"a {signature.kind}", "an agent", signature.node))
    elif signature.node is agent:
        inference.report(InvalidType(node, f"`{agent.name}` cannot summarise for itself", "declare another agent"))
    elif any(member.required for member in signature.parameters) or misfit(signature.returns, TEXT) is not None:
        message = f"`{node.target}` is given a conversation only, and answers with a text"
        inference.report(InvalidType(node, message, f"declare `agent {node.target}() -> text {{ … }}`"))
    else:
        inference.facts.callees[id(node)] = signature
