"""Waiting for people."""

from typing import Any

from dsl.ast.expressions import Expression
from dsl.ast.people import Group, Person, Stage
from dsl.ast.statements import AwaitApproval
from dsl.ast.types import RecordType
from dsl.syntax.amounts import MINUTE, Length, lasting
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


def stage(site: Site, required: Token | None, *rest: object) -> Stage:
    *parts, length, outcome = rest
    timeout = _stage_timeout(site, length) if isinstance(length, Length) else None
    count = int(required.text) if required and required.kind == "INT" else 1
    words = {option.name: option.value for option in site.options(parts).values()}
    values: dict[str, Any] = {**words, "timeout": timeout, "outcome": outcome}
    people = tuple(each for each in parts if isinstance(each, Group | Person))
    return Stage(people, count, all_of=bool(required and required.kind == "ALL"), **values, span=site.span)


def _stage_timeout(site: Site, length: Length) -> int:
    return lasting(site, length, "a timeout", "write how long these people may take, such as `timeout 24h`")


def required(site: Site, number: Token, _of: Token) -> Token:
    if number.kind == "INT" and int(number.text) < 1:
        site.problem("this stage waits for no answer", number.span, code="SF502", advice="ask at least 1")
    return number


def group(site: Site, name: Token) -> Group:
    return Group(plain(site, name), span=site.span)


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
    "group": group,
    "person": person,
    "except_requester": except_requester,
    "verified": verified,
    "outcome": outcome,
}
