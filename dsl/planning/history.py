"""What stands in the history of a run for each thing that it does: events, and bytes beside the values.

A workflow task, with which the run hears of something, is three events; each of these numbers has those that it may
need. They are what Temporal's server writes (https://docs.temporal.io/references/events), the bytes an upper bound of
what was measured with names of usual length.
"""

from typing import assert_never

from dsl.ast.types import (
    ConversationType,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.dataclass import dataclass
from dsl.values.structure import Types

TASK = 3
HOUR = 3_600_000
LARGEST_VALUE = 64 * 1024
"""Bytes of a value as it travels: what is larger is kept in the store."""
EXECUTION = 2_500
"""Events after which a run continues as new where it can."""
EXECUTION_BYTES = 3_000_000
"""What the server suggests it at, less what one more workflow task may add."""


@dataclass(frozen=True, slots=True)
class Written:
    """`smooth` are the events where nothing goes wrong, `rough` those where it is cancelled in the middle."""

    smooth: int
    rough: int
    size: int


ACTIVITY = Written(3 + TASK, 4 + TASK, 1_800)
LOCAL = Written(1, 1 + 2 + TASK, 900)
TIMER = Written(2 + TASK, 2 + TASK, 700)
DEADLINE = Written(2, 2 + TASK, 700)
"""A timer that is withdrawn where nothing goes wrong."""
CHILD = Written(3 + 2 * TASK, 3 + 2 * TASK + 2 * (2 + TASK), 4_000)
CHECK = Written(0, ACTIVITY.rough + TIMER.rough, 2_500)
"""A run that has continued as new looks after a child of its."""
CARRIED = Written(0, 2 + 2 * TASK + 2 * (2 + TASK) + 2 + TASK + ACTIVITY.rough, 6_000)
"""What comes to a call that is carried by a run of its own: a mark, the start, a request to report, a cancel, the
report, and that its end is read."""
CARRIER = Written(5 + 2 * TASK, 9 + 5 * TASK, 4_000)
"""The history of that run."""
ANSWER = Written(3 + 2 * TASK, 3 + 2 * TASK, 3_000)
MESSAGE = Written(2 + TASK, 2 + TASK, 3_000)
"""An event from outside, or what somebody says to an agent."""
QUESTION = Written(2, 4, 2_000)
LOCK = Written(ACTIVITY.smooth + 1 + TASK + 2 + TASK, ACTIVITY.rough + 1 + TASK + 2 + TASK + TIMER.rough, 3_500)
RUN = Written(2 + TASK + 2, 2 + 3 * TASK + 6, 6_000)
"""Its beginning and its end."""


def largest(type_: Type | None, types: Types) -> int:
    """The most bytes of JSON that a value of the type has in a history."""
    return min(LARGEST_VALUE, 4 if type_ is None else _largest(type_, types, ()))


def _largest(type_: Type, types: Types, within: tuple[str, ...]) -> int:
    match type_:
        case NamedType(name=name) if name in types:
            return LARGEST_VALUE if name in within else _largest(types[name], types, (*within, name))
        case NamedType(name="bool"):
            return 5
        case NamedType(name="int"):
            return 20
        case NamedType(name="number" | "decimal" | "time" | "duration"):
            return 60
        case OptionalType(item=item):
            return max(4, _largest(item, types, within))
        case RecordType(fields=fields):
            return 2 + sum(len(field.name.encode()) * 6 + 4 + _largest(field.type, types, within) for field in fields)
        case ListType(item=item, at_most=int() as most):
            return 2 + most * (1 + _largest(item, types, within))
        case LiteralType(value=value):
            return 2 + 6 * len(value)
        case UnionType(options=options):
            return max((_largest(option, types, within) for option in options), default=0)
        case NamedType() | ListType() | GenericType() | ConversationType():
            return LARGEST_VALUE
        case _:
            assert_never(type_)
