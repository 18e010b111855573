"""Parts of declarations and statements as an author writes them: out of the tree, because a definition has no text."""

from decimal import Decimal
from typing import assert_never

from dsl.ast.declarations import Costs, Exclusive, HttpStatus, Use, Verify
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Argument, Expression
from dsl.ast.joining import First
from dsl.ast.people import ChosenGroup, Group, Person, Stage, Whom
from dsl.ast.statements import Budget, Call, Compensate, Retry
from dsl.ast.types import (
    SENSITIVE,
    ConversationType,
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.decompiling import texts
from dsl.decompiling.expressions import Unwritable, expression
from dsl.decompiling.writing import Writing
from dsl.definition.canonical import canonical
from dsl.definition.encode import encode
from dsl.values.writing import type_text


def expression_text(node: Expression) -> str:
    """What no text says, in a definition that was made by hand, is shown as it is encoded."""
    try:
        return expression(node, Writing())
    except Unwritable:
        return canonical(encode(node)).decode()


def quoted(text: str) -> str:
    return texts.written(text)


def _arguments(given: tuple[Argument, ...]) -> str:
    return ", ".join(
        f"{each.name}: {expression_text(each.value)}" if each.name else expression_text(each.value) for each in given
    )


def call_text(call: Call) -> str:
    return f"{call.target}({_arguments(call.arguments)})"


def calls_text(calls: tuple[Call, ...]) -> str:
    return "; ".join(map(call_text, calls))


def field_text(field: Field) -> str:
    """With its bounds, its default and what it says of who may see it."""
    return f"{field.name}: {field_type_text(field)}"


def field_type_text(field: Field) -> str:
    parts = [whole_type_text(field.type)]
    if field.at_least is not None:
        parts.append(f"at least {field.at_least:f}")
    if field.at_most is not None:
        parts.append(f"at most {field.at_most:f}")
    if field.matches is not None:
        parts.append(f"matches {quoted(field.matches)}")
    if field.sensitive is not None:
        parts.append(class_text(field.sensitive, marked=True))
    if field.trusted:
        parts.append("trusted")
    if field.default is not None:
        parts.append(f"= {expression_text(field.default)}")
    return " ".join(parts)


def whole_type_text(type_: Type) -> str:
    """With the bounds and defaults of the fields in it, so that two which differ are never shown alike."""
    match type_:
        case RecordType(fields=fields):
            return f"{{ {', '.join(map(field_text, fields))} }}" if fields else "{}"
        case ListType(item=item, at_most=most):
            return f"[{whole_type_text(item)}{'' if most is None else f' at most {most}'}]"
        case OptionalType(item=item):
            inside = whole_type_text(item)
            return f"({inside})?" if isinstance(item, UnionType) else f"{inside}?"
        case GenericType(name=name, argument=argument):
            return f"{name}[{whole_type_text(argument)}]"
        case UnionType(options=options):
            return " | ".join(map(whole_type_text, options))
        case NamedType() | LiteralType() | ConversationType():
            return type_text(type_)
        case _:
            assert_never(type_)


def class_text(name: str, *, marked: bool = False) -> str:
    if name == SENSITIVE:
        return SENSITIVE
    return f'{SENSITIVE} "{name}"' if marked else f'"{name}"'


def capped_text(most: str, chosen: Expression | None) -> str:
    """What is worked out, with its cap."""
    return most if chosen is None else f"{expression_text(chosen)} at most {most}"


def stage_text(stage: Stage) -> str:
    whom = map(_whom_text, stage.whom)
    many = "all of " if stage.all_of else f"{stage.required} of " if stage.required > 1 else ""
    if stage.chosen_required is not None:
        many = f"({capped_text(str(stage.required), stage.chosen_required)}) of "
    parts = [f"from {many}{', '.join(whom)}"]
    parts += ["except requester"] * stage.except_requester + ["verified"] * stage.verified
    if stage.timeout is not None:
        timeout = capped_text(format_duration(stage.timeout), stage.chosen_timeout)
        parts.append(f"timeout {timeout} then {stage.outcome}")
    return " ".join(parts)


def _whom_text(whom: Whom) -> str:
    """Of a group that data chooses, all that it may be."""
    match whom:
        case Group(name=name):
            return f'"{name}"'
        case ChosenGroup(value=value, groups=groups):
            return f"group {expression_text(value)} ({' or '.join(map(quoted, groups))})"
        case Person(value=value):
            return f"person {expression_text(value)}"
        case _:
            assert_never(whom)


def retry_text(retry: Retry) -> str:
    parts = [f"{capped_text(str(retry.times), retry.chosen)} times"]
    if retry.backoff_initial is not None:
        longest = "" if retry.backoff_maximum is None else f" to {format_duration(retry.backoff_maximum)}"
        parts.append(f"backoff {format_duration(retry.backoff_initial)}{longest}")
    if retry.exceptions:
        parts.append(f"except {', '.join(retry.exceptions)}")
    return " ".join(parts)


def undo_text(undo: Compensate) -> str:
    return f"none {quoted(undo.none_reason)}" if undo.none_reason is not None else calls_text(undo.calls)


def verify_text(verify: Verify) -> str:
    if verify.call is None:
        return f"none {quoted(verify.none_reason or '')}"
    after = "" if verify.after is None else f" after {format_duration(verify.after)}"
    return call_text(verify.call) + after


def costs_text(costs: Costs) -> str:
    value = expression_text(costs.value)
    if costs.at_most is None or value == f"{costs.at_most:f}":
        return f"{value} usd"
    return f"{value} at most {costs.at_most:f} usd"


def exclusive_text(lock: Exclusive) -> str:
    return f"by {expression_text(lock.by)} up to {lock.up_to} within {format_duration(lock.within)}"


def first_text(first: First) -> str:
    finish = " finish rest" if first.finish_rest else ""
    return (f"first {first.count}" if first.several else "first") + finish


def status_text(status: HttpStatus) -> str:
    return f"{status.kind} when {status.status}"


def limit_text(unit: str, limit: int | Decimal) -> str:
    if unit == "time":
        return format_duration(int(limit))
    return f"{limit:f} usd" if unit == "usd" else f"{limit:,} {unit}"


def budget_text(budget: Budget) -> str:
    units = ("usd", "tokens", "calls", "turns", "iterations", "time")
    chosen = {limit.unit or "time": limit.value for limit in budget.chosen}
    return ", ".join(
        capped_text(limit_text(unit, getattr(budget, unit)), chosen.get(unit))
        for unit in units
        if getattr(budget, unit) is not None
    )


def use_text(use: Use) -> str:
    parts = [use.target]
    if use.then is not None:
        parts.append(f"then {expression_text(use.then)}")
    if use.when is not None:
        parts.append(f"when {expression_text(use.when)}")
    if use.gate:
        parts.append(f"after approval {' '.join(map(stage_text, use.gate))}")
    if use.only is not None:
        parts.append(f"only if {expression_text(use.only)}")
    return " ".join(parts)
