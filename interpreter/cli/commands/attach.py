"""`dsl attach`."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.definition.seal import Sealed
from dsl.definition.unseal import unseal
from interpreter.boundary import names
from interpreter.cli import completing
from interpreter.cli.accompany import Accompaniment
from interpreter.cli.carry_out import carry_out
from interpreter.cli.own_output import prints_on_standard_error
from interpreter.cli.remembered import Remembered, people_of, recall
from interpreter.cli.screen import choose_screen
from interpreter.cli.scripted import read_script
from interpreter.cli.serving import Serving, serving_options
from interpreter.cli.signing import key_option, read_key, who_answers
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.terminal import can_ask
from interpreter.cli.tool_logs import Voice, tool_logs
from interpreter.cli.tools import chosen_tools, told
from interpreter.cli.working import loaded_tools, working
from interpreter.client.compiling import compile_flow
from interpreter.client.errors import ClientError
from interpreter.client.listing import attribute
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


@click.command(
    epilog="""\b
Example:
  dsl attach support-3f9c2a10
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.option("--tools", multiple=True, metavar="MODULE|FILE", help="Where the tools are.  [default: as before]")
@click.option("--answers", type=click.Path(path_type=Path), help="YAML with the answers to approvals.")
@serving_options
@key_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each event, the last one the result.")
@target_options
def attach(
    run: str,
    tools: tuple[str, ...],
    answers: Path | None,
    serving: Serving,
    key_file: Path | None,
    as_json: bool,
    target: Target,
) -> int:
    """Come back to a run and carry it on.

    Starts the server and the worker as `dsl run` did, and follows the run to its end. A run that was started in another
    way is only followed, unless --tools are given.
    """
    with prints_on_standard_error():
        return carry_out(_attach(run, Wanted(tools, answers, serving, read_key(key_file), as_json), target))


async def _attach(id: str, wanted: Wanted, target: Target) -> int:
    before = recall(target.folder, id)
    if before is not None and target.address is None:
        target = replace(target, address=before.address, namespace=target.namespace or before.namespace)
    script = read_script(wanted.answers) if wanted.answers is not None else None
    async with connected(target) as client:
        run = client.run(id)
        description = await run.describe()
        flow = str(
            (await description.memo()).get(names.MEMO_FLOW) or attribute(description, names.FLOW_ATTRIBUTE) or id
        )
        said: list[str] = []
        voice = Voice()
        async with AsyncExitStack() as stack:
            stack.enter_context(tool_logs(target.folder, id, voice))
            if before is not None or wanted.tools:
                modules = _modules(before, wanted.tools)
                loaded = loaded_tools(modules, before.search_path if before is not None else str(Path.cwd()))
                file = Path(before.flow_path) if before is not None else None
                place = file.parent if file is not None else None
                serving = replace(_serving(wanted.serving, before, people_of(target.folder, id)), place=place)
                hash_ = (await description.memo()).get(names.MEMO_HASH) or attribute(description, names.HASH_ATTRIBUTE)
                sealed = still_there(file, flow, str(hash_)) if file is not None else None
                lock = file.with_name(LOCK) if file is not None else None
                await stack.enter_async_context(
                    working(client, description.task_queue, loaded, sealed, partial=True, serving=serving, lock=lock)
                )
                said = [*serving.said, *map(told, modules)]
            screen = choose_screen(flow, as_json=wanted.as_json, server=target.as_typed)
            voice.through(screen.say)
            screen.begins(id)
            for line in (*said, *await client.links(id)):
                screen.say(line)
            how_to_return = f"dsl attach {id}{target.as_typed}"
            at_terminal = can_ask() and not wanted.as_json
            by = who_answers(None, wanted.key)
            staying = Accompaniment(run, screen, script, at_terminal, how_to_return, by, wanted.key, target.as_typed)
            return await staying.until_over()


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
