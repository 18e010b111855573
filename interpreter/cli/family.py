"""A run and the runs that its flow steps started, followed as one.

A child's notes are told under the path of the step that started it: what the child calls `one_question/note` is
`research/each[0]/note/note` from the top.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from interpreter.boundary.view import Note
from interpreter.client.errors import ClientError, UnknownRun
from interpreter.client.following import Seen
from interpreter.client.run import Run
from interpreter.client.writing import Writing

_PATIENCE = (0.05, 0.2, 0.5, 1.0, 2.0)
_LAST_NOTES = 1.0


@dataclass(frozen=True)
class Told:
    """A note with its path from the top; `run` is the one it came from, and `own_path` its path there."""

    run: Run
    note: Note
    own_path: str


class Family:
    """Follows the run from the top, and each child as soon as its step starts. `seen` is told how the top stands, and
    `writes` the end of what models are writing, with the path of the call.
    """

    def __init__(self, top: Run, seen: Seen | None = None, writes: Callable[[str, str], None] | None = None) -> None:
        self.top = top
        self._writes = writes
        self._seen = seen
        self._told: asyncio.Queue[Told | None] = asyncio.Queue()
        self._followers: set[asyncio.Task[None]] = set()

    async def follow(self) -> AsyncIterator[Told]:
        """Until the run at the top is over."""
        following = asyncio.create_task(self._follow_all())
        following.add_done_callback(lambda _: self._told.put_nowait(None))
        try:
            while (told := await self._told.get()) is not None:
                yield told
            following.result()
        finally:
            for task in (following, *self._followers):
                task.cancel()
            await asyncio.gather(following, *self._followers, return_exceptions=True)

    async def _follow_all(self) -> None:
        await self._follow(self.top, "")
        if self._followers:  # the children are over as well, but their last notes may still be on their way
            await asyncio.wait(self._followers, timeout=_LAST_NOTES)

    async def _follow(self, run: Run, prefix: str) -> None:
        seen = self._seen if not prefix else None
        async for note in run.follow(seen=seen, tokens=True) if self._writes is not None else run.follow(seen=seen):
            if isinstance(note, Writing):
                if self._writes is not None:
                    self._writes(_below(prefix, note.path), note.text)
                continue
            if not prefix or note.node != "run":  # how a child began and ended is told by its step
                self._told.put_nowait(Told(run, _under(note, prefix), note.path))
            if note.node == "flow" and note.kind == "started":
                child = asyncio.create_task(self._follow_child(run, note, prefix))
                self._followers.add(child)
                child.add_done_callback(self._followers.discard)

    async def _follow_child(self, parent: Run, note: Note, prefix: str) -> None:
        child = await parent.child(note.path)
        for pause in _PATIENCE:  # the note that a child is to be started may come before the child
            try:
                await child.describe()
                break
            except UnknownRun:
                await asyncio.sleep(pause)
        try:
            await self._follow(child, _below(prefix, note.path))
        except ClientError:  # the parent tells how it ended; a child that cannot be followed is only less to see
            return


def _below(prefix: str, path: str) -> str:
    return f"{prefix}/{path.split('/', 1)[1]}" if prefix else path


def _under(note: Note, prefix: str) -> Note:
    """The note as part of the run at the top."""
    if not prefix:
        return note
    path, name = _below(prefix, note.path), note.name
    return replace(note, path=path, name=_below(prefix, name) if note.node == "undo" else name)
