"""Which item of one flow is which of the other: by name first, then by content, then by what stands beside it.

1. What has a name that stands once on both sides is the same thing under it, wherever it stands.
2. What has the same content is the same, where only one on each side has it. Then nothing in it has to be looked at.
3. In two items that are the same, what is left in each of their blocks is put together: what is alike, then what is
   similar, then, of the small statements (`return`, `sleep`), what is alone of its kind.
4. What is then left on both sides is put together by what is similar, wherever it stands: moved, or called otherwise.

All of it is the same when the sides change places: pairs are taken by how similar they are, and of equal ones those
that stand nearer to each other. Where there are more than `MOST_PAIRS`, only what is alike is put together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

from dsl.ast import statements as ast
from dsl.dataclass import dataclass, field
from dsl.differences.items import Item

SIMILAR = 0.5
"""Of all that two items say, so much is the same; wherever they stand, a little more."""
SIMILAR_ELSEWHERE = 0.6
MOST_PAIRS = 40_000
SMALL = (ast.Return, ast.Fail, ast.Sleep, ast.Until, ast.Yield, ast.Break, ast.Continue, ast.Commit, ast.Handler)
CALLED = (ast.Step, ast.AwaitApproval, ast.AwaitEvent)


@dataclass(frozen=True)
class Matching:
    """`to` is the new item of an old one, by identity; `back` the reverse."""

    old: Item
    new: Item
    to: dict[int, Item] = field(default_factory=dict)
    back: dict[int, Item] = field(default_factory=dict)

    def new_of(self, old: Item) -> Item | None:
        return self.to.get(id(old))

    def old_of(self, new: Item) -> Item | None:
        return self.back.get(id(new))

    def put(self, old: Item, new: Item) -> None:
        self.to[id(old)] = new
        self.back[id(new)] = old

    def pairs(self) -> Iterator[tuple[Item, Item]]:
        """In the order of the new side."""
        for new in self.new.below():
            if (old := self.old_of(new)) is not None:
                yield old, new

    def is_free(self, old: Item, new: Item) -> bool:
        return id(old) not in self.to and id(new) not in self.back


def matched(old: Item, new: Item) -> Matching:
    found = Matching(old, new)
    found.put(old, new)
    _by_name(found)
    _by_content(found)
    _inside(found)
    while _elsewhere(found):
        _inside(found)
    return found


def _by_name(found: Matching) -> None:
    sides = [_named(side) for side in (found.old, found.new)]
    for key, old in sides[0].items():
        new = sides[1].get(key)
        if old is not None and new is not None:
            found.put(old, new)


def _named(root: Item) -> dict[tuple[type, str], Item | None]:
    """None for a name that stands more than once."""
    found: dict[tuple[type, str], Item | None] = {}
    for each in root.below():
        if each.name is not None and each is not root:
            key = (each.kind, each.name)
            found[key] = None if key in found else each
    return found


def _by_content(found: Matching) -> None:
    """What holds something, or calls something: a `return` of nothing is everywhere the same."""
    counts = [_contents(side) for side in (found.old, found.new)]
    for content, olds in counts[0].items():
        news = counts[1].get(content, [])
        if len(olds) == len(news) == 1 and found.is_free(olds[0], news[0]):
            for old, new in zip(olds[0].below(), news[0].below(), strict=True):
                if found.is_free(old, new):
                    found.put(old, new)


def _contents(root: Item) -> dict[bytes, list[Item]]:
    found: dict[bytes, list[Item]] = {}
    for each in root.below():
        if each is not root and (each.parts or isinstance(each.node, CALLED)):
            found.setdefault(each.content, []).append(each)
    return found


def _inside(found: Matching) -> None:
    for old, new in list(found.pairs()):
        waiting = [(old, new)]
        while waiting:
            before, after = waiting.pop()
            for part in before.parts.keys() & after.parts.keys():
                waiting += _aligned(found, before.parts[part], after.parts[part])


def _aligned(found: Matching, olds: Sequence[Item], news: Sequence[Item]) -> list[tuple[Item, Item]]:
    """The pairs that are put together now."""
    left = [each for each in olds if id(each) not in found.to]
    right = [each for each in news if id(each) not in found.back]
    made: list[tuple[Item, Item]] = []
    if not left or not right:
        return made
    for old, new in _best(left, right, SIMILAR):
        if found.is_free(old, new):
            found.put(old, new)
            made.append((old, new))
    for kind in SMALL:
        olds_left = [each for each in left if each.kind is kind and id(each) not in found.to]
        news_left = [each for each in right if each.kind is kind and id(each) not in found.back]
        if len(olds_left) == len(news_left) == 1:
            found.put(olds_left[0], news_left[0])
            made.append((olds_left[0], news_left[0]))
    return made


def _elsewhere(found: Matching) -> bool:
    left = [each for each in found.old.below() if id(each) not in found.to]
    right = [each for each in found.new.below() if id(each) not in found.back]
    olds, news = ([each for each in side if not isinstance(each.node, SMALL)] for side in (left, right))
    made = False
    for old, new in _best(olds, news, SIMILAR_ELSEWHERE):
        if found.is_free(old, new):
            found.put(old, new)
            made = True
    return made


def _best(olds: Sequence[Item], news: Sequence[Item], least: float) -> list[tuple[Item, Item]]:
    """Pairs of one kind that are similar enough, the most similar first."""
    if len(olds) * len(news) > MOST_PAIRS:
        alike: dict[bytes, list[Item]] = {}
        for each in reversed(news):
            alike.setdefault(each.content, []).append(each)
        return [(old, alike[old.content].pop()) for old in olds if alike.get(old.content)]
    scored: list[tuple[float, int, int, int, int, Item, Item]] = []
    for old in olds:
        for new in news:
            score = similarity(old, new) if old.kind is new.kind else 0.0
            if score >= least:
                near = abs(old.position - new.position)
                tie = _tie(old, new)
                scored.append((-score, near, old.position + new.position, tie, len(scored), old, new))
    return [(old, new) for *_, old, new in sorted(scored, key=lambda each: each[:5])]


def similarity(old: Item, new: Item) -> float:
    """From 0 to 1: the share of what they say that both say."""
    if old.content == new.content:
        return 1.0
    if old.name is None and new.name is None and isinstance(old.node, ast.Step) and isinstance(new.node, ast.Step):
        return max(_shared(old.features, new.features), 0.55 * (old.node.call.target == new.node.call.target))
    return _shared(old.features, new.features)


def _shared(old: Counter[str], new: Counter[str]) -> float:
    whole = sum(old.values()) + sum(new.values())
    return 2 * sum((old & new).values()) / whole if whole else 1.0


def moved(pairs: Sequence[tuple[Item, Item]]) -> list[tuple[Item, Item]]:
    """Of pairs that stand in one block on both sides, those that stand in another order than the rest: as few as can
    be, the smaller ones, and the same when the sides change places."""
    ordered = sorted(pairs, key=lambda each: each[1].position)
    places = [old.position for old, _ in ordered]
    if places == sorted(places):
        return []
    weights = [_weight(old, new) for old, new in ordered]
    best: list[int] = []
    before: list[int | None] = []
    for here, place in enumerate(places):
        last = max((each for each in range(here) if places[each] < place), key=lambda each: best[each], default=None)
        best.append(weights[here] + (best[last] if last is not None else 0))
        before.append(last)
    kept: set[int] = set()
    at: int | None = max(range(len(best)), key=lambda each: best[each])
    while at is not None:
        kept.add(at)
        at = before[at]
    return [pair for here, pair in enumerate(ordered) if here not in kept]


def _weight(old: Item, new: Item) -> int:
    """One for each pair; then its size, and to tell equals apart something that both sides have."""
    return 10**21 + min(old.size + new.size, 10**5) * 10**15 + _tie(old, new)


def _tie(old: Item, new: Item) -> int:
    """Any number that is the same when the sides change places: of where they stand, and then of what they say."""
    places, contents = sorted((old.address or "", new.address or "")), sorted((old.content, new.content))
    return (crc32(repr(places).encode()) << 16) + crc32(repr(contents).encode()) % (1 << 16)
