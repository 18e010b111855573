"""Stay with a run until it is over: show what happens, get its questions answered, say what it waits for in vain."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import AnswerReply, RunResult
from interpreter.boundary.persons import same_person
from interpreter.cli import exit_codes
from interpreter.cli.asking import Given, ask
from interpreter.cli.failure import bad_end
from interpreter.cli.family import Family, Told
from interpreter.cli.interrupts import SECOND_CHANCE, Interrupts
from interpreter.cli.person import current_user
from interpreter.cli.screen import Screen
from interpreter.cli.scripted import Script, ScriptedAnswer
from interpreter.cli.troubles import say_troubles
from interpreter.client.errors import AnswerRefused, ClientError
from interpreter.client.outcome import result_of
from interpreter.client.questions import Asked
from interpreter.client.run import Run

if TYPE_CHECKING:
    from interpreter.identity.keys import SigningKey

CLOSING = frozenset({"approved", "rejected", "timed_out", "withdrawn"})
STILL_OPEN, CLOSED_NOW = "this question is still open", "this question is closed now"
LOOK_EVERY = 1.0
PATIENCE = 3.0
"""Seconds before we say that nothing works on a task queue."""


@dataclass
class Accompaniment:
    """What is needed to stay with one run. `how_to_return` says how to come back to it; `server`: the options that say
    where it is, for the commands that are suggested.
    """

    run: Run
    screen: Screen
    script: Script | None
    at_terminal: bool
    how_to_return: str
    by: str = field(default_factory=current_user)
    key: "SigningKey | None" = None
    server: str = ""
    _answering: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)
    _dropped: list[asyncio.Task[None]] = field(default_factory=list)
    _terminal: asyncio.Lock = field(default_factory=asyncio.Lock)
    _leaving: bool = False

    async def until_over(self) -> int:
        """The exit code."""
        interrupts = Interrupts(self._say_that_it_stays)
        interrupts.listen()
        following = asyncio.create_task(self._follow())
        beside = [
            asyncio.create_task(say_troubles(self.run, self.screen.say)),
            asyncio.create_task(self._watch_queues()),
            asyncio.create_task(self._cancel_when_told(interrupts)),
        ]
        leaving = asyncio.create_task(interrupts.leaving.wait())
        try:
            await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                self._leaving = True
                return exit_codes.LEFT
            following.result()
        finally:
            await _stop([following, leaving, *beside, *self._answering.values(), *self._dropped])
            if self._leaving or following.cancelled() or following.exception() is not None:
                self.screen.pause()
        return await self._end()

    def _say_that_it_stays(self) -> None:
        self.screen.say(
            f"\nThe run stays on disk. Come back with: {self.how_to_return}\n"
            f"Press Ctrl-C again within {SECOND_CHANCE:.0f} seconds to cancel it instead."
        )

    async def _cancel_when_told(self, interrupts: Interrupts) -> None:
        await interrupts.cancelling.wait()
        self.screen.say("Cancelling; waiting until what it did is undone.")
        await self.run.cancel()

    async def _follow(self) -> None:
        writes = self.screen.writes if self.screen.reads_along else None
        family = Family(self.run, self.screen.stands, writes)
        async for told in family.follow():
            self.screen.note(told.note)
            if told.note.node == "approval":
                self._attend(told)

    # -- questions

    def _attend(self, told: Told) -> None:
        """Get a question answered from its opening to its end; a new stage is a new chance to ask."""
        key = (told.run.id, told.own_path)
        if told.note.kind in CLOSING:
            self._drop(key)
        elif told.note.kind in ("asked", "escalated"):
            self._drop(key)
            self._answering[key] = asyncio.create_task(self._answer(told))

    def _drop(self, key: tuple[str, str]) -> None:
        answering = self._answering.pop(key, None)
        if answering is not None:
            answering.cancel()
            self._dropped.append(answering)

    async def _answer(self, told: Told) -> None:
        try:
            asked = await self._asked(told)
            if asked is None:
                return
            for answer in self.script.take(asked.question) if self.script else []:
                current = await self._asked(told)
                if current is not None:
                    await self._give(current, answer)
            if await self._asked(told) is None:
                return
            if self.at_terminal:
                await self._ask_here(told)
            else:
                await self._say_how(asked)
        except ClientError as error:
            self.screen.say(f"{told.note.name} cannot be answered from here: {inert(str(error))}")

    async def _asked(self, told: Told) -> Asked | None:
        """The question as it stands now; None when it is closed already."""
        for question in (await told.run.state()).questions:
            if question.id == told.own_path:
                return Asked(told.run, question)
        return None

    async def _give(self, asked: Asked, answer: ScriptedAnswer) -> None:
        by = answer.by or self.by
        try:
            said = {**asdict(answer), "by": by}
            reply = await to_its_end(asked.run.answer(asked.question, **said, key=self._key_of(by)))
        except AnswerRefused as error:
            self.screen.say(f"the answer of {by} to {asked.question.name} was refused: {inert(str(error))}")
        else:
            self.screen.say(f"{by} answers {asked.question.name}: {answer.decision} ({reply.outcome})")

    def _key_of(self, by: str) -> "SigningKey | None":
        """The key is that of who sits here."""
        return self.key if same_person(by, self.by) else None

    async def _ask_here(self, told: Told) -> None:
        """One question at a time has the terminal. An answer that is refused is asked for again."""
        async with self._terminal:
            self.screen.pause()
            try:
                while (asked := await self._asked(told)) is not None:
                    given = await ask(asked.question)
                    if given is None:
                        click.echo(f"  {STILL_OPEN}", err=True)
                        await self._say_how(asked)
                        return
                    if await self._give_typed(asked, given):
                        return
            except asyncio.CancelledError:
                click.echo(f"\n  {STILL_OPEN if self._leaving else CLOSED_NOW}", err=True)
                raise
            finally:
                self.screen.resume()

    async def _give_typed(self, asked: Asked, given: Given) -> bool:
        try:
            reply = await to_its_end(asked.run.answer(asked.question, **asdict(given), by=self.by, key=self.key))
        except AnswerRefused as error:
            click.echo(f"  {inert(str(error))}", err=True)
            return False
        click.echo(f"  {reply.outcome}", err=True)
        return True

    async def _say_how(self, asked: Asked) -> None:
        """With its name, unless it is all that this run asks."""
        asks = (await asked.run.state()).questions
        only = asked.run.id == self.run.id and all(each.id == asked.question.id for each in asks)
        self.screen.question(asked.run.id, asked.question, only=only)

    # -- what it waits for, and how it ended

    async def _watch_queues(self) -> None:
        said: set[str] = set()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for missing in await self.run.missing_workers():
                waited = (datetime.now(UTC) - missing.since).total_seconds()
                if missing.queue not in said and waited >= PATIENCE:
                    said.add(missing.queue)
                    self.screen.say(missing.advice_at(self.server))

    async def _end(self) -> int:
        try:
            result: RunResult = await result_of(self.run.temporal, self.run.handle, self.run.store)
        except ClientError as error:
            end = await bad_end(self.run, error)
            self.screen.failed(self.run.id, end.record, end.text)
            return exit_codes.FAILED
        self.screen.result(self.run.id, result)
        return exit_codes.DONE


async def to_its_end(giving: Coroutine[Any, Any, AnswerReply]) -> AnswerReply:
    """An answer that is on its way is heard of, also when its question closes meanwhile: perhaps because of it."""
    task = asyncio.create_task(giving)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:  # twice, where the question closes and then the run ends
            if task.cancelled():
                raise
    return task.result()


async def _stop(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, ClientError):  # how the run ended is told by its result
            await task
