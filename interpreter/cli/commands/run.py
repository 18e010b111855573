"""`dsl run`."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.ast.node import walk
from dsl.ast.statements import AwaitApproval
from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.definition.seal import Sealed
from dsl.definition.unseal import unseal
from interpreter.cli.accompany import Accompaniment
from interpreter.cli.again import again_option
from interpreter.cli.carry_out import carry_out
from interpreter.cli.configuring import config_option, read_config
from interpreter.cli.fields import text_fields
from interpreter.cli.given_flow import given_source
from interpreter.cli.nameable import nameable
from interpreter.cli.own_output import prints_on_standard_error
from interpreter.cli.reading import read_input
from interpreter.cli.remembered import Remembered, remember
from interpreter.cli.screen import choose_screen
from interpreter.cli.scripted import MORE, Script, read_script
from interpreter.cli.serving import Serving, refuse_without_key, serving_options
from interpreter.cli.signing import key_option, read_key, require_signed_option, verified_option, who_answers
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.terminal import can_ask
from interpreter.cli.tool_logs import Voice, tool_logs
from interpreter.cli.tools import ChosenTools, chosen_tools
from interpreter.cli.working import loaded_tools, working
from interpreter.cli.writing import STAGED, writing_options
from interpreter.client.compiling import compile_flow
from interpreter.client.ids import checked_id
from interpreter.client.signed import refuse_unsigned
from interpreter.client.starting import Again, new_id
from interpreter.client.submission import input_schema
from interpreter.mcp.place import NAME as LOCK

if TYPE_CHECKING:
    from interpreter.identity.keys import SigningKey


@dataclass(frozen=True)
class Wanted:
    """What was typed."""

    file: Path
    flow: str | None
    given: str | None
    assignments: tuple[str, ...]
    config: tuple[str, ...]
    files: tuple[str, ...]
    tools: tuple[str, ...]
    script: Script | None
    id: str | None
    requester: str | None
    task_queue: str | None
    as_json: bool
    serving: Serving
    key: "SigningKey | None"
    verified: bool
    require_signed: bool
    staged: bool
    with_tools: bool
    again: Again

    @property
    def writes_nothing(self) -> bool:
        """A rehearsal is there to be looked at: it writes only when that is asked for too."""
        return self.staged or (not self.serving.asks and not self.with_tools)


@click.command(
    epilog="""\b
Examples:
  dsl run examples/support.flow --input examples/support.json --rehearse
  dsl run examples/refine.flow --set topic=tides --staged --record tides.cassette.jsonl
  dsl run examples/refine.flow --set topic=tides --replay tides.cassette.jsonl
  dsl run examples/refine.flow --set topic=tides --tools my_tools --answers answers.yaml
"""
)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=flow_files)
@click.option("--input", "given", metavar="FILE|-|JSON", help="The flow's input.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="One field of the input: text as it is, else JSON.",
)
@config_option
@click.option("--file", "files", multiple=True, metavar="NAME=PATH", help="A field of the input that is a file.")
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@click.option(
    "--tools", multiple=True, metavar="MODULE|FILE", help="Where the tools are.  [default: FILE's <name>_tools.py]"
)
@click.option("--answers", type=click.Path(path_type=Path), help="YAML with the answers to approvals.")
@click.option("--id", metavar="ID", help="The run's id.  [default: the flow's name and a few random digits]")
@click.option(
    "--requester",
    metavar="NAME",
    help="Who asks for it.  [default: the user of the operating system]",
    callback=nameable,
)
@click.option(
    "--task-queue", metavar="NAME", help="The worker's task queue.  [default: one of the run's own]", callback=nameable
)
@again_option
@serving_options
@key_option
@verified_option
@require_signed_option
@writing_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each event, the last one the result.")
@target_options
def run(
    file: Path,
    given: str | None,
    assignments: tuple[str, ...],
    config: tuple[str, ...],
    files: tuple[str, ...],
    flow: str | None,
    tools: tuple[str, ...],
    answers: Path | None,
    id: str | None,
    requester: str | None,
    task_queue: str | None,
    again: Again,
    serving: Serving,
    key_file: Path | None,
    verified: bool,
    require_signed: bool,
    staged: bool,
    with_tools: bool,
    as_json: bool,
    target: Target,
) -> int:
    """Run a flow here and follow it to its end.

    FILE may be `-`, standard input. It starts a Temporal server of its own when none is given, a worker with the
    tools, and the run. Progress goes to standard error, the result to standard output. Ctrl-C leaves the run on
    disk; a second one cancels it.
    """
    script = read_script(answers) if answers is not None else None
    key = read_key(key_file)
    requester = requester or who_answers(None, key)
    serving = replace(serving, place=file.resolve().parent).of_flow(file)
    wanted = Wanted(
        file,
        flow,
        given,
        assignments,
        config,
        files,
        tools,
        script,
        id,
        requester,
        task_queue,
        as_json,
        serving=serving,
        key=key,
        verified=verified,
        require_signed=require_signed or serving.models.require_signed,
        staged=staged,
        with_tools=with_tools,
        again=again,
    )
    with prints_on_standard_error():
        return carry_out(_run(wanted, target))


async def _run(wanted: Wanted, target: Target) -> int:
    sealed = compile_flow(given_source(wanted.file, wanted.given), wanted.flow)
    input = read_input(wanted.given, wanted.assignments, text_fields(input_schema(sealed)), wanted.files)
    config = read_config(wanted.config, sealed)
    if wanted.require_signed:
        refuse_unsigned(sealed)
    if wanted.script is not None:
        wanted.script.refuse_unknown(approvals_of(sealed))
    if wanted.task_queue is None:
        refuse_without_key(sealed, wanted.serving)
    wanted.serving.begin_recording()
    id = checked_id(wanted.id) if wanted.id is not None else new_id(sealed.flow)
    queue = wanted.task_queue or f"run-{id}"
    tools = chosen_tools(wanted.tools, wanted.file)
    loaded = loaded_tools(tools.modules, str(Path.cwd()))
    partial = wanted.task_queue is not None
    voice = Voice()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(connected(target))
        stack.enter_context(tool_logs(target.folder, id, voice))
        lock = wanted.file.with_name(LOCK)
        worker = working(
            client,
            queue,
            loaded,
            sealed,
            partial=partial,
            serving=wanted.serving,
            staged=wanted.writes_nothing,
            lock=lock,
        )
        await stack.enter_async_context(worker)
        run = await client.submit(
            sealed,
            input,
            id=id,
            task_queue=queue,
            requester=wanted.requester,
            verified=wanted.verified,
            require_signed=wanted.require_signed,
            staged=wanted.writes_nothing,
            with_tools=wanted.with_tools,
            again=wanted.again,
            models=wanted.serving.models,
            config=config,
        )
        remember(target.folder, _remembered(id, wanted, tools, queue, target))
        screen = choose_screen(sealed.flow, as_json=wanted.as_json, server=target.as_typed)
        staged = [STAGED] if wanted.writes_nothing else []
        voice.through(screen.say)
        screen.begins(id)
        for line in (*wanted.serving.said, *staged, *tools.said, *await client.links(id)):
            screen.say(line)
        how_to_return = f"dsl attach {id}{target.as_typed}"
        at_terminal = can_ask() and not wanted.as_json
        by = who_answers(None, wanted.key)
        staying = Accompaniment(run, screen, wanted.script, at_terminal, how_to_return, by, wanted.key, target.as_typed)
        return await staying.until_over()


def _remembered(id: str, wanted: Wanted, tools: ChosenTools, queue: str, target: Target) -> Remembered:
    modules, file = list(tools.modules), str(wanted.file.resolve())
    serving = wanted.serving
    people = str(serving.people) if serving.people is not None else None
    place = str(Path.cwd())
    files = (serving.scripted, serving.record, serving.replay)
    answers = (str(file) if file is not None else None for file in files)
    where = (target.address, target.namespace)
    return Remembered(id, file, modules, place, queue, *where, people, serving.rehearse, *answers)


def approvals_of(sealed: Sealed) -> list[str]:
    """What answers may be for: all approvals that the flow may reach, what its agents call only after one, and more of
    a budget that people are asked for."""
    definition = unseal(sealed.json, sealed.hash)
    nodes = [node for flow in definition.flows.values() for node in walk(flow)]
    gated = {use.target for agent in definition.agents.values() for use in agent.uses if use.gate}
    asked = {MORE} if any(getattr(each, "asks", ()) for each in [*nodes, *definition.agents.values()]) else set[str]()
    return sorted(gated | asked | {node.name for node in nodes if isinstance(node, AwaitApproval)})
