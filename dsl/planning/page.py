"""A plan as people read it, and as JSON."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any

from dsl.ast.duration import UNITS, format_duration
from dsl.diagnostics.inert import inert
from dsl.planning.amounts import Amounts
from dsl.planning.plan import Asked, Plan

UNITS_OF = {
    "requests": "model requests",
    "tokens": "tokens",
    "usd": "US dollars",
    "calls": "tool calls",
    "time": "of time",
    "events": "events",
}


def document(plan: Plan) -> dict[str, Any]:
    """Money as a decimal text, times in milliseconds, null for what the text does not bound."""
    return {
        "flow": plan.flow,
        "hash": plan.hash,
        "usual": _numbers(plan.usual),
        "most": {**_numbers(plan.most), "executions": plan.executions},
        "called": [
            {"name": each.name, "what": each.what, "effect": each.effect, "usual": each.usual, "most": each.most}
            for each in plan.called
        ],
        "asked": [_question(each) for each in plan.asked],
        "each_item": {text: _numbers(more) for text, more in plan.each_item.items()},
        "each_item_most": {text: _numbers(more) for text, more in plan.each_item_most.items()},
        "dearest": [
            {"of": each.of, "line": each.line, "text": each.text, "share": _plain(each.share)} for each in plan.dearest
        ],
    }


def _question(asked: Asked) -> dict[str, Any]:
    """`groups` only where data chooses one: by the words that say which, all that it may be."""
    found: dict[str, Any] = {"name": asked.name, "line": asked.line, "stages": list(asked.stages)}
    return {**found, "groups": {said: list(may_be) for said, may_be in asked.groups}} if asked.groups else found


def lines(plan: Plan) -> Iterator[str]:
    yield f"flow {plan.flow}" + (f"  {plan.hash}" if plan.hash else "")
    yield ""
    yield from _table([("", "all goes well", "at most"), *rows(plan)])
    if plan.called:
        yield ""
        heads = [("calls of", "all goes well", "at most")]
        yield from _table([*heads, *((_callee(each), _number(each.usual), _number(each.most)) for each in plan.called)])
    if plan.asked:
        yield ""
        yield "people are asked"
        for asked in plan.asked:
            stages = "; ".join(inert(" ".join(text.split())) for text in asked.stages)
            yield f"  {asked.name}, line {asked.line}: {stages}"
            for said, groups in asked.groups:
                any_of = ", ".join(f'"{each}"' for each in groups)
                yield f"    group {inert(' '.join(said.split()))}: one of {inert(any_of)}"
    if plan.each_item:
        yield ""
        yield "one item more makes"
        for text, more in plan.each_item.items():
            usual = ", ".join(_more(more)) or "no difference"
            yield f"  {inert(text)}: {usual}; at most {', '.join(_more(plan.each_item_most[text])) or 'none'}"
    if plan.dearest:
        yield ""
        yield "most of it comes from"
        for place in dict.fromkeys((each.line, each.text) for each in plan.dearest):
            shares = [share(each.of, each.share) for each in plan.dearest if (each.line, each.text) == place]
            yield f"  line {place[0]}, `{inert(place[1].strip())}`: {', '.join(shares)}"


def rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """What is counted, where all goes well, and at most."""
    usual, most = plan.usual, plan.most
    yield "model requests", _number(usual.requests), _number(most.requests)
    yield "tokens", "", _number(most.tokens)
    yield "US dollars", "", money(most.usd)
    yield "tool calls", _number(usual.calls), _number(most.calls)
    yield "questions to people", _number(usual.questions), _number(most.questions)
    yield "flows started", _number(usual.runs), _number(most.runs)
    yield "time", "", time(most.time)
    yield "then, to undo", "", time(_sum(most.back, most.last))
    yield "history, events", _number(usual.events), _number(most.events)
    yield "history, MB", "", _megabytes(most.size)
    yield "executions", "1", _number(plan.executions)
    if most.elsewhere != 0:
        yield "events of the flows started", _number(usual.elsewhere), _number(most.elsewhere)


def _callee(called: Any) -> str:
    return f"{called.name}, {called.effect or called.what}"


def _table(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, usual, most in rows:
        yield f"  {name:<{widths[0]}}  {usual:>{widths[1]}}  {most:>{widths[2]}}".rstrip()


def _more(more: Amounts) -> Iterator[str]:
    words = {"requests": "model requests", "calls": "tool calls", "runs": "flows", "questions": "questions"}
    for name, what in {**words, "events": "events"}.items():
        number = getattr(more, name)
        if number != 0:
            yield f"{_number(number)} {what}"


def share(of: str, amount: int | Decimal | None) -> str:
    """In words, as `3 tool calls`."""
    if amount is None:
        return f"no bound of {UNITS_OF[of].removeprefix('of ')}"
    match of:
        case "usd":
            number = money(Decimal(amount or 0))
        case "time":
            number = time(int(amount or 0))
        case _:
            number = _number(int(amount or 0))
    return f"{number} {UNITS_OF[of]}"


def _number(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def money(usd: Decimal | None) -> str:
    """Of at least a dollar in cents, and never less than it is: what is told is a bound."""
    if usd is None:
        return "?"
    return f"{usd.quantize(Decimal('0.01'), rounding=ROUND_CEILING) if usd >= 1 else usd.normalize():,f}"


def time(milliseconds: int | None) -> str:
    """Its two largest units: nobody reads more."""
    if milliseconds is None:
        return "?"
    for one, other in zip(list(UNITS)[1:], list(UNITS)[2:], strict=False):
        if milliseconds >= UNITS[one]:
            return format_duration(-(-milliseconds // UNITS[other]) * UNITS[other])
    return format_duration(milliseconds)


def _megabytes(size: int | None) -> str:
    return "?" if size is None else f"{size / 1_000_000:,.1f}"


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _numbers(of: Amounts) -> dict[str, Any]:
    return {
        "requests": of.requests,
        "tokens": of.tokens,
        "usd": _plain(of.usd),
        "calls": of.calls,
        "questions": of.questions,
        "runs": of.runs,
        "time": of.time,
        "undo": _sum(of.back, of.last),
        "events": of.events,
        "bytes": of.size,
        "events_elsewhere": of.elsewhere,
    }


def _plain(share: int | Decimal | None) -> int | str | None:
    return format(share, "f") if isinstance(share, Decimal) else share
