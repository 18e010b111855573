"""Tools, and the options that steps share with them."""

from dataclasses import replace
from typing import Any

from dsl.ast.declarations import Effect, ToolDeclaration, Verify
from dsl.ast.expressions import Expression
from dsl.ast.statements import Block, Call, Compensate, NotYet, Retry
from dsl.ast.types import Field, Type
from dsl.syntax.site import Option, Rules, Site, option_values
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


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
    made = Effect("read", "QUICK" in words, "KEYED" in words, keyed_for, "FINAL" in words, span=site.span)
    match kind.text:
        case "idempotent" | "write" | "irreversible" as known:
            return replace(made, kind=known)
        case _:
            return made


def tool_body(site: Site, *options: Option | NotYet) -> dict[str, Any]:
    return option_values(site, options)


def timeout(site: Site, duration: int) -> Option:
    return Option("timeout", duration, site.span)


def retry(
    site: Site, times: Token, initial: int | None, maximum: int | None, exceptions: tuple[str, ...] | None
) -> Option:
    return Option("retry", Retry(int(times.text), initial, maximum, exceptions or (), span=site.span), site.span)


def heartbeat(site: Site, duration: int) -> Option:
    return Option("heartbeat", duration, site.span)


def patience(site: Site, duration: int) -> Option:
    return Option("patience", duration, site.span)


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


def verify(site: Site, call: Call, after: int | None) -> Option:
    return Option("verify", Verify(call, after=after, span=site.span), site.span)


def verify_none(site: Site, reason: Token) -> Option:
    return Option("verify", Verify(none_reason=plain(site, reason), span=site.span), site.span)


def exclusive(site: Site, _by: Expression) -> NotYet:
    return site.not_yet("exclusive by")


RULES: Rules = {
    "tool_declaration": tool_declaration,
    "effect": effect,
    "tool_body": tool_body,
    "timeout": timeout,
    "retry": retry,
    "heartbeat": heartbeat,
    "patience": patience,
    "queue": queue,
    "errors": errors,
    "key": key,
    "compensate": compensate,
    "compensate_none": compensate_none,
    "compensate_block": compensate_block,
    "verify": verify,
    "verify_none": verify_none,
    "exclusive": exclusive,
}
