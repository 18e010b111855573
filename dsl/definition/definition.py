"""What a run knows of its flow: the flow itself and everything that it reaches, by name, under one hash."""

from collections.abc import Mapping

from dsl.ast.address import addresses
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Http, ToolDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.node import Node, walk
from dsl.ast.types import Field, Type
from dsl.dataclass import dataclass, field
from dsl.definition.canonical import canonical, digest
from dsl.definition.encode import encode
from dsl.values.addresses import address_of
from dsl.values.signature import Signature, served_text, signature, with_key


@dataclass(frozen=True, slots=True)
class Parts:
    """The flow that a run starts with, and the declarations that it may use."""

    flow: str
    flows: Mapping[str, FlowDeclaration]
    tools: Mapping[str, ToolDeclaration]
    agents: Mapping[str, AgentDeclaration]
    types: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Definition(Parts):
    """The meaning of one flow. What is derived from it (`narrow`, `addresses`, `classes` …) is kept in it."""

    hash: str
    edition: int
    derived: dict[str, "Definition"] = field(default_factory=dict, compare=False, repr=False)
    _addresses: dict[str, dict[str, Node]] = field(default_factory=dict, compare=False, repr=False)
    _events: dict[str, dict[str, tuple[ExpectedEvent, ...]]] = field(default_factory=dict, compare=False, repr=False)
    _signatures: dict[str, Signature] = field(default_factory=dict, compare=False, repr=False)
    _classes: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def signature(self, tool: str) -> Signature:
        """What a worker's tool is compared with."""
        found = self._signatures.get(tool)
        if found is None:
            declared = self.tools[tool]
            found = self._signatures[tool] = signature(
                with_key(declared.parameters, declared.key), declared.returns, self.types, carrier(declared)
            )
        return found

    def classes(self) -> frozenset[str]:
        """Those that something in it is `sensitive` of."""
        if self.flow not in self._classes:
            parts = (*self.types.values(), *self.tools.values(), *self.agents.values(), *self.flows.values())
            fields = (node for part in parts for node in walk(part) if isinstance(node, Field))
            found = (each.sensitive for each in fields)
            self._classes[self.flow] = frozenset(each for each in found if each is not None)
        return self._classes[self.flow]

    def addresses(self, flow: str) -> dict[str, Node]:
        """Every statement and block of a flow by its static address."""
        found = self._addresses.get(flow)
        if found is None:
            found = self._addresses[flow] = addresses(self.flows[flow])
        return found

    def events(self, flow: str) -> Mapping[str, tuple[ExpectedEvent, ...]]:
        """By its name, each event that a flow awaits, with the places where it does."""
        found = self._events.get(flow)
        if found is None:
            found = self._events[flow] = {}
            for node in walk(self.flows[flow]):
                if isinstance(node, ExpectedEvent):
                    found[node.event] = (*found.get(node.event, ()), node)
        return found


def carrier(tool: ToolDeclaration) -> str | None:
    """What is said of the server that carries a tool out, in one line: what must be the same on both sides."""
    if tool.served is not None:
        return served_text(tool.served)
    if tool.emit is not None:
        return f"event {tool.emit.event} ({digest(canonical(encode(tool.emit)))[:16]})"
    return None if tool.http is None else _request_text(tool.http)


def _request_text(http: Http) -> str:
    """Where it goes in words, and all of it by its digest."""
    auth = "" if http.auth is None else f" auth {http.auth}"
    return f"http {http.method} {address_of(http.url).origin}{auth} ({digest(canonical(encode(http)))[:16]})"
