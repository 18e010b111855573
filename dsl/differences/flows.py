"""The changes of one flow: its own fields, then step by step, where each item of the one side is one of the other."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.node import Node, walk
from dsl.dataclass import dataclass
from dsl.differences.changes import COMPATIBLE, Change, Found, Place, Weight, breaking, weaker
from dsl.differences.coming import Surroundings, weighed
from dsl.differences.contracts import Contracts, renames
from dsl.differences.fields import differing
from dsl.differences.items import NAMING, Item, label_of, name_of, tree
from dsl.differences.manners import Row, several
from dsl.differences.matching import CALLED, Matching, matched, moved
from dsl.differences.plain import with_names
from dsl.differences.written import call_text, calls_text, expression_text

MOST_SAID = 160
UNASKED = "it is called without this agreement"
Opened = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FlowComparison:
    """`old` names declarations and locals as the new side does; what is defined under another name still has it."""

    old: FlowDeclaration
    new: FlowDeclaration
    name: str
    contracts: Contracts
    matching: Matching
    opened: tuple[Opened, Opened]

    def changes(self) -> Iterator[Change]:
        places = Place(self.name), Place(self.new.name)
        for found in self._declaration():
            yield found.at("flow", *places, "")
        yield from self._gone_and_come()
        for old, new in self.matching.pairs():
            if new is not self.matching.new:
                for found in self._item(old, new):
                    yield found.at("flow", *self._places(old, new), label_of(new))
        yield from self._moved()

    def _declaration(self) -> Iterator[Found]:
        old, new = self.old, self.new
        if self.name != new.name:
            yield Found("name", "", "renamed", self.name, new.name, "breaking", "it is started by its name")
        yield from self.contracts.parameters(old.parameters, new.parameters, started=True)
        yield from self.contracts.result(old.returns, new.returns, read=True)
        yield from self.contracts.configured(old.config, new.config)
        yield from differing(old, new)

    # -- items of both sides

    def _item(self, old: Item, new: Item) -> Iterator[Found]:
        before, after = old.node, new.node
        if old.name != new.name and old.name is not None and new.name is not None:
            answered = isinstance(after, ast.AwaitApproval)
            weight = breaking("it is answered by its name") if answered else COMPATIBLE
            yield Found("name", "", "renamed", old.name, new.name, *weight)
        elif _is_numbered_otherwise(before, after):
            assert isinstance(before, ast.Step)
            assert isinstance(after, ast.Step)
            yield Found("name", "", "renamed", before.name, after.name)
        if not isinstance(after, (*NAMING, ast.Step)):
            for field in ("variable", "index", "name")[: 3 if new.name is None and old.name is None else 2]:
                one, other = (getattr(node, field, None) for node in (before, after))
                if one != other:
                    yield Found("name", _INSIDE[field], "renamed", one, other)
        if isinstance(before, ast.AwaitApproval) and isinstance(after, ast.AwaitApproval):
            yield from self.contracts.answer(before.answer, after.answer)
            yield from self._opens(before.name, after.name)
        for found in differing(before, after):
            yield self._sent(found, before, after)
        yield from self._received(getattr(before, "expected", None), getattr(after, "expected", None))

    def _received(self, before: ExpectedEvent | None, after: ExpectedEvent | None) -> Iterator[Found]:
        """What an event holds under the same name, where a type has changed that it names."""
        if before is None or after is None:
            return
        reasons: dict[str, str | None] = {}
        if before.type == after.type:
            reasons["what is in it"] = self.contracts.event(before.type, after.type)
        if before.reply == after.reply:
            reasons["reply"] = self.contracts.reply(before.reply, after.reply)
        for what, reason in reasons.items():
            if reason is not None:
                yield Found("event", what, "changed", None, None, "breaking", reason, follows=True)

    def _opens(self, before: str, after: str) -> Iterator[Found]:
        """Which irreversible calls wait for it."""
        old, new = self.opened[0].get(before, ()), self.opened[1].get(after, ())
        if old != new:
            for found in several(Row("opens", "opens", several), old, new):
                yield found.because("weaker", UNASKED) if self._is_let_go(found.before, after) else found

    def _is_let_go(self, target: str | None, approval: str) -> bool:
        """Whether the call is still made, and nobody agrees to it, or others do: where it was asked for before
        elsewhere too, it may be that which is left."""
        if target is None or not any(
            isinstance(each, ast.Step) and each.call.target == target for each in walk(self.new)
        ):
            return False
        new = {name for name, opens in self.opened[1].items() if target in opens}
        old = {name for name, opens in self.opened[0].items() if target in opens}
        return not new or bool(new - old)

    def _sent(self, found: Found, before: Node, after: Node) -> Found:
        """What is in an event and its reply, where the types are known."""
        if found.aspect != "event" or found.weight != "compatible":
            return found
        one, other = getattr(before, "expected", None), getattr(after, "expected", None)
        if one is None or other is None:
            return found
        reason = None
        if found.what == "what is in it":
            reason = self.contracts.event(one.type, other.type)
        elif found.what == "reply":
            reason = self.contracts.reply(one.reply, other.reply)
        return found if reason is None else found.because("breaking", reason)

    # -- items of one side

    def _gone_and_come(self) -> Iterator[Change]:
        around = Surroundings(self.new, self.opened[0])
        for item in self.matching.old.below():
            if self.matching.new_of(item) is None:
                weight = weighed(item.node, "removed", around)
                if self._is_told(item, self.matching.new_of, weight[0]):
                    found = Found("statement", "", "removed", said(item), None, *weight)
                    yield found.at("flow", Place(self.name, item.address), None, label_of(item))
        for item in self.matching.new.below():
            if self.matching.old_of(item) is None:
                weight = weighed(item.node, "added", around)
                if self._is_told(item, self.matching.old_of, weight[0]):
                    found = Found("statement", "", "added", None, said(item), *weight)
                    yield found.at("flow", None, Place(self.new.name, item.address), label_of(item))

    @staticmethod
    def _is_told(item: Item, other: Callable[[Item], Item | None], weight: Weight) -> bool:
        """Of what stands in something that is told itself, only what counts by itself."""
        outermost = item.parent is not None and other(item.parent) is not None
        return outermost or weight != "compatible" or isinstance(item.node, (*CALLED, ast.FirstBranch))

    # -- order

    def _moved(self) -> Iterator[Change]:
        """What stands in another block, or in another order; what has moved together is told once."""
        elsewhere = [
            (old, new) for old, new in self.matching.pairs() if old.parent and not self._in_its_block(old, new)
        ]
        blocks: dict[tuple[int, str], list[tuple[Item, Item]]] = {}
        for old, new in self.matching.pairs():
            if old.parent is not None and new.parent is not None and self._in_its_block(old, new):
                blocks.setdefault((id(new.parent), new.part), []).append((old, new))
        for pairs in blocks.values():
            elsewhere += moved(pairs)
        for _, together in groupby(elsewhere, lambda pair: (id(pair[0].parent), id(pair[1].parent), pair[1].part)):
            yield self._moved_together(list(together))

    def _in_its_block(self, old: Item, new: Item) -> bool:
        assert old.parent is not None
        return self.matching.new_of(old.parent) is new.parent and old.part == new.part

    def _moved_together(self, pairs: list[tuple[Item, Item]]) -> Change:
        old, new = pairs[0]
        more = f" and {len(pairs) - 1} more" if len(pairs) > 1 else ""
        asks = any(isinstance(item.node, ast.AwaitApproval) for _, pair in pairs for item in pair.below())
        weight = weaker("people are asked at another place") if asks else COMPATIBLE
        found = Found("order", "", "moved", standing(old), standing(new), *weight)
        return found.at("flow", *self._places(old, new), label_of(new) + more)

    def _places(self, old: Item, new: Item) -> tuple[Place, Place]:
        return Place(self.name, old.address), Place(self.new.name, new.address)


def compared(
    old: FlowDeclaration, new: FlowDeclaration, name: str, contracts: Contracts, opened: tuple[Opened, Opened]
) -> FlowComparison:
    """Of plain flows; `name` is what the old one is called on its own side."""
    matching = matched(tree(old), tree(new))
    names = _locals(matching, old, new)
    if names:
        old = with_names(old, names)
        matching = matched(tree(old), matching.new)
    return FlowComparison(old, new, name, contracts, matching, opened)


def _locals(matching: Matching, old: FlowDeclaration, new: FlowDeclaration) -> dict[str, str]:
    """Names that stand for the same on both sides, and for nothing else on either."""
    found: dict[str, set[str]] = {}
    for before, after in renames(old.parameters, new.parameters).items():
        found.setdefault(before, set()).add(after)
    for one, other in matching.pairs():
        for before, after in _names(one, other):
            found.setdefault(before, set()).add(after)
    taken = {name for item in matching.old.below() for name, _ in _names(item, item)}
    kept = {name for item in matching.new.below() for name, _ in _names(item, item)}
    return {
        before: next(iter(after))
        for before, after in found.items()
        if len(after) == 1 and before not in after and not after & taken and before not in kept
    }


def _names(old: Item, new: Item) -> Iterator[tuple[str, str]]:
    pairs = [(name_of(old.node), name_of(new.node))]
    if not isinstance(old.node, (*NAMING, FlowDeclaration, ast.Step)):
        pairs += [
            (getattr(old.node, field, None), getattr(new.node, field, None)) for field in ("name", "variable", "index")
        ]
    return ((one, other) for one, other in pairs if one is not None and other is not None)


def _is_numbered_otherwise(before: Node, after: Node) -> bool:
    """Of a step without a name: another one of its tool stands before it now."""
    if not isinstance(before, ast.Step) or not isinstance(after, ast.Step) or before.call.target != after.call.target:
        return False
    if before.named or after.named:
        return before.name != after.name
    return before.name.partition("#")[2] != after.name.partition("#")[2]


_INSIDE = {"variable": "item", "index": "position", "name": "name"}
"""What a name stands for that is known inside of a statement only."""

# -- in words


def said(item: Item) -> str:
    """What a statement does, on one line."""
    node = item.node
    match node:
        case ast.Step():
            text = call_text(node.call)
        case ast.AwaitApproval():
            text = expression_text(node.question)
        case ast.Let() | ast.Set() | ast.Respond() | ast.Fail() | ast.Yield():
            text = expression_text(node.value)
        case ast.Return():
            text = "" if node.value is None else expression_text(node.value)
        case ast.Until():
            text = expression_text(node.condition)
        case ast.CompensateStatement():
            text = calls_text(node.calls)
        case _:
            text = ", ".join(label_of(each) for each in item.below() if each is not item and each.name)
            text = text or label_of(item)
    text = " ".join(text.split())
    return text if len(text) <= MOST_SAID else f"{text[: MOST_SAID - 1]}…"


def standing(item: Item) -> str:
    """Where: behind which statement, in which block."""
    assert item.parent is not None
    around = "" if item.parent.parent is None else f" in `{label_of(item.parent)}`"
    if item.part in ("otherwise", "on_exhausted"):
        around += {"otherwise": ", else", "on_exhausted": ", on exhausted"}[item.part]
    siblings = item.parent.parts[item.part]
    where = f"behind `{label_of(siblings[item.position - 1])}`" if item.position else "first"
    return f"{where}{around}"


def opened(flow: FlowDeclaration, names: Mapping[str, str]) -> Opened:
    """By the name of each approval, the irreversible calls that it opens, as a sealed flow says; `names` of tools."""
    return {
        node.name: tuple(sorted({names.get(gate.call.target, gate.call.target) for gate in node.gates}))
        for node in walk(flow)
        if isinstance(node, ast.AwaitApproval)
    }
