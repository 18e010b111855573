"""Runs that are under way: which of them could go on with the new definition, by where they wait.

A run keeps the definition that it was started with, whatever becomes of its file; nothing moves it. What is said here
is what would have to hold if somebody wanted to: a run that waits somewhere has done all that stands before. So it
could go on where nothing that it has passed, or is inside of, means something else, and nothing that it holds has
another type. That is asked of each place where a run can be for long: questions, events, pauses.
"""

from collections.abc import Iterator

from dsl.ast import statements as ast
from dsl.dataclass import dataclass
from dsl.differences.changes import Change
from dsl.differences.differences import Differences
from dsl.differences.flows import FlowComparison
from dsl.differences.items import Item, label_of

WAITS = (ast.AwaitApproval, ast.AwaitEvent, ast.AwaitFirst, ast.Sleep)


@dataclass(frozen=True, slots=True)
class Wait:
    """Runs of the old flow that wait `at` this address could go on with the new one, or why not."""

    label: str
    at: str | None
    why_not: str | None


def waits(of: Differences, flow: FlowComparison) -> tuple[Wait, ...]:
    """Of a flow that is on both sides and whose hash has changed."""
    held = _held(of, flow)
    return tuple(
        Wait(label_of(item), item.address, _why_not(flow, item) or held)
        for item in flow.matching.old.below()
        if isinstance(item.node, WAITS)
    )


def _held(of: Differences, flow: FlowComparison) -> str | None:
    """What all runs of the flow hold, wherever they are."""
    if flow.name != flow.new.name:
        return "the flow is called otherwise"
    if flow.old.parameters != flow.new.parameters:
        return "its parameters have changed"
    if flow.old.config != flow.new.config:
        return "the values of the deployment that it reads have changed"
    changed = [each for each in of.changes if each.of == "type" and flow.new.name in each.flows]
    if changed:
        return f"type {changed[0].name} has changed"
    gone = [each for each in of.changes if each.of == "tool" and each.new is None and flow.new.name in each.flows]
    if gone:
        return f"tool {gone[0].name}, by which something may have to be undone, is gone"
    results = [each for each in of.changes if _gives_otherwise(each, flow)]
    return f"what {results[0].of} {results[0].name} gives has changed" if results else None


def _gives_otherwise(change: Change, flow: FlowComparison) -> bool:
    return change.aspect == "result" and flow.new.name in change.flows and change.name != flow.new.name


def _why_not(flow: FlowComparison, item: Item) -> str | None:
    """From the wait outwards."""
    new = flow.matching.new_of(item)
    if new is None:
        return "it is not there any more"
    if item.node != new.node:
        return "it has changed itself"
    inside: Item = item
    while inside.parent is not None:
        reason = _around(flow, inside, new)
        if reason is not None:
            return reason
        assert new is not None
        assert new.parent is not None
        inside, new = inside.parent, new.parent
    return None


def _around(flow: FlowComparison, inside: Item, new: Item | None) -> str | None:
    """Of one block: what stands before, and what runs beside it."""
    assert inside.parent is not None
    if new is None or new.parent is None or flow.matching.new_of(inside.parent) is not new.parent:
        return "it stands in another block"
    if inside.part != new.part:
        return "it stands in another block"
    reason = _itself(inside.parent, new.parent)
    if reason is not None:
        return reason
    olds, news = inside.parent.parts[inside.part], new.parent.parts[new.part]
    if not isinstance(inside.parent.node, ast.Parallel):
        olds, news = olds[: inside.position], news[: new.position]
    for one, other in _side_by_side(olds, news):
        if one is None or other is None or one.node != other.node:
            item = one or other
            assert item is not None
            return f"`{label_of(item)}`, which stands before it, has changed"
    return None


def _side_by_side(olds: list[Item], news: list[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    for position in range(max(len(olds), len(news))):
        yield (
            olds[position] if position < len(olds) else None,
            news[position] if position < len(news) else None,
        )


def _itself(old: Item, new: Item) -> str | None:
    """What a block says of itself: a run that is inside has its budget, its list, its name."""
    if old.parent is None:
        return None
    same = all(getattr(old.node, name, None) == getattr(new.node, name, None) for name in {**old.own, **new.own})
    return None if same else f"`{label_of(old)}`, in which it stands, has changed"
