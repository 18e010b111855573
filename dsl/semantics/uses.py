"""Agents: their texts, and what they use.

A `use` speaks of three sets of names. `when`, and who is asked in a gate, is settled before the model says anything, so
it knows the parameters of the agent alone. `then` knows the `result` too, and `only if` with its `else` also what the
model wants to call with. Where both the agent and what it uses have a parameter of one name, that name cannot stand in
`only if`: a reader could take it for either.
"""

from dsl.ast.declarations import RESULT, AgentDeclaration, ToolDeclaration, Use
from dsl.expressions.names import names
from dsl.semantics import arguments, capped
from dsl.semantics.conversations import told_to_model
from dsl.semantics.files import given_by_model
from dsl.semantics.findings import DefinedTwice, InvalidType
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.state import State
from dsl.semantics.symbols import Signature, Symbol
from dsl.semantics.types import BOOL, NOTHING, TEXT, Member, Type


def agent(node: AgentDeclaration, state: State, inference: Inference) -> None:
    for role, text in (("the prompt", node.prompt), ("the instructions", node.instructions)):
        if text is not None:
            inference.expect(text, Wanted(TEXT, f"{role} of `{node.name}`"), state)
    capped.budget(node.budget, state, inference)
    capped.asks(node.asks, inference)
    for use in node.uses:
        _use(use, state, inference)


def _use(node: Use, state: State, inference: Inference) -> None:
    """What a target that is not known has to do with is not looked into."""
    signature = arguments.callee(node, node.target, inference)
    if node.when is not None:
        inference.expect(node.when, Wanted(BOOL, "`when`"), state)
    capped.stages(node.gate, state, inference)
    if signature is None:
        return
    inference.facts.callees[id(node)] = signature
    if not signature.damaged:
        told_to_model(node, signature, _then(node, signature, state, inference), inference)
        given_by_model(node, signature, inference)
        _only(node, signature, state, inference)


def _then(node: Use, signature: Signature, state: State, inference: Inference) -> Type:
    """The type of what the model is told."""
    if node.then is None:
        return signature.returns
    if signature.returns == NOTHING:
        message = f"`{node.target}` gives no result, so there is nothing to reshape"
        inference.report(InvalidType(node.then, message, "leave `then` out"))
        return NOTHING
    if RESULT in state.names:
        inference.report(DefinedTwice(node.then, RESULT, state.names[RESULT].node))
    return inference.infer(node.then, state.define(Symbol(RESULT, "result", signature.returns, node)))


def _only(node: Use, signature: Signature, state: State, inference: Inference) -> None:
    given = shown_parameters(signature)
    known = state
    for member in given:
        known = known.define(Symbol(member.name, "parameter", member.type, signature.node))
    for member in given:
        read = [each for each in (node.only, node.otherwise) if each is not None and member.name in names(each)]
        if read and member.name in state.names:
            message = f"`{member.name}` may be the parameter of the agent here, or that of `{node.target}`"
            inference.report(InvalidType(read[0], message, "give that of the agent another name"))
    if node.only is not None:
        inference.expect(node.only, Wanted(BOOL, "`only if`"), known)
        known = assume(node.only, False, known, inference.facts)
    if node.otherwise is not None:
        inference.expect(node.otherwise, Wanted(TEXT, "what the model is told"), known)


def shown_parameters(signature: Signature) -> tuple[Member, ...]:
    """What a model gives in a call: all but the parameter that takes the idempotency key."""
    key = signature.node.key if isinstance(signature.node, ToolDeclaration) else None
    return tuple(member for member in signature.parameters if member.name != key)
