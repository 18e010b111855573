"""What a construct remembers in its frame: a small dataclass of its own, which stands in the snapshot of the run."""

from dataclasses import dataclass

from interpreter.core.recorded import recorded


class Memory:
    """The base of them all. Every field has a default: the frame is there before its construct has been entered."""

    __slots__ = ()


@recorded
@dataclass(frozen=True, slots=True)
class NoMemory(Memory):
    """Of a construct that remembers nothing."""


NO_MEMORY = NoMemory()
