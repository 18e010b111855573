"""The declarations of a file: their names, the signatures of what can be called, and what stands in their bodies."""

import re

from dsl.ast import types as ast
from dsl.ast.declarations import (
    AgentDeclaration,
    ConfigDeclaration,
    ConstantDeclaration,
    Declaration,
    FlowDeclaration,
    FunctionDeclaration,
    Module,
    ToolDeclaration,
    TypeDeclaration,
)
from dsl.ast.expressions import FunctionCall
from dsl.ast.types import Field
from dsl.dataclass import replace
from dsl.regex import regex
from dsl.semantics import arguments
from dsl.semantics.constants import expect_constant
from dsl.semantics.conversations import TRANSCRIPT, summarised, taken_elsewhere
from dsl.semantics.declared_constants import RESERVED
from dsl.semantics.files import given_elsewhere
from dsl.semantics.findings import DefinedTwice, Finding, InvalidType
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.nodes import by_class
from dsl.semantics.requests import emitted, request
from dsl.semantics.resolve import Resolver
from dsl.semantics.state import State
from dsl.semantics.symbols import CalleeKind, Declarations, Signature, Symbol
from dsl.semantics.types import BASIC_TYPES, DECIMAL, NOTHING, TEXT, UNKNOWN, ListOf, Type, required
from dsl.semantics.uses import agent
from dsl.semantics.walk_values import undo
from dsl.source import Damage, Span
from dsl.values.structure import GENERIC_TYPES

_RESERVED = frozenset({*BASIC_TYPES, *GENERIC_TYPES, "conversation"})
Called = ToolDeclaration | AgentDeclaration | FlowDeclaration | FunctionDeclaration
Reservable = TypeDeclaration | FunctionDeclaration | ConstantDeclaration | ConfigDeclaration

ALWAYS_OURS = frozenset({"now", "uuid", "mask", "int", "number", TRANSCRIPT})
"""The functions of the language that no file can declare otherwise: what is pure, what is shown and what types are
called stands on them. Any other gives way to one that a file declares, so that a new one breaks no file."""

_KINDS: dict[type, CalleeKind] = {
    ToolDeclaration: "tool",
    AgentDeclaration: "agent",
    FlowDeclaration: "flow",
    FunctionDeclaration: "function",
}
_EDITION = regex(r"\s*edition\b")
_HEADS = regex(
    r"^[^\w\n]*(?:(?:type|tool|agent|flow|fn)[^\w\n]*)?([A-Za-z_]\w*(?:\.\w+)*)(?= *\(.*(?:->|\)))", re.MULTILINE
)
"""What may have been the head of a declaration before it was damaged."""
_MAY_DECLARE = regex(r"[({]|\b(?:type|tool|agent|flow|fn)\b")
_CONFIG, _NAME = regex(r"\bconfig\b"), regex(r"[A-Za-z_]\w*")
_CONFIG_BLOCK = regex(
    r"\bconfig\s*[{:](.*?)(?=^[ \t]*(?:use|type|tool|agent|flow|fn|let|config)\b|\Z)", re.MULTILINE | re.DOTALL
)
"""A damaged `config` may have been meant for several values: each word of it may be the name of one."""
_DECLARED = regex(r"\b(?:type|tool|agent|flow|fn|let|config)\s+([A-Za-z_][\w.]*)")


def names(module: Module, text: str, damage: Damage, findings: list[Finding]) -> Declarations:
    """The declared names, of which types know their nodes. Where the text has damage, what it declares is looked for
    in the plain text, so that one syntax error does not make every use of a name unknown; and where a whole declaration
    may be lost, any name may be its."""
    lost: set[str] = set()
    if damage.spans:
        hurt = [text[each.start : each.end] for each in damage.spans]
        lost.update(_DECLARED.findall(text), *map(_HEADS.findall, hurt))
        lost.update(*map(_NAME.findall, [*filter(_CONFIG.search, hurt), *_CONFIG_BLOCK.findall(text)]))
    outside = any(
        not _inside(span, module) and _MAY_DECLARE.search(text, span.start, span.end) is not None
        for span in damage.spans
        if not _EDITION.match(text, span.start)
    )
    declarations = Declarations(lost=frozenset(lost), open=outside)
    seen: dict[str, Declaration] = {}
    for node in module.declarations:
        first = seen.setdefault(node.name, node)
        reserved = isinstance(node, Reservable) and _is_reserved(node)
        if first is not node or reserved:
            findings.append(DefinedTwice(node, node.name, None if first is node else first))
        elif isinstance(node, ConstantDeclaration):
            declarations.constants[node.name] = node
        elif isinstance(node, ConfigDeclaration):
            declarations.configs[node.name] = node
        elif isinstance(node, TypeDeclaration):
            declarations.type_nodes[node.name] = node
            if damage.touches(node.span):
                declarations.types[node.name] = UNKNOWN
    return declarations


def _is_reserved(node: Reservable) -> bool:
    """Whether the language itself gives the name a meaning where a declaration of this kind is named."""
    if isinstance(node, ConstantDeclaration | ConfigDeclaration):
        return node.name in RESERVED
    return node.name in _RESERVED or (isinstance(node, FunctionDeclaration) and node.name in ALWAYS_OURS)


def _inside(span: Span, module: Module) -> bool:
    return any(node.span.start <= span.end and span.start <= node.span.end for node in module.declarations)


def signatures(
    module: Module, declarations: Declarations, resolver: Resolver, damage: Damage, findings: list[Finding]
) -> None:
    """What can be called. Of two with one name the first counts, but the other is resolved too."""
    for node in module.declarations:
        if not isinstance(node, Called):
            continue
        result: Type = NOTHING if node.returns is None else resolver.resolve(node.returns)
        damaged = damage.touches(_head(node))
        parameters_ = resolver.members(node.parameters)
        if damaged and not _stands(node.returns):
            result = UNKNOWN
        elif isinstance(node, ToolDeclaration) and damage.touches(node.span):
            # What takes the key may not have been read: then nobody gives it.
            parameters_ = tuple(replace(each, required=False) for each in parameters_)
        signature = Signature(_KINDS[type(node)], node.name, parameters_, result, node, damaged)
        findings += (*taken_elsewhere(signature), *given_elsewhere(signature))
        known = declarations.functions if isinstance(node, FunctionDeclaration) else declarations.callees
        known.setdefault(node.name, signature)
    resolver.settle()


def _head(node: Called) -> Span:
    """What says how it is called: all but its body."""
    if isinstance(node, FlowDeclaration):
        return Span(node.span.start, node.body.span.start)
    if isinstance(node, FunctionDeclaration):
        return Span(node.span.start, node.value.span.start)
    end = (node.effect if isinstance(node, ToolDeclaration) else node.returns).span.end
    # What was not read has no place: then nothing shows where the head ends.
    return Span(node.span.start, end) if end > node.span.start else node.span


def _stands(returns: ast.Type | None) -> bool:
    """Whether a result is a plain name: of any other, something may have been left out in reading."""
    return isinstance(returns, ast.NamedType)


def check_bodies(module: Module, resolver: Resolver, inference: Inference) -> None:
    """What tools and agents say in their bodies, what functions give, and what constants are."""
    for node in module.declarations:
        if isinstance(node, ToolDeclaration):
            _tool(node, resolver, inference)
        elif isinstance(node, AgentDeclaration):
            agent(node, parameters(node.parameters, resolver), inference)
            if node.summarise is not None:
                summarised(node, node.summarise, inference)
        elif isinstance(node, FunctionDeclaration):
            _function(node, resolver, inference)
        elif isinstance(node, ConstantDeclaration):
            inference.infer(node.value, State())


def check_defaults(resolver: Resolver, inference: Inference) -> None:
    """Defaults are constants: they are worked out at submission, where no name has a value."""
    for field in inference.facts.all(Field):
        if field.default is None:
            continue
        type_ = resolver.fields.get(id(field))
        if type_ is not None:
            wanted = Wanted(type_, f"the default of `{field.name}`", field)
            expect_constant(field.default, field, wanted, State(), inference)
        for call in by_class(field.default).get(FunctionCall, ()):
            if isinstance(call, FunctionCall) and call.function in ("now", "uuid"):
                inference.report(InvalidType(call, f"a default is a constant, and `{call.function}()` is not"))


def parameters(fields: tuple[Field, ...], resolver: Resolver, state: State | None = None) -> State:
    """The state in which parameters have their values, beside what `state` knows."""
    state = state or State()
    for field in fields:
        type_ = resolver.fields.get(id(field))
        if type_ is not None:
            state = state.define(Symbol(field.name, "parameter", type_, field))
    return state


def _key(node: ToolDeclaration, resolver: Resolver, inference: Inference) -> None:
    """The idempotency key is a text of the machine's own."""
    for field in node.parameters:
        if field.name != node.key:
            continue
        if required(resolver.fields.get(id(field), UNKNOWN)) not in (TEXT, UNKNOWN):
            inference.report(InvalidType(field, f"`{field.name}` takes the idempotency key, which is a text"))
        elif field.at_least is not None or field.at_most is not None or field.matches is not None:
            message = f"`{field.name}` takes the idempotency key, and nobody chooses what that looks like"
            inference.report(InvalidType(field, message, "leave the bound out"))


def _function(node: FunctionDeclaration, resolver: Resolver, inference: Inference) -> None:
    """It gives the same for the same wherever it is called, so that identical calls are equal values."""
    signature = inference.facts.declarations.functions.get(node.name)
    same = signature is not None and signature.node is node
    returns = signature.returns if signature is not None and same else resolver.resolve(node.returns)
    wanted = Wanted(returns, f"what `{node.name}` gives", node.returns)
    inference.expect(node.value, wanted, parameters(node.parameters, resolver))
    for call in by_class(node.value).get(FunctionCall, ()):
        if isinstance(call, FunctionCall) and call.function in ("now", "uuid"):
            message = f"`{node.name}` is the same whenever it is called, and `{call.function}()` is not"
            inference.report(InvalidType(call, message, "give it as an argument"))
    for field in node.parameters:
        if field.at_least is not None or field.matches is not None or _bounds_a_value(field, resolver):
            message = f"nothing holds what is given to `{field.name}` against a bound"
            inference.report(InvalidType(field, message, f"leave it out, or ask for it in `{node.name}`"))


def _bounds_a_value(field: Field, resolver: Resolver) -> bool:
    """The bound of a list is a part of its type."""
    type_ = resolver.fields.get(id(field), UNKNOWN)
    return field.at_most is not None and not isinstance(required(type_), ListOf) and type_ != UNKNOWN


def _tool(node: ToolDeclaration, resolver: Resolver, inference: Inference) -> None:
    _key(node, resolver, inference)
    state = parameters(node.parameters, resolver)
    signature = inference.facts.declarations.callees.get(node.name)
    returns = NOTHING if signature is None else signature.returns
    if node.compensate is not None:
        undo(node.compensate, returns, state, inference)
    if node.exclusive is not None:
        arguments.lock(node.exclusive.by, state, inference)
    if node.costs is not None:
        known = State() if returns == NOTHING else State().define(Symbol("result", "result", returns, node))
        inference.expect(node.costs.value, Wanted(DECIMAL, f"what `{node.name}` costs", node.costs), known)
    if node.http is not None:
        request(node, node.http, state, inference)
    if node.emit is not None:
        emitted(node.emit, state, inference)
    if node.verify is not None and node.verify.call is not None:
        key = Symbol("key", "key", TEXT, node.verify)
        if "key" in state.names:
            inference.report(DefinedTwice(node.verify, "key", state.names["key"].node))
        arguments.call(node.verify.call, state.define(key), inference)
