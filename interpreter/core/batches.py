"""Questions that wait to be put together: each to its model, all of one `parallel for` in one batch.

A question that has reserved what its answer may cost joins the batch that its `parallel for` collects, a frame below
that. The batch goes out when every item that is under way waits in it, and no other is about to start; or a while
after the first has joined, so that no item holds the others up. It goes out in parts where it is too large to travel.
Who joins later, an answer that has to be asked for again among them, is in the next one.

A question may leave: its item is cancelled, or its time is over. Before the batch goes out it has cost nothing; after
that its answer may come all the same, and it is charged all that was reserved.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol, cast

from dsl.expressions.values import files_in
from interpreter.boundary.payloads import ChatRequest
from interpreter.core import model_costs
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame, Task


class Items(Protocol):
    """What a batch has to know of the items of its `parallel for`."""

    up_to: int

    @property
    def begins_more(self) -> bool: ...


MOST_QUESTIONS = 500
MOST_BYTES = 1_000_000
"""Of what one batch sends, so that it fits into one event."""
MOST_IN_FILES = 100_000_000
"""Bytes of the files that one batch shows: written as text they are a third more, and a provider takes 200 MB."""


@recorded
@dataclass(slots=True)
class BatchMemory(Memory):
    """`questions` are the frames that wait for answers, in order; one that has left, or has got its answer, is empty.
    `items` counts those that are left by item of the `parallel for`. `in_files`: bytes of what they show. `batch`
    is the provider's id; `by` the time until which it may take; `full`: no other fits; `after` how many lines of
    answers were read; `looks` how often it was looked at, `tries` how often the latest call was made, `unfit` those
    of workers that can ask no model.
    """

    model: str = ""
    queue: str | None = None
    within: int = 0
    questions: list[str] = field(default_factory=list)
    items: dict[str, int] = field(default_factory=dict)
    size: int = 0
    in_files: int = 0
    full: bool = False
    phase: Literal["collecting", "submitting", "waiting", "looking", "retrying", "cancelling"] = "collecting"
    what: Literal["submit", "look", "cancel"] = "submit"
    command: str = ""
    batch: str = ""
    by: float = 0.0
    after: int = 0
    looks: int = 0
    tries: int = 0
    unfit: int = 0
    calls: int = 0
    waits: str = ""


def join(machine: Machine, frame: Frame, request: ChatRequest, queue: str | None, within: int) -> bool:
    """Let the question of `frame` wait in a batch; False where there is nothing around that collects one."""
    around, item = _around(machine, frame)
    if around is None:
        return False
    size = model_costs.tokens_sent(request)
    in_files = sum(file.size for file in files_in(request.files))
    batch = _open_for(machine, around, (request.model, queue), size, in_files)
    if batch is None:
        memory = BatchMemory(request.model, queue, within)
        segment = f"/batch#{machine.state.sequence + 1}"
        batch = machine.open(around, segment, "Batch", address="", memory=memory)
        machine.state.batches.setdefault(around.path, []).append(batch.path)
    memory = memory_of(batch)
    memory.questions.append(frame.path)
    memory.items[item] = memory.items.get(item, 0) + 1
    memory.size += size
    memory.in_files += in_files
    machine.queue.append(Task("start", batch.path))
    return True


def leave(machine: Machine, frame: Frame) -> bool:
    """The question of `frame` waits no more. Whether it was sent."""
    around, item = _around(machine, frame)
    assert around is not None
    for path in machine.state.batches.get(around.path, []):
        batch = machine.state.frames.get(path)
        if batch is not None and frame.path in memory_of(batch).questions:
            memory = memory_of(batch)
            settled(memory, memory.questions.index(frame.path), item)
            if not any(memory.questions):
                machine.cancel(path)
            return memory.phase != "collecting"
    return True


def settled(memory: BatchMemory, place: int, item: str = "") -> None:
    """Nobody waits for the answer at this place any more."""
    memory.questions[place] = ""
    if item and item in memory.items:
        memory.items[item] -= 1
        if not memory.items[item]:
            del memory.items[item]


def count(machine: Machine, around: Frame) -> int:
    """How many of the frames below are batches."""
    return len(machine.state.batches.get(around.path, ()))


def is_one(machine: Machine, around: Frame, path: str) -> bool:
    return path in machine.state.batches.get(around.path, ())


def forget(machine: Machine, around: Frame, path: str) -> None:
    """A batch has ended."""
    batches = machine.state.batches[around.path]
    batches.remove(path)
    if not batches:
        del machine.state.batches[around.path]


def ask_again_whether_to_go(machine: Machine, around: Frame) -> None:
    """An item has begun or ended."""
    paths = machine.state.batches.get(around.path, ())
    machine.queue.extend(Task("start", path) for path in paths if _collects(machine, path))


def all_wait(machine: Machine, batch: Frame) -> bool:
    """Whether there is nothing to collect any more: every item that is under way waits, and no other begins."""
    assert batch.parent is not None
    around = machine.state.frames[batch.parent]
    items = cast(Items, around.memory)
    under_way = len(around.children) - count(machine, around)
    if items.begins_more and under_way < items.up_to:
        return False
    waiting = [
        memory_of(machine.state.frames[path]).items
        for path in machine.state.batches[around.path]
        if _collects(machine, path)
    ]
    return under_way <= (len(waiting[0]) if len(waiting) == 1 else len(set().union(*waiting)))


def memory_of(batch: Frame) -> BatchMemory:
    assert type(batch.memory) is BatchMemory
    return batch.memory


def _collects(machine: Machine, path: str) -> bool:
    frame = machine.state.frames.get(path)
    return frame is not None and not frame.cancelling and memory_of(frame).phase == "collecting"


def _open_for(machine: Machine, around: Frame, to: tuple[str, str | None], size: int, in_files: int) -> Frame | None:
    """What collects such questions, and has room for this one; a full one goes out."""
    for path in machine.state.batches.get(around.path, ()):
        if not _collects(machine, path):
            continue
        frame = machine.state.frames[path]
        memory = memory_of(frame)
        if (memory.model, memory.queue) != to:
            continue
        fits = memory.size + size <= MOST_BYTES and memory.in_files + in_files <= MOST_IN_FILES
        if len(memory.questions) < MOST_QUESTIONS and fits:
            return frame
        memory.full = True
        machine.queue.append(Task("start", path))
    return None


def _around(machine: Machine, frame: Frame) -> tuple[Frame | None, str]:
    """The `parallel for` in which it is asked, and the item of that."""
    item = frame
    while item.parent is not None:
        above = machine.state.frames[item.parent]
        if above.kind in ("ParallelFor", "RaceFor"):
            return above, item.path
        item = above
    return None, ""
