"""Agents."""

from typing import Any, get_args

from dsl.ast.declarations import RESULT, AgentDeclaration, Reasoning, Summarise, Use
from dsl.ast.defaults import LONGEST_BATCH
from dsl.ast.expressions import Argument, Expression, FunctionCall, Name
from dsl.ast.people import Stage
from dsl.ast.statements import Retry
from dsl.ast.types import Field, Type
from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.amounts import Length, lasting
from dsl.syntax.build_types import Bound, whole
from dsl.syntax.site import Option, Rules, Site, option_values
from dsl.syntax.site import only as only_of
from dsl.syntax.templates import plain
from dsl.syntax.token import Token

LEVELS = get_args(Reasoning)
LARGEST_SEED = 2**53
"""What JSON carries exactly everywhere."""


class Uses(tuple[Use, ...]):
    """What one `use` names: it may stand in an agent several times."""


def agent_declaration(
    site: Site, doc: str | None, name: str, fields: tuple[Field, ...], returns: Type, *options: Option | Uses
) -> AgentDeclaration:
    uses = (use for each in options if isinstance(each, Uses) for use in each)
    others = [each for each in options if not isinstance(each, Uses)]
    values = {"models": (), "prompt": None, **option_values(site, others)}
    retry = values.get("retry")
    if isinstance(retry, Retry) and retry.chosen is not None:
        advice = "write a number here"
        site.problem("what an agent declares is the same for each call", retry.chosen.span, code="SF604", advice=advice)
    return AgentDeclaration(name, fields, returns, **values, uses=tuple(uses), doc=doc, span=site.span)


def model(site: Site, *names: Token) -> Option:
    return Option("models", tuple(plain(site, name) for name in names), site.span)


def instructions(site: Site, text: Expression) -> Option:
    return Option("instructions", text, site.span)


def prompt(site: Site, text: Expression) -> Option:
    return Option("prompt", text, site.span)


def temperature(site: Site, amount: Bound) -> Option:
    return Option("temperature", amount.value, site.span)


def reasoning(site: Site, level: Token) -> Option:
    how_much = plain(site, level)
    if how_much not in LEVELS:
        known = ", ".join(f'"{each}"' for each in LEVELS)
        site.problem(f'there is no reasoning "{how_much}"', level.span, code="SF306", advice=f"write one of {known}")
        return Option("reasoning", None, site.span)
    return Option("reasoning", how_much, site.span)


def seed(site: Site, number: Bound) -> Option:
    value = number.value
    if value != value.to_integral_value() or abs(value) >= LARGEST_SEED:
        advice = "write any whole number, such as `seed 7`"
        site.problem("a seed is a whole number of at most 53 bits", number.span, code="SF306", advice=advice)
        return Option("seed", None, site.span)
    return Option("seed", int(value), site.span)


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


def answer_time(site: Site, length: Length) -> Option:
    advice = "write how long one attempt may take, such as `answer within 90s`, or leave it out"
    return Option("timeout", lasting(site, length, "a time for an answer", advice), site.span, "answer within")


def batch(site: Site, length: Length | None) -> Option:
    if length is None:
        return Option("batch", LONGEST_BATCH, site.span)
    advice = "write how long an answer may take at most, such as `batch within 12h`, or `batch` alone for a day"
    return Option("batch", lasting(site, length, "a time for a batch", advice), site.span)


def agent_use(site: Site, *parts: Use | Option) -> Uses:
    """What stands behind the names of one `use` is said of each of them."""
    said: dict[str, Any] = {option.name: option.value for option in site.options(parts).values()}
    uses = only_of(Use, parts)
    if not said:
        return Uses(uses)
    from copy import deepcopy  # a node stands at one place

    gate_, sees = said.get("gate", ((), ()))
    condition, otherwise = said.get("only", (None, None))
    return Uses(
        replace(each, gate=deepcopy(gate_), only=deepcopy(condition), otherwise=deepcopy(otherwise), sees=sees)
        for each in uses
    )


def used(site: Site, target: str, then: Expression | None, when: Expression | None) -> Use:
    return Use(target, when, then, span=site.span)


def reshaped(site: Site, function: Token, *arguments: Argument) -> FunctionCall:
    """The result is the first argument."""
    result = Argument(None, Name(RESULT, span=function.span), span=function.span)
    return FunctionCall(function.text, (result, *arguments), span=site.span)


def gate(site: Site, sees: Option | None, *stages: Stage) -> Option:
    return Option("gate", (stages, () if sees is None else sees.value), site.span, "after approval")


def only(site: Site, condition: Expression, otherwise: Expression | None) -> Option:
    if otherwise is None:
        message, advice = "`only if` does not say what the model is told otherwise", 'add `else "what to do instead"`'
        site.problem(message, advice=advice)
    return Option("only", (condition, otherwise), site.span, "only if")


def side_by_side(site: Site, number: Token) -> Option:
    if int(number.text) == 0:
        message, advice = "nothing can run with so few at once", "write how many calls may run at once, from 1"
        site.problem(message, number.span, code="SF306", advice=advice)
    return Option("side_by_side", int(number.text), site.span, "up to")


def one_at_a_time(site: Site, article: Token, noun: Token) -> Option:
    if (article.text, noun.text) != ("a", "time"):
        span = Span(article.span.start, noun.span.end)
        site.problem("`one at` goes on with `a time`", span, advice="write `one at a time`", replacement="a time")
    return Option("side_by_side", 1, site.span, "one at a time")


def repeats(site: Site, number: Token) -> Option:
    if int(number.text) < 2:
        message, advice = "the first call of its kind repeats nothing", "write at which identical call it ends, from 2"
        site.problem(message, number.span, code="SF306", advice=advice)
    return Option("repeats", int(number.text), site.span, "stuck after")


def tells_budget(site: Site) -> Option:
    return Option("tells_budget", True, site.span, "tell budget")


RULES: Rules = {
    "agent_declaration": agent_declaration,
    "model": model,
    "instructions": instructions,
    "prompt": prompt,
    "temperature": temperature,
    "reasoning": reasoning,
    "seed": seed,
    "answer_limit": answer_limit,
    "keep_last": keep_last,
    "summarise": summarise,
    "answer_time": answer_time,
    "batch": batch,
    "agent_use": agent_use,
    "used": used,
    "reshaped": reshaped,
    "gate": gate,
    "only": only,
    "side_by_side": side_by_side,
    "one_at_a_time": one_at_a_time,
    "repeats": repeats,
    "tells_budget": tells_budget,
}
