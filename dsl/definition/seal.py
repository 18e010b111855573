"""From a checked file to a sealed definition: the meaning of one flow as bytes, and the hash they are known by.

Two texts that mean the same are to have one hash, and texts that mean different things are not. So a normal form is
made first, and every way of saying the same thing ends in it:

1. Declarations are taken by name, so their order does not count; arguments are written by name in the order of the
   parameters; what the text leaves open gets today's default, so that other defaults in a later version change no run
   under way.
2. Whatever the run could not find out again without the text is written in: above all which irreversible calls an
   approval opens (`gates`). The run believes the definition, and the definition is what was checked.
3. A value has the type that the check gave it: where it is taken for one of a wider type, the definition holds the
   conversion (`Widen`), and where the text calls a type, what that means (`Convert`). The run guesses at nothing.
4. Only what the flow reaches stays (`reach.py`), doc comments only where a model sees them. The same rule gives the
   definition of a called flow from that of its caller, so a flow has one hash, whoever starts it.
5. Nodes become JSON without spans, fields with their default left out, keys sorted, no floats (`encode.py`,
   `canonical.py`): the tree decides the bytes.

What is left differs only where a run could tell the difference, or a model. Where things stood in the text is a second
object, the source map: only clients read it, to show a place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dsl.ast.address import addresses
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Module, ToolDeclaration, TypeDeclaration, called_by
from dsl.ast.expressions import Argument
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.statements import AwaitApproval, Budget, Call, GatedCall, Retry
from dsl.dataclass import dataclass, replace
from dsl.definition.canonical import canonical, digest
from dsl.definition.defaults import complete_agent, complete_retry, complete_tool
from dsl.definition.definition import Parts
from dsl.definition.form import to_bytes
from dsl.definition.reach import reach
from dsl.semantics.config import read_by
from dsl.semantics.elaboration import Elaboration
from dsl.semantics.facts import Facts
from dsl.semantics.spending import Spending
from dsl.source import Source

Gates = Callable[[AwaitApproval], tuple[GatedCall, ...]]
"""The irreversible calls that an approval opens."""
Spends = Callable[[str], Spending]
"""The most that a flow can spend."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """`json` is the definition, `hash` its SHA-256. `source_map` has a digest of its own."""

    flow: str
    json: bytes
    hash: str
    source_map: Mapping[str, Any]

    @property
    def source_map_digest(self) -> str:
        return digest(canonical(self.source_map))


class UnknownFlow(LookupError):
    """The file has no such flow, or no main flow."""


def seal(facts: Facts, source: Source, flow: str | None = None, *, gates: Gates, spends: Spends) -> Sealed:
    """Seal `flow`, or the file's main flow. The module must have passed the check."""
    module = facts.module
    parts = parts_of(facts, gates, spends)
    name = flow if flow is not None else main_flow(module)
    if name is None:
        raise UnknownFlow("this file has no main flow, or more than one: name a flow")
    _known(name, parts)
    if parts.flows[name].requires_approval:
        raise UnknownFlow(
            f"`{name}` requires approval: it is called by flows that ask for it, and not started by itself"
        )
    return _sealed(module, source, parts, name)


def startable(facts: Facts, source: Source, *, gates: Gates, spends: Spends) -> Iterator[Sealed]:
    """Each flow of the file itself that can be started; what all of them share is made once."""
    module, parts = facts.module, parts_of(facts, gates, spends)
    for name, flow in parts.flows.items():
        if name not in module.linked and not flow.requires_approval:
            yield _sealed(module, source, parts, name)


def _sealed(module: Module, source: Source, parts: Parts, name: str) -> Sealed:
    reached = reach(parts, name)
    data = to_bytes(reached, module.edition or 1)
    return Sealed(name, data, digest(data), source_map(module, source, reached))


def hashes(facts: Facts, flows: Iterable[str], *, gates: Gates, spends: Spends) -> dict[str, str]:
    """Of each of these flows, also of one that is only called: what all of them share is made once."""
    parts, edition = parts_of(facts, gates, spends), facts.module.edition or 1
    found = {}
    for name in flows:
        _known(name, parts)
        found[name] = digest(to_bytes(reach(parts, name), edition))
    return found


def _known(flow: str, parts: Parts) -> None:
    if flow not in parts.flows:
        raise UnknownFlow(f"there is no flow `{flow}`; this file has {', '.join(sorted(parts.flows)) or 'none'}")


def main_flow(module: Module) -> str | None:
    """The only flow that no other flow calls, not by way of agents either."""
    flows = {flow.name: flow for flow in module.declarations if isinstance(flow, FlowDeclaration)}
    agents = {agent.name: agent for agent in module.declarations if isinstance(agent, AgentDeclaration)}
    called: set[str] = set()
    for name, flow in flows.items():
        reached = {node.target for node in walk(flow) if isinstance(node, Call)}
        waiting = sorted(reached)
        for target in waiting:
            used = {each.target for each in called_by(agents[target])} - reached if target in agents else set()
            reached |= used
            waiting += sorted(used)
        called |= reached - {name}
    roots = [name for name in flows if name not in called.union(module.linked)]
    return roots[0] if len(roots) == 1 else None


def source_map(module: Module, source: Source, reached: Parts) -> dict[str, Any]:
    """The text, and where in it each statement of the reached flows and each reached declaration stands."""
    flows = {flow.name: flow for flow in module.declarations if isinstance(flow, FlowDeclaration)}
    names = {*reached.flows, *reached.tools, *reached.agents, *reached.types}
    return {
        "source": {"name": source.name, "sha256": digest(source.text.encode()), "text": source.text, **_files(source)},
        "flows": {name: {at: _place(node) for at, node in addresses(flows[name]).items()} for name in reached.flows},
        "declarations": {
            declaration.name: _place(declaration)
            for declaration in module.declarations
            if isinstance(declaration, _Declared) and declaration.name in names
        },
    }


def _files(source: Source) -> dict[str, Any]:
    """Of several files, where in the text each begins."""
    return {"files": [[start, part.name] for start, part in source.parts]} if source.parts else {}


_UNITS = ("usd", "tokens", "calls", "turns", "iterations", None)
"""In the order of the fields of a budget; the last is time."""

_Declared = TypeDeclaration | ToolDeclaration | AgentDeclaration | FlowDeclaration


def _place(node: Node) -> list[int]:
    return [node.span.start, node.span.end]


def parts_of(facts: Facts, gates: Gates, spends: Spends) -> Parts:
    """All declarations of the module, each in its plain form; `flow` is "", for no flow is chosen."""
    module = facts.module
    parameters = {
        node.name: tuple(field.name for field in node.parameters)
        for node in module.declarations
        if isinstance(node, ToolDeclaration | AgentDeclaration | FlowDeclaration)
    }
    plain = _Plain(parameters, gates, spends, Elaboration(facts))
    declarations = [rewrite(node, plain.change) for node in module.declarations]
    return Parts(
        flow="",
        flows={node.name: node for node in declarations if isinstance(node, FlowDeclaration)},
        tools={node.name: node for node in declarations if isinstance(node, ToolDeclaration)},
        agents={node.name: node for node in declarations if isinstance(node, AgentDeclaration)},
        types={node.name: node.type for node in declarations if isinstance(node, TypeDeclaration)},
    )


@dataclass(frozen=True, slots=True)
class _Plain:
    """One way to say what can be said in several."""

    parameters: Mapping[str, tuple[str, ...]]
    gates: Gates
    spends: Spends
    elaboration: Elaboration

    def change(self, node: Any, original: Node) -> Any:
        return self.elaboration.of(self._plain(node, original), original, self.change)

    def _plain(self, node: Any, original: Node) -> Any:
        match node:
            case Call():
                return self._call(node)
            case Retry():
                return complete_retry(node)
            case Budget(chosen=(_, _, *_)):
                return replace(node, chosen=tuple(sorted(node.chosen, key=lambda limit: _UNITS.index(limit.unit))))
            case ToolDeclaration():
                return complete_tool(node)
            case AgentDeclaration():
                return complete_agent(node)
            case FlowDeclaration():
                spending = self.spends(node.name)
                most = Budget(spending.usd, spending.tokens, spending.calls)
                most_or_none = None if most == Budget() else most
                assert isinstance(original, FlowDeclaration)
                read = tuple(rewrite(each, self.change) for each in read_by(original, self.elaboration.facts))
                return replace(node, most=most_or_none, usual=spending.usual, charges=spending.charges, config=read)
            case AwaitApproval():
                assert isinstance(original, AwaitApproval)
                return replace(node, gates=tuple(rewrite(gate, self.change) for gate in self.gates(original)))
            case _:
                return node

    def _call(self, call: Call) -> Call:
        order = self.parameters.get(call.target, ())
        named = [
            Argument(argument.name or order[position], argument.value, span=argument.span)
            for position, argument in enumerate(call.arguments)
            if argument.name is not None or position < len(order)
        ]
        rank = {name: position for position, name in enumerate(order)}
        return replace(
            call, arguments=tuple(sorted(named, key=lambda argument: rank.get(argument.name or "", len(order))))
        )
