"""What a child is started with, in one line: it stands in its history and in its parent's, for each of maybe thousands.

    3d6e6b4c…7cf notify 0.5 1000 3

That is the hash of its definition, which lies in the store, its flow, and what it may spend: dollars, tokens, calls,
`-` for no limit; behind them the deadline around it, if there is one. The hash is written as everywhere else, so
whoever looks for what is still needed finds it in a history (`stores/pruning.py`). What a line does not say stands in
fields of its own, as in the input of any run.
"""

import re
from dataclasses import dataclass, field

CHILD = re.compile(rb'"child":\s*"([0-9a-f]{64}) ')
"""In the JSON of a child's input: the hash of its definition."""
UNLIMITED = "-"


@dataclass
class DefinitionEnvelope:
    """A sealed definition under its hash: inline as base64 of zlib, or (None) to be had from the store."""

    hash: str
    inline: str | None = None


@dataclass
class Lease:
    """What a parent lends a child: the most it may spend. None is no limit. `usd` is a decimal text. `depth`: for each
    flow that may call itself, how many levels of it are left, this run counted. `deadline`: when the time of those
    around it is over, in seconds since the epoch; they end it then, and before they do nothing new may be begun.
    """

    usd: str | None = None
    tokens: int | None = None
    calls: int | None = None
    depth: dict[str, int] = field(default_factory=dict)
    deadline: float | None = None


def line(definition: DefinitionEnvelope, flow: str, lease: Lease) -> str:
    """Empty where a line does not say all of it."""
    if definition.inline is not None or lease.depth:
        return ""
    limits = (UNLIMITED if each is None else str(each) for each in (lease.usd, lease.tokens, lease.calls))
    deadline = [] if lease.deadline is None else [repr(float(lease.deadline))]
    return " ".join([definition.hash, flow, *limits, *deadline])


def read(text: str) -> tuple[DefinitionEnvelope, str, Lease]:
    """What `line` was given. Raises `ValueError`."""
    hash_, flow, usd, tokens, calls, *deadline = text.split(" ")
    lease = Lease(None if usd == UNLIMITED else usd, _limit(tokens), _limit(calls))
    lease.deadline = float(deadline[0]) if deadline else None
    return DefinitionEnvelope(hash_), flow, lease


def _limit(word: str) -> int | None:
    return None if word == UNLIMITED else int(word)
