"""What is worked out where the text says only the most that it can be: `timeout sla at most 7d`.

One list for all who have to know: which names it reads, and that a cap stands beside it.
"""

from collections.abc import Iterable, Iterator

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.statements import AwaitEvent, Budget, BudgetBlock, FirstBranch, Loop, ParallelFor, Retry, Sleep, Step
from dsl.dataclass import field_names

_UNITS = frozenset(field_names(Budget)) - {"chosen", "span"}

Capped = tuple[Expression, object]
"""What is worked out, and its cap; None where there is none."""


def chosen_in(node: Node) -> Iterator[Capped]:
    """By what is said of the node itself, and of the budget and the stages that are its own."""
    match node:
        case Budget():
            for limit in node.chosen:
                unit = limit.unit or "time"
                yield limit.value, getattr(node, unit) if limit.capped and unit in _UNITS else None
        case Stage():
            yield from _given((node.chosen_timeout, node.timeout), (node.chosen_required, node.required))
        case Retry():
            yield from _given((node.chosen, node.times))
        case Step():
            yield from _given((node.chosen_timeout, node.timeout))
            yield from chosen_in(node.retry) if node.retry is not None else ()
        case AwaitEvent():
            yield from _given((node.chosen_timeout, node.timeout))
        case FirstBranch():
            yield from _given((node.chosen_after, node.after))
        case Sleep():
            yield from _given((node.chosen, node.milliseconds))
        case Loop():
            yield from _given((node.chosen_every, node.every))
            yield from chosen_in(node.budget) if node.budget is not None else ()
        case BudgetBlock():
            yield from chosen_in(node.budget)
        case ParallelFor() if node.up_to is not None and node.up_to_at_most is not None:
            yield node.up_to, node.up_to_at_most
        case _:
            pass


def chosen_by(node: Node) -> tuple[Expression, ...]:
    return tuple(value for value, _ in chosen_in(node))


def chosen_in_stages(stages: Iterable[Stage]) -> tuple[Expression, ...]:
    return tuple(value for stage in stages for value in chosen_by(stage))


def _given(*pairs: tuple[Expression | None, object]) -> Iterator[Capped]:
    return ((value, most) for value, most in pairs if value is not None)
