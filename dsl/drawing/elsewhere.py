"""What a run tells of places that are not in its own flow: of a picture, the nodes that such a path is about.

A path of a run goes on where its steps call something. Below a step that calls a flow stands what is undone of that:
`main/deep/down/r` is the step `down/r`, when `main/deep` calls `down`. Below a step that calls an agent stand its
turns: `main/reply/turn#2/orders.find#1` is what the agent may use as `orders.find`, and if that is a flow or an agent
itself, the path goes on below it in the same way.
"""

import re
from collections.abc import Iterator

from dsl.drawing.picture import Picture

GATE = "/approval"
_CALL = re.compile(r"/turn#\d+/(?P<called>[^/]+)#\d+")


class Elsewhere:
    def __init__(self, picture: Picture) -> None:
        self._statements = {address: node.id for node in picture.nodes for address in node.statements}
        self._calls = {edge.start: edge.end for edge in picture.edges if edge.kind == "calls"}
        titles = {node.id: node.title for node in picture.nodes}
        self._used: dict[tuple[str | None, str], str] = {
            (edge.start, titles[edge.end]): edge.end for edge in picture.edges if edge.kind == "uses"
        }
        self.agents = frozenset(edge.start for edge in picture.edges if edge.kind == "uses")
        self.used = frozenset(self._used.values())

    def nodes(self, address: str) -> Iterator[str]:
        """Those that what has this address is about; none for what is in the flow itself, or is no node."""
        if address in self._statements:
            return
        at = max((each for each in self._statements if address.startswith(f"{each}/")), key=len, default=None)
        if at is not None:
            yield from self._below(self._statements[at], address[len(at) :])

    def callers(self, agent: str) -> list[str]:
        return [start for start, end in self._calls.items() if end == agent]

    def _below(self, node: str, rest: str) -> Iterator[str]:
        called = self._calls.get(node)
        if rest in ("", GATE):
            yield node
        elif called in self.agents:
            found = _CALL.match(rest)
            used = None if found is None else self._used.get((called, found["called"]))
            if found is not None and used is not None:
                yield from self._below(used, rest[found.end() :])
        elif called is not None:
            yield from self._in_flow(rest[1:])

    def _in_flow(self, address: str) -> Iterator[str]:
        if address in self._statements:
            yield self._statements[address]
        else:
            yield from self.nodes(address)
