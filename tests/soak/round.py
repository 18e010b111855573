"""One round: random flows on a server and workers of its own, faults as planned, and the comparison at the end."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.caps import Cap, Line, Page, Written
from interpreter.core.caps import period
from interpreter.stores.directory import DirectoryStore
from interpreter.worker.books import Books
from tests.live.runs import LiveRun, Runs, eventually
from tests.soak.bank import Bank
from tests.soak.compare import Ended, Finding, compare
from tests.soak.crew import Crew, Registry
from tests.soak.ends import ended
from tests.soak.faults import Fault, plan
from tests.soak.flows import Chosen, choose
from tests.soak.people import ASKS, attend, look_on
from tests.soak.server import Server, connected
from tests.soak.tools import LINGERS

T = TypeVar("T")
PATIENCE = 90.0
"""Seconds after the last fault until a run that has not ended is taken for hung."""
MOST_TOKENS = 40_000
"""Of all runs of a round together: few calls find room at once, and wait for each other."""
CALM = 30.0
"""Seconds that the server may be out of reach, counted from when it was killed."""


@dataclass
class Played:
    """What came of a round."""

    seed: int
    folder: Path
    runs: list[Ended] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    effects: int = 0
    workers_lost: int = 0
    servers_lost: int = 0
    seconds: float = 0.0


@dataclass
class Round:
    seed: int
    folder: Path
    registry: Registry
    number: int = 10
    live: dict[int, LiveRun] = field(default_factory=dict)
    servers_lost: int = 0
    one_server: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def play(self) -> Played:
        began, chance = time.monotonic(), random.Random(self.seed)
        chosen = await asyncio.to_thread(choose, chance, self.number)
        faults = plan(chance, self.number)
        self._write_down(chosen, faults)
        self.bank = Bank(self.folder / "bank.db")
        self.bank.open()
        self.server = Server(self.folder)
        name = f"soak{self.seed}"
        self.crew = Crew(self.registry, name, self.server.address, self.folder, name)
        try:
            await self.server.start()
            self.client = await connected(self.server.address)
            self.crew.come()
            ends = await self._carry_out(chosen, faults, chance)
            await self._nobody_at_work()
            over = await self._all_over()
            book = await self._book()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self.crew.gone()
            await self.server.kill()
        effects = self.bank.effects()
        findings = [*compare(ends, effects, self.bank.tokens()), *self._within_the_cap(ends, book, over)]
        played = Played(self.seed, self.folder, ends, findings, len(effects), self.crew.lost)
        played.servers_lost, played.seconds = self.servers_lost, time.monotonic() - began
        return played

    def _write_down(self, chosen: list[Chosen], faults: list[Fault]) -> None:
        for number, flow in enumerate(chosen):
            (self.folder / f"{number}.flow").write_text(flow.text, encoding="utf-8")
        (self.folder / "faults.txt").write_text("".join(f"{fault}\n" for fault in faults), encoding="utf-8")

    # -- runs

    async def _carry_out(self, chosen: list[Chosen], faults: list[Fault], chance: random.Random) -> list[Ended]:
        runs = Runs(self.client, self.crew.queue, DirectoryStore(self.folder / "objects"))
        delays = [chance.uniform(0, 2) for _ in chosen]
        eagerly = [chance.random() < 0.25 for _ in chosen]
        attended = [number for number, flow in enumerate(chosen) if ASKS.search(flow.text)]
        asking = asyncio.gather(
            attend(self.live, attended, runs, random.Random(chance.random())),
            look_on(self.live, runs, random.Random(chance.random())),
        )
        striking = asyncio.gather(*(self._strike(fault) for fault in faults))
        try:
            parts = zip(range(len(chosen)), chosen, delays, eagerly, strict=True)
            await asyncio.gather(*(self._start(runs, *part) for part in parts), striking)
            async with asyncio.TaskGroup() as group:
                ending = [group.create_task(ended(run, PATIENCE)) for run in self.live.values()]
            return [task.result() for task in ending]
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

    async def _start(self, runs: Runs, number: int, flow: Chosen, delay: float, eagerly: bool) -> None:
        await asyncio.sleep(delay)
        id = f"{self.crew.name}-{number}"

        async def start() -> LiveRun:
            try:
                return await runs.start(
                    flow.text,
                    {"x": "start"},
                    main="main",
                    id=id,
                    eagerly=eagerly,
                    requester="requester",
                    caps=[self.cap],
                )
            except WorkflowAlreadyStartedError:  # the server was killed before it could answer the first time
                return LiveRun(self.client, id, "")

        self.live[number] = await persistently(start)

    # -- the cap over all runs of the round

    @property
    def cap(self) -> Cap:
        return Cap("round", f"steadflow-cap/soak{self.seed}", per="month", tokens=MOST_TOKENS)

    async def _book(self) -> Written:
        """How it stands, told by a worker of our own: who worked for it may be gone."""
        name, renews = period(self.cap.per, time.time())
        page = Page(f"{self.cap.book}/{name}", self.cap.name, None, MOST_TOKENS, renews)
        books = Books(self.client)

        async def look() -> Written | None:
            with suppress(RuntimeError):
                return await books.write(page, Line([]))
            return None

        try:
            return await eventually(look)
        finally:
            await books.close()

    async def _all_over(self) -> bool:
        """Whether the detached flows of the round end too, which nobody waits for."""
        still = f"WorkflowId STARTS_WITH 'soak{self.seed}-' AND ExecutionStatus = 'Running'"
        until = time.monotonic() + PATIENCE
        while (await self.client.count_workflows(still)).count:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.5)
        return True

    def _within_the_cap(self, ends: list[Ended], book: Written, over: bool) -> Iterator[Finding]:
        """It holds; and where all runs are `over`, what models have counted stands there, and nothing is set aside."""
        counted, name = sum(self.bank.tokens().values()), self.cap.book
        if book.tokens + book.reserved_tokens > MOST_TOKENS:
            yield Finding("unbalanced", name, f"{book.tokens} are spent under a cap of {MOST_TOKENS}")
        if not over:
            return
        if counted > book.tokens:
            yield Finding("unbalanced", name, f"models have counted {counted} tokens, and {book.tokens} stand there")
        if book.reserved_tokens and all(end.outcome != "hung" for end in ends):
            yield Finding("unbalanced", name, f"{book.reserved_tokens} tokens are left set aside")

    # -- faults

    async def _strike(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at)
        match fault.what:
            case "kill a worker":
                self.crew.kill(fault.which)
            case "stop a worker":
                self.crew.kill(fault.which, signal.SIGTERM)
            case "all workers away":
                self.crew.leave()
                await asyncio.sleep(fault.seconds)
                self.crew.come()
            case "kill the server":
                await self._kill_server(fault.seconds)
            case "cancel":
                await self._cancel(fault.which)

    async def _kill_server(self, seconds: float) -> None:
        async with self.one_server:
            self.servers_lost += 1
            await self.server.kill()
            await asyncio.sleep(seconds)
            await self.server.start()

    async def _cancel(self, number: int) -> None:
        async def begun() -> LiveRun | None:
            return self.live.get(number)

        run = await eventually(begun)
        with suppress(RPCError):  # it has ended
            await persistently(run.handle.cancel)

    async def _nobody_at_work(self) -> None:
        """A tool that outlasts its timeout may take effect later than its run has ended; nothing may then be left."""
        longest = max(LINGERS) + 1

        async def nobody() -> bool | None:
            return self.bank.at_work(time.time() - longest) == 0 or None

        await eventually(nobody)


async def persistently(action: Callable[[], Awaitable[T]]) -> T:
    """Again while the server is away; what was asked twice must come to the same."""
    until = time.monotonic() + CALM
    while True:
        try:
            return await action()
        except RPCError as error:
            final = error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT)
            if final or time.monotonic() > until:
                raise
        await asyncio.sleep(0.1)
