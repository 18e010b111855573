"""Carry a run on that has begun: with the worker that `dsl run` had, as far as that is remembered."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.definition.seal import Sealed
from dsl.definition.unseal import unseal
from interpreter.cli.accompany import Accompaniment
from interpreter.cli.remembered import Remembered, people_of
from interpreter.cli.screen import choose_screen
from interpreter.cli.scripted import read_script
from interpreter.cli.serving import Serving
from interpreter.cli.signing import who_answers
from interpreter.cli.target import Target
from interpreter.cli.terminal import can_ask
from interpreter.cli.tool_logs import Voice, tool_logs
from interpreter.cli.tools import chosen_tools, told
from interpreter.cli.working import loaded_tools, working
from interpreter.client.client import Client
from interpreter.client.compiling import compile_flow
from interpreter.client.errors import ClientError
from interpreter.client.listing import what_it_is_of
from interpreter.client.run import Run
from interpreter.client.submission import read_source
from interpreter.mcp.place import NAME as LOCK

if TYPE_CHECKING:
    from interpreter.identity.keys import SigningKey


@dataclass(frozen=True)
class Wanted:
    """What was typed."""

    tools: tuple[str, ...]
    answers: Path | None
    serving: Serving
    key: "SigningKey | None"
    as_json: bool


@dataclass(frozen=True)
class Of:
    """Whom people know: the run that was started with `dsl run`, and how to come back to this one."""

    run: str
    how_to_return: str


async def carry_on(client: Client, run: Run, before: Remembered | None, wanted: Wanted, target: Target, of: Of) -> int:
    """Follow the run to its end, with a worker for it where it is known which tools it has. The exit code."""
    script = read_script(wanted.answers) if wanted.answers is not None else None
    description = await run.describe()
    memo = await description.memo()
    flow, hash_ = await what_it_is_of(client.temporal, description, memo)
    flow = flow or run.id
    said: list[str] = []
    voice = Voice()
    async with AsyncExitStack() as stack:
        stack.enter_context(tool_logs(target.folder, run.id, voice))
        if before is not None or wanted.tools:
            modules = _modules(before, wanted.tools)
            loaded = loaded_tools(modules, before.search_path if before is not None else str(Path.cwd()))
            file = Path(before.flow_path) if before is not None else None
            place = file.parent if file is not None else None
            serving = replace(_serving(wanted.serving, before, people_of(target.folder, of.run)), place=place)
            sealed = still_there(file, flow, hash_) if file is not None else None
            lock = file.with_name(LOCK) if file is not None else None
            await stack.enter_async_context(
                working(client, description.task_queue, loaded, sealed, partial=True, serving=serving, lock=lock)
            )
            said = [*serving.said, *map(told, modules)]
        screen = choose_screen(flow, as_json=wanted.as_json, server=target.as_typed)
        voice.through(screen.say)
        screen.begins(run.id)
        for line in (*said, *await client.links(run.id)):
            screen.say(line)
        at_terminal = can_ask() and not wanted.as_json
        by = who_answers(None, wanted.key)
        staying = Accompaniment(run, screen, script, at_terminal, of.how_to_return, by, wanted.key, target.as_typed)
        return await staying.until_over()


def as_before(before: Remembered | None, target: Target) -> Target:
    """The server that `dsl run` had, unless another is named."""
    if before is None or target.address is not None:
        return target
    return replace(target, address=before.address, namespace=target.namespace or before.namespace)


def _serving(wanted: Serving, before: Remembered | None, people: Path | None) -> Serving:
    """Agents are answered as before, unless something else is asked for now."""
    people = wanted.people or people
    if not wanted.asks or wanted.record is not None or before is None:
        return replace(wanted, people=people)
    files = (Path(file) if file is not None else None for file in (before.scripted, before.record, before.replay))
    scripted, record, replay = files
    return Serving(people, before.rehearse, scripted=scripted, record=record, replay=replay)


def _modules(before: Remembered | None, named: tuple[str, ...]) -> tuple[str, ...]:
    return chosen_tools(named, None).modules if named or before is None else tuple(before.tools)


def still_there(file: Path, flow: str, hash: str) -> Sealed | None:
    """What the run was started with, where the file still says it, and servers carry out some of its tools: the worker
    then has those.
    """
    try:
        sealed = compile_flow(read_source(file), flow)
    except ClientError:
        return None
    served = any(tool.served is not None for tool in unseal(sealed.json, sealed.hash).tools.values())
    return sealed if served and sealed.hash == hash else None
