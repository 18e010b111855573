"""Tools, and the options that steps share with them."""

from collections.abc import Mapping
from typing import Any

from dsl.ast.declarations import Effect, ErrorText, Exclusive, HttpStatus, ToolDeclaration, Verify
from dsl.ast.defaults import LONGEST_LOCK_WAIT
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Expression
from dsl.ast.statements import Block, Call, Compensate, ExclusiveBlock, Retry
from dsl.ast.types import Field, Type
from dsl.dataclass import replace
from dsl.syntax.amounts import SECOND, Count, Length, lasting
from dsl.syntax.build_http import answering
from dsl.syntax.build_steps import calls_of
from dsl.syntax.site import Option, Rules, Site, only, option_values
from dsl.syntax.templates import plain
from dsl.syntax.token import Token

Told = str | ErrorText | HttpStatus
"""An error: its kind, and what tells it."""


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
    told = options.get("errors", ())
    kinds, texts = errors_of(options)
    options["errors"] = kinds
    for text in texts:
        message = "only what an MCP server says is told apart by its text"
        site.problem(message, text.span, advice="leave out `when`; the tool names the kind of its errors itself")
    tool = ToolDeclaration(name, fields, returns, effect_ or Effect("read"), **options, doc=doc, span=site.span)
    return answering(site, tool, only(HttpStatus, told), tuple(one for one in told if isinstance(one, str)))


def effect(site: Site, kind: Token, *marks: Token | Length) -> Effect:
    words = [mark.kind for mark in marks if isinstance(mark, Token)]
    advice = "write how long it knows a key, such as `keyed for 24h`, or `keyed` when it never forgets one"
    lengths = [lasting(site, mark, "a memory for keys", advice) for mark in marks if isinstance(mark, Length)]
    keyed_for = lengths[0] if lengths else None
    made = Effect("read", "QUICK" in words, "KEYED" in words, keyed_for, "FINAL" in words, span=site.span)
    match kind.text:
        case "idempotent" | "write" | "irreversible" as known:
            return replace(made, kind=known)
        case _:
            return made


def tool_body(site: Site, *options: Option) -> dict[str, Any]:
    values = option_values(site, options)
    timeout, retry = values.get("timeout"), values.get("retry")
    for chosen in (timeout.chosen if timeout is not None else None, retry.chosen if retry is not None else None):
        if chosen is not None:
            advice = "write a number here; a step that calls it may say another, as `n at most 5`"
            site.problem("what a tool declares is the same for each call", chosen.span, code="SF604", advice=advice)
    return values if timeout is None else {**values, "timeout": timeout.value}


def timeout(site: Site, length: Length) -> Option:
    advice = "write how long one attempt may take, such as `timeout 30s`, or leave `timeout` out"
    milliseconds = lasting(site, length, "a timeout", advice)
    return Option("timeout", Length(milliseconds, length.span, length.chosen), site.span)


def retry(
    site: Site, times: Count, first: Length | None, longest: Length | None, exceptions: tuple[str, ...] | None
) -> Option:
    initial, maximum = (_pause(site, length) if length is not None else None for length in (first, longest))
    if first is not None and initial is not None and maximum is not None and maximum < initial:
        message = f"the first pause is {format_duration(initial)}, and the longest {format_duration(maximum)}"
        site.problem(message, first.span, code="SF306", advice="write the shorter one first: `backoff 1s to 1m`")
    made = Retry(times.value, initial, maximum, exceptions or (), times.chosen, span=site.span)
    return Option("retry", made, site.span)


SHORTEST_PAUSE = 10


def _pause(site: Site, length: Length) -> int:
    return lasting(site, length, "a pause", "an attempt follows another after `10ms` or more", SHORTEST_PAUSE)


def heartbeat(site: Site, length: Length) -> Option:
    advice = "write how long it may be silent: `heartbeat 1s` or more, or leave `heartbeat` out"
    return Option("heartbeat", lasting(site, length, "a silence", advice, SECOND), site.span)


def patience(site: Site, length: Length) -> Option:
    advice = "write how long to wait, such as `patience 1h`, or leave `patience` out"
    return Option("patience", lasting(site, length, "a patience", advice), site.span)


def queue(site: Site, name: Token) -> Option:
    return Option("queue", plain(site, name), site.span)


def errors(site: Site, *told: Told) -> Option:
    return Option("errors", told, site.span)


def error_text(site: Site, name: str, sign: Token | None) -> Told:
    return name if sign is None else ErrorText(name, plain(site, sign), span=site.span)


def errors_of(options: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[ErrorText, ...]]:
    """The kinds of a body's `errors`, each once, and those that are known by a text."""
    told: tuple[Told, ...] = options.get("errors", ())
    kinds = (one if isinstance(one, str) else one.kind for one in told)
    return tuple(dict.fromkeys(kinds)), only(ErrorText, told)


def key(site: Site, parameter: Token) -> Option:
    return Option("key", parameter.text, site.span)


def compensate(site: Site, call: Call) -> Option:
    return Option("compensate", Compensate(call, span=site.span), site.span)


def compensate_none(site: Site, reason: Token) -> Option:
    return Option("compensate", Compensate(none_reason=plain(site, reason), span=site.span), site.span)


def compensate_block(site: Site, body: Block) -> Option:
    calls = calls_of(site, body, "compensate")
    undo = Compensate(calls[0], then=calls[1:], span=site.span) if calls else Compensate(span=site.span)
    return Option("compensate", undo, site.span)


def verify(site: Site, call: Call, length: Length | None) -> Option:
    advice = "write how long an attempt may outlive its timeout, such as `after 2m`, or leave `after` out"
    after = None if length is None else lasting(site, length, "a wait", advice)
    return Option("verify", Verify(call, after=after, span=site.span), site.span)


def verify_none(site: Site, reason: Token) -> Option:
    return Option("verify", Verify(none_reason=plain(site, reason), span=site.span), site.span)


def exclusive(site: Site, by: Expression, places: Token | None, length: Length | None) -> Option:
    return Option("exclusive", Exclusive(by, *_lock(site, places, length), span=site.span), site.span)


def exclusive_block(
    site: Site, by: Expression, places: Token | None, length: Length | None, body: Block
) -> ExclusiveBlock:
    return ExclusiveBlock(by, body, *_lock(site, places, length), span=site.span)


def _lock(site: Site, places: Token | None, length: Length | None) -> tuple[int, int]:
    """How many hold it at a time, and how long one waits for it."""
    count = 1 if places is None else int(places.text)
    if places is not None and count < 1:
        site.problem("nobody can go on with `up to 0`", places.span, advice="write `up to 1` or more")
    advice = "write how long to wait for the others, such as `within 10m`, or leave `within` out"
    return count, LONGEST_LOCK_WAIT if length is None else lasting(site, length, "a wait", advice)


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
    "error_text": error_text,
    "key": key,
    "compensate": compensate,
    "compensate_none": compensate_none,
    "compensate_block": compensate_block,
    "verify": verify,
    "verify_none": verify_none,
    "exclusive": exclusive,
    "exclusive_block": exclusive_block,
}
