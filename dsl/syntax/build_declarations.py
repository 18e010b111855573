"""Files and what they declare: types, tools, agents, flows."""

from dataclasses import replace
from typing import Any

from dsl.ast.declarations import (
    AgentDeclaration,
    Declaration,
    Effect,
    FlowDeclaration,
    Module,
    ToolDeclaration,
    TypeDeclaration,
    Verify,
)
from dsl.ast.expressions import Expression
from dsl.ast.statements import Block, Budget, Call, Compensate, NotYet, Retry, Stage
from dsl.ast.types import Field, Type
from dsl.source import Span
from dsl.syntax.build_types import Bound
from dsl.syntax.site import Option, Rules, Site, only
from dsl.syntax.templates import plain
from dsl.syntax.token import Token

EDITION = 1


def module(site: Site, edition: int | None, *declarations: Declaration) -> Module:
    if edition is None:
        site.problem(
            "the file does not begin with its edition",
            Span(0, 0),
            code="SF002",
            advice=f"begin with `edition {EDITION}`",
            replacement=f"edition {EDITION}\n\n",
        )
    return Module(edition, declarations, span=site.span)


def edition(site: Site, _doc: str | None, number: Token) -> int:
    if int(number.text) != EDITION:
        site.problem(
            f"edition {number.text} is not known",
            number.span,
            code="SF002",
            advice=f"this version knows edition {EDITION}",
            replacement=str(EDITION),
        )
    return int(number.text)


def type_declaration(site: Site, doc: str | None, name: Token, type_: Type) -> TypeDeclaration:
    return TypeDeclaration(name.text, type_, doc, span=site.span)


def parameters(_site: Site, *fields: Field) -> tuple[Field, ...]:
    return fields


# Tools


def tool_declaration(
    site: Site,
    doc: str | None,
    name: str,
    fields: tuple[Field, ...],
    returns: Type | None,
    effect_: Effect | None,
    body: dict[str, Any] | None,
) -> ToolDeclaration:
    if effect_ is None:
        site.problem(
            f"`{name}` does not say what it does to the world",
            advice="add `read`, `idempotent`, `write` or `irreversible` after its result",
        )
    options = body or {}
    return ToolDeclaration(name, fields, returns, effect_ or Effect("read"), **options, doc=doc, span=site.span)


def effect(site: Site, kind: Token, *marks: Token | int) -> Effect:
    words = [mark.kind for mark in marks if isinstance(mark, Token)]
    keyed_for = next((mark for mark in marks if isinstance(mark, int)), None)
    made = Effect("read", quick="QUICK" in words, keyed="KEYED" in words, keyed_for=keyed_for, span=site.span)
    match kind.text:
        case "idempotent" | "write" | "irreversible" as known:
            return replace(made, kind=known)
        case _:
            return made


def tool_body(site: Site, *options: Option | NotYet) -> dict[str, Any]:
    return option_values(site, options)


def option_values(site: Site, options: tuple[Option | NotYet, ...]) -> dict[str, Any]:
    """What fills the fields of a node; constructs that do not run yet are gathered in `not_yet`."""
    values = {option.name: option.value for option in site.options(options).values()}
    return {**values, "not_yet": only(NotYet, options)}


def timeout(site: Site, duration: int) -> Option:
    return Option("timeout", duration, site.span)


def retry(
    site: Site, times: Token, initial: int | None, maximum: int | None, exceptions: tuple[str, ...] | None
) -> Option:
    return Option("retry", Retry(int(times.text), initial, maximum, exceptions or (), span=site.span), site.span)


def heartbeat(site: Site, duration: int) -> Option:
    return Option("heartbeat", duration, site.span)


def queue(site: Site, name: Token) -> Option:
    return Option("queue", plain(site, name), site.span)


def errors(site: Site, names: tuple[str, ...]) -> Option:
    return Option("errors", names, site.span)


def key(site: Site, parameter: Token) -> Option:
    return Option("key", parameter.text, site.span)


def compensate(site: Site, call: Call) -> Option:
    return Option("compensate", Compensate(call, span=site.span), site.span)


def compensate_none(site: Site, reason: Token) -> Option:
    return Option("compensate", Compensate(none_reason=plain(site, reason), span=site.span), site.span)


def compensate_block(site: Site, _body: Block) -> NotYet:
    return site.not_yet("compensate block")


def verify(site: Site, call: Call) -> Option:
    return Option("verify", Verify(call, span=site.span), site.span)


def verify_none(site: Site, reason: Token) -> Option:
    return Option("verify", Verify(none_reason=plain(site, reason), span=site.span), site.span)


def exclusive(site: Site, _by: Expression) -> NotYet:
    return site.not_yet("exclusive by")


# Agents


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


def budget_option(site: Site, budget: Budget) -> Option:
    return Option("budget", budget, site.span)


def agent_use(site: Site, *_used: object) -> NotYet:
    return site.not_yet("use of tools by an agent")


def used(_site: Site, tool: str, *_reshaped: object) -> str:
    return tool


def gate(_site: Site, *stages: Stage) -> tuple[Stage, ...]:
    return stages


# Flows


def flow_declaration(
    site: Site,
    doc: str | None,
    name: str,
    fields: tuple[Field, ...],
    returns: Type | None,
    *rest: Option | NotYet | Block,
) -> FlowDeclaration:
    *options, body = rest
    assert isinstance(body, Block)
    site.findings.unnamed.clear()
    values = option_values(site, tuple(option for option in options if not isinstance(option, Block)))
    return FlowDeclaration(name, fields, returns, body, **values, doc=doc, span=site.span)


def depth(site: Site, number: Token) -> Option:
    return Option("depth", int(number.text), site.span)


def requires_approval(site: Site) -> NotYet:
    return site.not_yet("requires approval")


# Read, not yet run


def use(site: Site, _doc: str | None, _path: Token, alias: Token | None) -> NotYet:
    return site.not_yet("use of another file", [alias.text] if alias else [])


def type_from(site: Site, _doc: str | None, name: Token, _path: Token) -> NotYet:
    return site.not_yet("type from a file", [name.text])


def function(
    site: Site, _doc: str | None, name: Token, _fields: tuple[Field, ...], _returns: Type, _value: Expression
) -> NotYet:
    return site.not_yet("fn", [name.text])


def models(site: Site, _doc: str | None, *_prices: Token) -> NotYet:
    return site.not_yet("models")


RULES: Rules = {
    "module": module,
    "edition": edition,
    "type_declaration": type_declaration,
    "parameters": parameters,
    "tool_declaration": tool_declaration,
    "effect": effect,
    "tool_body": tool_body,
    "timeout": timeout,
    "retry": retry,
    "heartbeat": heartbeat,
    "queue": queue,
    "errors": errors,
    "key": key,
    "compensate": compensate,
    "compensate_none": compensate_none,
    "compensate_block": compensate_block,
    "verify": verify,
    "verify_none": verify_none,
    "exclusive": exclusive,
    "agent_declaration": agent_declaration,
    "model": model,
    "instructions": instructions,
    "prompt": prompt,
    "temperature": temperature,
    "agent_budget": budget_option,
    "agent_use": agent_use,
    "used": used,
    "gate": gate,
    "flow_declaration": flow_declaration,
    "flow_budget": budget_option,
    "depth": depth,
    "requires_approval": requires_approval,
    "use": use,
    "type_from": type_from,
    "function": function,
    "models": models,
}
