"""Whom a flow talks to: models and their providers, hosts, MCP servers, workers, and other runs."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, ConfigDeclaration, ToolDeclaration
from dsl.models.configured import Models
from dsl.review.model import Asks, Carried, Contacts, Given, ModelAt
from dsl.review.text import Reached
from dsl.semantics.config import read_by
from dsl.values.addresses import address_of


def contacts(reached: Reached, models: Models) -> Contacts:
    return Contacts(
        tuple(_asks(agent, reached, models) for agent in reached.agents),
        tuple(_carried(tool, reached) for tool in reached.tools),
        tuple(_given(reached)),
    )


def _given(reached: Reached) -> Iterator[Given]:
    read = {field.name for flow in reached.flows for field in read_by(flow, reached.facts)}
    for declared in reached.facts.all(ConfigDeclaration):
        if declared.name in read:
            yield Given(declared.name, reached.place(declared))


def _asks(agent: AgentDeclaration, reached: Reached, models: Models) -> Asks:
    asked = tuple(_model(name, models) for name in agent.models)
    return Asks(agent.name, asked, tuple(use.target for use in agent.uses), reached.place(agent, "model"))


def _model(name: str, models: Models) -> ModelAt:
    provider, _ = models.route(name)
    served = None if provider is None else models.providers[provider]
    return ModelAt(name, provider, None if served is None else served.address)


def _carried(tool: ToolDeclaration, reached: Reached) -> Carried:
    place, kind = reached.place(tool), tool.effect.kind
    if tool.http is not None:
        address = f"{tool.http.method} {address_of(tool.http.url).origin}"
        auth = () if tool.http.auth is None else (tool.http.auth,)
        return Carried(tool.name, kind, "http", address, auth, tool.queue, place)
    if tool.served is not None:
        return Carried(tool.name, kind, "mcp", tool.served.address, tool.served.auth, tool.queue, place)
    if tool.emit is not None:
        return Carried(tool.name, kind, "event", tool.emit.event, (), tool.queue, place)
    return Carried(tool.name, kind, "worker", None, (), tool.queue, place)
