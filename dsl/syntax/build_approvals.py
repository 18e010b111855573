"""Waiting for people."""

from typing import Any

from dsl.ast.expressions import Expression
from dsl.ast.people import ChosenGroup, Group, Person, Stage, Whom
from dsl.ast.statements import AwaitApproval
from dsl.ast.types import RecordType
from dsl.source import Span
from dsl.syntax.amounts import MINUTE, Count, Length, lasting
from dsl.syntax.site import Option, Rules, Site, only
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


def await_approval(site: Site, name: Token, question: Expression, *options: Option | Stage) -> AwaitApproval:
    values: dict[str, Any] = {"show": (), "answer": None, "remind": None}
    values |= {option.name: option.value for option in site.options(options).values()}
    return AwaitApproval(name.text, question, stages=only(Stage, options), **values, span=site.span)


def show(site: Site, *values: Expression) -> Option:
    return Option("show", values, site.span)


def answer(site: Site, fields: RecordType) -> Option:
    return Option("answer", fields, site.span)


def remind(site: Site, interval: Length) -> Option:
    advice = "people are reminded once a minute at most: write `remind every 4h`, say"
    return Option("remind", lasting(site, interval, "an interval", advice, MINUTE), site.span)


def stage(site: Site, required: Count | Span | None, *rest: object) -> Stage:
    *parts, length, outcome = rest
    values: dict[str, Any] = {option.name: option.value for option in site.options(parts).values()}
    if isinstance(length, Length):
        values |= {"timeout": _stage_timeout(site, length), "chosen_timeout": length.chosen}
    if isinstance(required, Count):
        values |= {"required": required.value, "chosen_required": required.chosen}
    people = tuple(each for each in parts if isinstance(each, Whom))
    values |= {"all_of": isinstance(required, Span), "outcome": outcome}
    return Stage(people, **values, span=site.span)


def _stage_timeout(site: Site, length: Length) -> int:
    return lasting(site, length, "a timeout", "write how long these people may take, such as `timeout 24h`")


def required(site: Site, number: Token, _of: Token) -> Count | Span:
    """A place alone is that of `all`."""
    return _answers(site, number) if number.kind == "INT" else number.span


def capped_required(site: Site, _bracket: Token, chosen: Expression, *words: Token) -> Count:
    return _answers(site, next(word for word in words if word.kind == "INT"), chosen)


def _answers(site: Site, number: Token, chosen: Expression | None = None) -> Count:
    if int(number.text) < 1:
        site.problem("this stage waits for no answer", number.span, code="SF502", advice="ask at least 1")
    return Count(int(number.text), number.span, chosen)


def group(site: Site, name: Token) -> Group:
    return Group(plain(site, name), span=site.span)


def chosen_group(site: Site, value: Expression) -> ChosenGroup:
    return ChosenGroup(value, span=site.span)


def person(site: Site, value: Expression) -> Person:
    return Person(value, span=site.span)


def except_requester(site: Site) -> Option:
    return Option("except_requester", True, site.span, "except requester")


def verified(site: Site) -> Option:
    return Option("verified", True, site.span)


def outcome(_site: Site, word: Token) -> str:
    return word.text


RULES: Rules = {
    "await_approval": await_approval,
    "show": show,
    "answer": answer,
    "remind": remind,
    "stage": stage,
    "required": required,
    "capped_required": capped_required,
    "group": group,
    "chosen_group": chosen_group,
    "person": person,
    "except_requester": except_requester,
    "verified": verified,
    "outcome": outcome,
}
