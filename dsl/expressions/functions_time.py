"""Built-in functions on times and the calendar.

A zone is how far its clocks are ahead of UTC: `"Z"`, `"+02:00"`. Names such as `"Europe/Berlin"` are none: what they
mean stands in a database that changes several times a year, and an expression means the same on every machine and in
every replay. All reckoning is done in UTC, on the moment that many hours later.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from dsl.expressions import times
from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.functions_text import text_of
from dsl.regex import regex

WORK = 10
"""Steps of each: there is no short way through a calendar."""
UNITS = ("minute", "hour", "day", "week", "month", "year")
_ZONE = regex(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])", re.ASCII)
_PARTS = {"YYYY": "year", "MM": "month", "DD": "day", "hh": "hour", "mm": "minute", "ss": "second"}
_PART = regex("|".join(_PARTS))
_LONGEST_PATTERN = 200


def calendar(evaluation: Evaluation, at: Any, zone: Any = "Z") -> dict[str, int]:
    """What a calendar and a clock show. Monday is weekday 1; `week` is that of ISO 8601."""
    local = _local(evaluation, at, zone, "calendar")
    shown = {part: int(getattr(local, part)) for part in ("year", "month", "day", "hour", "minute", "second")}
    return {
        **shown,
        "weekday": local.isoweekday(),
        "yearday": local.timetuple().tm_yday,
        "week": local.isocalendar().week,
    }


def moment(
    evaluation: Evaluation,
    year: Any,
    month: Any,
    day: Any,
    hour: Any = 0,
    minute: Any = 0,
    second: Any = 0,
    zone: Any = "Z",
) -> datetime:
    """The time at which a calendar and a clock show this."""
    evaluation.charge(WORK)
    parts = (year, month, day, hour, minute, second)
    for part in parts:
        if type(part) is not int:
            refuse(part, "`moment` needs ints")
    return times.earlier(_date(*parts), _offset(zone))


def add_months(evaluation: Evaluation, at: Any, months: Any, zone: Any = "Z") -> datetime:
    """The same day so many months later, or the last of the month where it has no such day."""
    local = _local(evaluation, at, zone, "add_months")
    if type(months) is not int:
        refuse(months, "`add_months` counts in ints")
    if abs(months) > 12 * 9999:
        raise EvaluationError("LimitExceeded", "this time is beyond the calendar")
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    for day in (local.day, 30, 29, 28):
        try:
            return times.earlier(local.replace(year=year, month=month + 1, day=min(day, local.day)), _offset(zone))
        except ValueError:
            continue
    raise EvaluationError("LimitExceeded", "this time is beyond the calendar")


def start_of(evaluation: Evaluation, at: Any, unit: Any, zone: Any = "Z") -> datetime:
    """When the minute, hour, day, week (a Monday), month or year began."""
    local = _local(evaluation, at, zone, "start_of")
    if text_of(unit, "start_of") not in UNITS:
        raise EvaluationError("InvalidArgument", f"`start_of` knows {', '.join(UNITS)}, and not {unit[:40]}")
    if unit == "week":
        local = times.earlier(local, timedelta(days=local.isoweekday() - 1))
    cleared: dict[str, Any] = {"microsecond": 0}
    for part, largest, first in (
        ("second", "minute", 0),
        ("minute", "hour", 0),
        ("hour", "day week", 0),
        ("day", "month", 1),
        ("month", "year", 1),
    ):
        cleared[part] = first
        if unit in largest.split():
            break
    return times.earlier(local.replace(**cleared), _offset(zone))


def format_time(evaluation: Evaluation, at: Any, pattern: Any, zone: Any = "Z") -> str:
    """`pattern` with `YYYY MM DD hh mm ss` filled in."""
    local = _local(evaluation, at, zone, "format_time")
    written = evaluation.searched(_pattern(pattern, "format_time"))
    return evaluation.produced(
        _PART.sub(lambda part: str(getattr(local, _PARTS[part[0]])).zfill(len(part[0])), written)
    )


def parse_time(evaluation: Evaluation, value: Any, pattern: Any, zone: Any = "Z") -> datetime:
    """The time that a text of this `pattern` says; what the pattern leaves out is the first."""
    evaluation.charge(WORK)
    text, written = evaluation.searched(text_of(value, "parse_time")), _pattern(pattern, "parse_time")
    names = [_PARTS[part] for part in _PART.findall(written)]
    if len(names) != len(set(names)) or "year" not in names:
        raise EvaluationError("InvalidArgument", "`parse_time` needs a pattern with a year, and each part once")
    fixed = [re.escape(each) for each in _PART.split(written)]
    digits = [f"([0-9]{{{len(part)}}})" for part in _PART.findall(written)] + [""]
    found = re.fullmatch("".join(a + b for a, b in zip(fixed, digits, strict=True)), text, re.ASCII)
    if found is None:
        raise EvaluationError("InvalidArgument", f'"{text[:40]}" is not as the pattern "{written[:40]}" says')
    said = dict(zip(names, map(int, found.groups()), strict=True))
    first = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
    return times.earlier(_date(**(first | said)), _offset(zone))


def _local(evaluation: Evaluation, at: Any, zone: Any, name: str) -> datetime:
    """What a clock in that zone shows, as if it were UTC."""
    evaluation.charge(WORK)
    if type(at) is not datetime:
        refuse(at, f"`{name}` needs a time")
    return times.later(at, _offset(zone))


def _date(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        shown = f"{year}-{month}-{day} {hour}:{minute}:{second}"
        raise EvaluationError("InvalidArgument", f"no calendar has {shown[:60]}") from None


def _offset(zone: Any) -> timedelta:
    if text_of(zone, "zone") in ("Z", "UTC"):
        return timedelta(0)
    found = _ZONE.fullmatch(zone)
    if found is None:
        raise EvaluationError("InvalidArgument", f'a zone is "Z", or an offset such as "+02:00", and not "{zone[:40]}"')
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return ahead if found[1] == "+" else -ahead


def _pattern(pattern: Any, name: str) -> str:
    text = text_of(pattern, name)
    if len(text) > _LONGEST_PATTERN:
        raise EvaluationError("InvalidArgument", f"`{name}` takes a pattern of {_LONGEST_PATTERN} characters at most")
    return text
