"""`config region: text = "eu"`: values of the deployment, which flows read by their names.

They are given when a run is started and are the same for all of its life, so a flow knows them as it knows its
parameters. A name that the flow gives to something of its own means that in all of it. What has no run (a tool, an
agent, a function, a constant, a default) is given what it needs of them.
"""

from dsl.ast.declarations import ConfigDeclaration, FlowDeclaration
from dsl.ast.expressions import Name
from dsl.ast.types import Field
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding, InvalidType
from dsl.semantics.inference import Inference
from dsl.semantics.nodes import by_class
from dsl.semantics.resolve import Resolver
from dsl.semantics.state import State
from dsl.semantics.symbols import Declarations, Symbol, SymbolKind
from dsl.semantics.types import Type, holds_conversation, holds_file

CONFIG: SymbolKind = "config"


def declare(declarations: Declarations, resolver: Resolver, findings: list[Finding]) -> None:
    """Their types; what can be no value of a deployment is told."""
    for node in declarations.configs.values():
        (member,) = resolver.members((node.field,))
        if (wrong := _wrong(node, member.type)) is not None:
            findings.append(InvalidType(node.field, *wrong))


def _wrong(node: ConfigDeclaration, type_: Type) -> tuple[str, str] | None:
    """Why it can be no value of a deployment, and what to do."""
    if node.field.sensitive is not None:
        message = f"`{node.name}` stands in the history of each run, so it is no place for what is sensitive"
        return message, "a credential is the worker's: `auth`; what a run is about is a parameter of its flow"
    if node.field.trusted:
        return f"`{node.name}` is given with the deployment, so no model writes it", "leave `trusted` out"
    for what, holds in (("conversation", holds_conversation), ("file", holds_file)):
        if holds(type_):
            return f"a {what} is no value of a deployment", "make it a parameter of the flow"
    return None


def given(resolver: Resolver, inference: Inference) -> State:
    """What a flow knows of the deployment at its beginning."""
    state = State()
    for name, node in inference.facts.declarations.configs.items():
        type_ = resolver.fields.get(id(node.field))
        if type_ is not None and name not in inference.defined:
            state = state.define(Symbol(name, CONFIG, type_, node.field))
    return state


def read_by(flow: FlowDeclaration, facts: Facts) -> tuple[Field, ...]:
    """The values of the deployment that a flow reads, by name."""
    symbols = (facts.symbol_of(node) for node in by_class(flow).get(Name, ()) if isinstance(node, Name))
    read = {symbol.name for symbol in symbols if symbol is not None and symbol.kind == CONFIG}
    return tuple(facts.declarations.configs[name].field for name in sorted(read))


def not_here(node: Name, name: str) -> InvalidType:
    message = f"`{name}` is given to runs: only a flow reads it"
    return InvalidType(node, message, "give it as an argument")
