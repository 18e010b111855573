"""Agents."""

from dsl.ast.declarations import AgentDeclaration, Summarise
from dsl.ast.expressions import Expression
from dsl.ast.statements import NotYet, Stage
from dsl.ast.types import Field, Type
from dsl.syntax.build_types import Bound, whole
from dsl.syntax.site import Option, Rules, Site, option_values
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


def agent_declaration(
    site: Site, doc: str | None, name: str, fields: tuple[Field, ...], returns: Type, *options: Option | NotYet
) -> AgentDeclaration:
    values = {"models": (), "prompt": None, **option_values(site, options)}
    return AgentDeclaration(name, fields, returns, **values, doc=doc, span=site.span)


def model(site: Site, *names: Token) -> Option:
    return Option("models", tuple(plain(site, name) for name in names), site.span)


def instructions(site: Site, text: Expression) -> Option:
    return Option("instructions", text, site.span)


def prompt(site: Site, text: Expression) -> Option:
    return Option("prompt", text, site.span)


def temperature(site: Site, amount: Bound) -> Option:
    return Option("temperature", amount.value, site.span)


def answer_limit(site: Site, limit: Bound) -> Option:
    if limit.value == 0:
        message, advice = "an answer of 0 tokens says nothing", "write how long it may be: `answer at most 2k tokens`"
        site.problem(message, limit.span, code="SF306", advice=advice)
    return Option("answer_tokens", whole(site, limit), site.span, "answer at most")


def keep_last(site: Site, limit: Bound) -> Option:
    """`messages` is said for people: there is nothing else to keep."""
    if limit.value == 0:
        advice = "write how many it sees: `keep last 40`"
        site.problem("a model that sees 0 messages is asked nothing", limit.span, code="SF306", advice=advice)
    return Option("keep_last", whole(site, limit), site.span, "keep last")


def summarise(site: Site, agent: str, limit: Bound) -> Option:
    if limit.value == 0:
        advice = "write from what size on: `at 20k tokens`"
        site.problem("at 0 tokens there is nothing to summarise", limit.span, code="SF306", advice=advice)
    return Option("summarise", Summarise(agent, whole(site, limit) or 0, span=site.span), site.span)


def agent_use(site: Site, *_used: object) -> NotYet:
    return site.not_yet("use of tools by an agent")


def used(_site: Site, tool: str, *_reshaped: object) -> str:
    return tool


def gate(_site: Site, *stages: Stage) -> tuple[Stage, ...]:
    return stages


RULES: Rules = {
    "agent_declaration": agent_declaration,
    "model": model,
    "instructions": instructions,
    "prompt": prompt,
    "temperature": temperature,
    "answer_limit": answer_limit,
    "keep_last": keep_last,
    "summarise": summarise,
    "agent_use": agent_use,
    "used": used,
    "gate": gate,
}
