"""Caps: what may be spent over all runs in a day or a month, as `steadflow.toml` says.

    [caps.everything]
    usd = 50                # at most so many US dollars
    tokens = 20_000_000     # and so many tokens, where that is said
    per = "day"             # or "month"; both are those of UTC

    [caps.per-person]
    requester = "*"         # each who asks for runs has one of their own; or the name of one
    usd = 5

    [caps.support]
    flow = "support"        # runs of this flow, with all that they start; `"*"` is each flow by itself
    usd = 20
    when_reached = "wait"   # runs wait until it begins anew, instead of failing

    [caps.ours]
    provider = "ours"       # what is asked of this provider, so with its key; `environment` is that of the environment
    tokens = 1_000_000

What a cap does not name, it holds for all of.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal, get_args

from dsl.dataclass import dataclass
from dsl.models.rows import Problem, settings
from dsl.models.unusable import Unusable
from dsl.regex import regex

Per = Literal["day", "month"]
WhenReached = Literal["fail", "wait"]
EACH = "*"
ENVIRONMENT = "environment"
"""What the provider is called that no table names: the one whose key is in the environment."""
MOST_USD, MOST_TOKENS = Decimal(1_000_000_000), 10**15

_NAME = regex(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Capped:
    """One cap. Of `flow`, `requester` and `provider`, those that are None are not asked about."""

    name: str
    usd: Decimal | None = None
    tokens: int | None = None
    per: Per = "day"
    flow: str | None = None
    requester: str | None = None
    provider: str | None = None
    when_reached: WhenReached = "fail"

    def binds(self, flow: str, requester: str | None) -> bool:
        return self.flow in (None, EACH, flow) and self.requester in (None, EACH, requester)

    def whose(self, flow: str, requester: str | None) -> str:
        """What tells those apart who have one of their own; empty where all have it together."""
        parts = {"flow": (self.flow, flow), "requester": (self.requester, requester or "")}
        return "/".join(f"{name}={who}" for name, (asked, who) in parts.items() if asked == EACH)


def read_caps(rows: object, providers: Mapping[str, object], where: str) -> dict[str, Capped]:
    """Raises `Unusable`."""
    if type(rows) is not dict:
        raise Unusable(f"{where}: expected tables such as `[caps.everything]`")
    caps = {name: _cap(name, row, f"{where}, [caps.{name}]") for name, row in rows.items()}
    for cap in caps.values():
        if cap.provider not in (None, ENVIRONMENT, *providers):
            known = ", ".join([*providers, ENVIRONMENT])
            raise Unusable(
                f"{where}, [caps.{cap.name}], `provider`: there is no provider {cap.provider}; there are {known}"
            )
    return caps


def _cap(name: str, row: Any, where: str) -> Capped:
    if not _NAME.fullmatch(name):
        raise Unusable(f"{where}: a cap's name has small letters, digits and `-`, such as `everything`")
    row = settings(row, _PROBLEMS, where)
    if "usd" not in row and "tokens" not in row:
        raise Unusable(f"{where}: a cap says how much: `usd = 50`, or `tokens = 1_000_000`")
    usd = Decimal(row["usd"]) if "usd" in row else None
    return Capped(name, **{**row, "usd": usd})


def _no_money(value: Any) -> str | None:
    number = Decimal(value) if type(value) in (int, Decimal) else None
    fits = number is not None and number.is_finite() and 0 <= number <= MOST_USD
    return None if fits else "expected US dollars, as a number"


def _no_count(value: Any) -> str | None:
    fits = type(value) is int and 0 <= value <= MOST_TOKENS
    return None if fits else "expected a number of tokens"


def _no_text(value: Any) -> str | None:
    fits = type(value) is str and value.strip() == value != "" and value.isprintable()
    return None if fits else 'expected a name, or "*" for each by itself'


def _no_provider(value: Any) -> str | None:
    fits = type(value) is str and _NAME.fullmatch(value)
    return None if fits else "expected the name of a provider"


def _one_of(options: Any) -> Callable[[Any], str | None]:
    named = ", ".join(f'"{option}"' for option in get_args(options))
    return lambda value: None if value in get_args(options) else f"expected one of {named}"


_PROBLEMS: dict[str, Problem] = {
    "usd": _no_money,
    "tokens": _no_count,
    "per": _one_of(Per),
    "flow": _no_text,
    "requester": _no_text,
    "provider": _no_provider,
    "when_reached": _one_of(WhenReached),
}
