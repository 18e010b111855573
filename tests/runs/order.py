"""Whether two drivers did the same in the same order. Only what runs side by side may come in another order."""

import re
from collections import Counter

from dsl.ast.statements import Parallel, ParallelFor, Step
from dsl.definition.definition import Definition

_INDEX = re.compile(r"\[\d+\]")


def side_by_side(definition: Definition) -> frozenset[str]:
    """The addresses of what lets branches run beside each other, as they end a path; also of a block in which the rest
    of a race goes on beside what follows. That of a step which nobody waits for ends with `/`: what is below it goes on
    beside all that is not.
    """
    found = set()
    for flow in definition.flows:
        for address, node in definition.addresses(flow).items():
            if isinstance(node, Parallel | ParallelFor):
                found.add(address)
                if node.first is not None and node.first.finish_rest:
                    found.add(address.rsplit("/", 1)[0])
            elif isinstance(node, Step) and node.detached:
                found.add(f"{address}/")
    return frozenset("/" + address.removeprefix("/").replace("[]", "") for address in found)


def differences(expected: list[str], seen: list[str], beside: frozenset[str], place: str) -> list[str]:
    """What is missing, what is too much, and which two came the other way round. `place` is how a line tells where it
    belongs: a pattern with one group.
    """
    wanted, found = Counter(expected), Counter(seen)
    told = [f"missing: {line}" for line in (wanted - found).elements()]
    told += [f"not expected: {line}" for line in (found - wanted).elements()]
    if told:
        return told
    positions: dict[str, list[int]] = {}
    for position, line in enumerate(seen):
        positions.setdefault(line, []).append(position)
    at = [positions[line].pop(0) for line in expected]
    places = [_segments(line, place) for line in expected]
    return [
        f"the other way round: {expected[earlier]} | {expected[later]}"
        for later in range(len(expected))
        for earlier in range(later)
        if at[earlier] > at[later] and not _may_swap(places[earlier], places[later], beside)
    ]


def _segments(line: str, place: str) -> list[str]:
    found = re.search(place, line)
    assert found is not None, f"{line} says no place"
    return [part for part in re.split(r"/|(?=\[)", found.group(1)) if part]


def _may_swap(one: list[str], other: list[str], beside: frozenset[str]) -> bool:
    """Whether they part where branches do."""
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    if common and one[common - 1].startswith("turn#"):
        return True  # the calls of one turn of an agent
    for path in (one[: common + 1], other[: common + 1]):
        if any(f"{_address(path)}/".endswith(address) for address in beside if address.endswith("/")):
            return True
    if common == 0 or one[common - 1].startswith("["):
        return False  # within one round, or one branch
    return any(_address(one[:common]).endswith(address) for address in beside)


def _address(path: list[str]) -> str:
    return "/" + _INDEX.sub("", "/".join(path).replace("/[", "["))
