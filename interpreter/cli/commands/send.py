"""`dsl send`."""

import uuid
from pathlib import Path

import click

from dsl.cli.completing import flows_of_the_file
from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.asked_directly import asked_directly
from interpreter.cli.carry_out import carry_out
from interpreter.cli.configuring import config_option
from interpreter.cli.given_flow import given_with_config
from interpreter.cli.nameable import nameable
from interpreter.cli.person import current_user
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Misuse
from interpreter.cli.reading import read_input
from interpreter.cli.sent import read_sent
from interpreter.cli.signing import who_answers
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.client import TASK_QUEUE
from interpreter.client.errors import InputRefused

HOW_TO_GIVE = "Give it with --input FILE, or the JSON itself; `dsl send --help` shows how"


@click.command(
    epilog="""\b
Examples:
  dsl send conversation-7 mail subject=Hello text="Where is my order?" --key c-7 --by ada
  dsl send conversation-7 mail '{"subject": "Hello", "text": "Where is it?"}' --id mail-93
  dsl send deploy-3 go
  dsl send c-7 mail subject=Hello --start conversation.flow --input '{"customer": "c-7"}'
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.argument("event")
@click.argument("value", nargs=-1, metavar="[JSON | FIELD=VALUE…]")
@click.option("--text", metavar="TEXT", help="What is in it, where that is a text and no record.")
@click.option("--key", metavar="KEY", help="Whose it is: a wait `from` a key takes those of that key only.")
@click.option("--by", metavar="NAME", help="Who sends it.  [default: the user of the system]")
@click.option("--wait", is_flag=True, help="Wait for the flow's reply, and print it as JSON.")
@click.option("--id", metavar="ID", help="The event's id: the same again is the same event.  [default: random]")
@click.option(
    "--start",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Start the run first, of this file, where none of this id is under way.",
)
@click.option("--input", "given", metavar="FILE|-|JSON", help="With --start: the flow's input.")
@click.option("--flow", metavar="NAME", shell_complete=flows_of_the_file, help="With --start: which flow of the file.")
@config_option
@click.option(
    "--task-queue",
    default=TASK_QUEUE,
    show_default=True,
    metavar="NAME",
    help="With --start: its queue.",
    callback=nameable,
)
@target_options
def send(
    run: str,
    event: str,
    value: tuple[str, ...],
    text: str | None,
    key: str | None,
    by: str | None,
    wait: bool,
    id: str | None,
    file: Path | None,
    given: str | None,
    flow: str | None,
    config: tuple[str, ...],
    task_queue: str,
    target: Target,
) -> int:
    """Send an event to a run that waits for it, or will.

    The run keeps it until it waits for one of this name, and of this key where it waits for those of one. When the
    command ends, the run has it; the same id again changes nothing. Nobody proves who sends it.
    """
    if file is None and (given is not None or flow is not None or config):
        raise Misuse("--input, --flow and --config say what is started: name its file with --start")
    if text is not None and value:
        raise Misuse("what is in the event is given twice: leave out --text, or the rest")
    sender, event_id = who_answers(by, None), id or uuid.uuid4().hex

    async def deliver() -> None:
        source, values = (None, None) if file is None else given_with_config(file, flow, given, config)
        async with connected(target) as client:
            handle = client.run(run)
            content = text if text is not None else await read_sent(value, event, handle, file, source, flow)
            if source is not None:
                await client.start_or_send(
                    source,
                    read_input(given, ()),
                    id=run,
                    event=event,
                    value=content,
                    key=key,
                    by=sender,
                    event_id=event_id,
                    flow=flow,
                    task_queue=task_queue,
                    requester=current_user(),
                    config=values,
                )
            if wait:
                print_json(await handle.ask(event, content, by=sender, key=key, id=event_id))
                return
            if source is not None:
                click.echo(f"the run has `{inert(event)}`")
                return
            async with asked_directly(client, target, handle) as unattended:
                reply = await handle.send(event, content, by=sender, key=key, id=event_id)
            click.echo(inert(reply.message))
            if unattended:
                click.echo(f"it is recorded, and nothing is done with it yet: {unattended}", err=True)

    return carry_out(deliver(), {InputRefused: HOW_TO_GIVE})
