"""What is known of each name at the place that the walk has come to, and the moments behind which something is old.

One table that is changed in place, with a journal of what a branch has changed in it: so a branch costs what it
changes, and not what is known. Moments are counted, and only waits bring a new one.
"""

from bisect import bisect_right
from collections.abc import Iterable

from dsl.ast.node import Node
from dsl.dataclass import dataclass, replace
from dsl.semantics.provenance.marks import Mark, joined
from dsl.semantics.staleness.readings import Held, aged, fewest, mapped, old_since

Key = tuple[int, str]
"""What defines a name, and what is known of it: its value, or what it is as a parameter."""
_NONE = Mark()


@dataclass(frozen=True, slots=True)
class Branch:
    """What a branch has changed, settled for its end, and its first wait."""

    changed: dict[Key, Mark]
    wait: Node | None
    left: bool


class Names:
    def __init__(self) -> None:
        self._marks: dict[Key, Mark] = {}
        self._journals: list[dict[Key, Mark | None]] = []
        self._last = 0
        self._moments: list[int] = [0]
        self._waits: list[Node | None] = [None]

    @property
    def now(self) -> int:
        return self._moments[-1]

    # -- waits

    def wait(self, node: Node) -> None:
        self._last += 1
        self._moments.append(self._last)
        self._waits.append(node)

    def settled(self, mark: Mark) -> Mark:
        """As of now: each reading old or not."""

        def change(each: Held) -> Held:
            if each.old is not None or each.born >= self.now:
                return each
            wait = self._waits[bisect_right(self._moments, each.born)]
            return each if wait is None else aged(each, wait)

        return mapped(mark, change)

    # -- names

    def of(self, key: Key) -> Mark:
        return self._marks.get(key, _NONE)

    def put(self, key: Key, mark: Mark) -> None:
        if self._journals and key not in self._journals[-1]:
            self._journals[-1][key] = self._marks.get(key)
        self._marks[key] = fewest(joined((mark,)) if mark.fields else mark)  # no deeper than marks go

    def add(self, key: Key, mark: Mark) -> None:
        if mark.sources or mark.fields:
            self.put(key, joined((self.settled(self.of(key)), self.reborn(self.settled(mark)))))

    def reborn(self, mark: Mark) -> Mark:
        """What is not old at a place where ways come together is as new as that place."""
        return mapped(mark, lambda each: each if each.old is not None else replace(each, born=self.now))

    # -- branches

    def begin(self) -> int:
        self._journals.append({})
        return len(self._waits)

    def end(self, begun: int, *, left: bool) -> Branch:
        """Takes back what was changed since."""
        journal = self._journals.pop()
        changed = {key: self.settled(self._marks[key]) for key in journal}
        wait = self._waits[begun] if len(self._waits) > begun else None
        del self._waits[begun:], self._moments[begun:]
        for key, before in journal.items():
            if before is None:
                del self._marks[key]
            else:
                self._marks[key] = before
        return Branch(changed, wait, left)

    def leaving(self, begun: int, depth: int) -> Branch:
        """What was changed since `begin` gave `begun`, where `depth` branches were open: something leads out of it
        from here, and what is walked goes on.
        """
        changed = {key: self.settled(self._marks[key]) for journal in self._journals[depth:] for key in journal}
        return Branch(changed, self._waits[begun] if len(self._waits) > begun else None, left=False)

    def depth(self) -> int:
        return len(self._journals)

    def join(self, branches: Iterable[Branch]) -> None:
        """Of ways of which one is gone."""
        staying = [each for each in branches if not each.left]
        keys = dict.fromkeys(key for each in staying for key in each.changed)
        found = {key: joined(self._at_end_of(each, key) for each in staying) for key in keys}
        self._go_on(staying, found)

    def meet(self, branches: list[Branch]) -> None:
        """Of branches that run side by side: what one has read was read before another has waited to its end."""
        found: dict[Key, Mark] = {}
        for each in branches:
            other = next((one.wait for one in branches if one is not each and one.wait is not None), None)
            found |= {key: mark if other is None else old_since(mark, other) for key, mark in each.changed.items()}
        self._go_on(branches, found)

    def _go_on(self, branches: list[Branch], found: dict[Key, Mark]) -> None:
        waited = next((each.wait for each in branches if each.wait is not None), None)
        if waited is not None:
            self.wait(waited)
        for key, mark in found.items():
            self.put(key, self.reborn(mark))

    def _at_end_of(self, branch: Branch, key: Key) -> Mark:
        if key in branch.changed:
            return branch.changed[key]
        mark = self.settled(self.of(key))
        return mark if branch.wait is None else old_since(mark, branch.wait)
