"""`dsl lock`."""

from collections.abc import Iterator
from pathlib import Path

import click

from dsl.analysis import analyse
from dsl.ast.declarations import ToolDeclaration, TypeDeclaration
from dsl.linking.files import files_of
from interpreter.cli import exit_codes
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Misuse, NoServer, Refused
from interpreter.client.submission import read_source
from interpreter.mcp.errors import AnswerLost, ServerSaysNo, ServerUnavailable, Unusable
from interpreter.mcp.lock_file import Lock, lock_text, read_lock
from interpreter.mcp.offering import declarations
from interpreter.mcp.place import NAME
from interpreter.mcp.server import Server
from interpreter.worker.locking import WITHIN, Declared, Found, look
from interpreter.worker.served import servers_of


@click.command(
    epilog="""\b
Examples:
  dsl lock examples/notes.flow
  dsl lock flows/*.flow --check
  dsl lock --offer "npx -y @modelcontextprotocol/server-filesystem /srv" --name fs
"""
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where anything differs. For CI.")
@click.option("--offer", metavar="COMMAND|URL", help="Print declarations for all that this server offers.")
@click.option("--name", default="server", show_default=True, metavar="NAME", help="The server's name, with --offer.")
@click.option("--auth", multiple=True, metavar="NAME", help="A credential that it gets, with --offer.")
def lock(files: tuple[Path, ...], check: bool, offer: str | None, name: str, auth: tuple[str, ...]) -> int:
    """Pin what MCP servers offer.

    Starts the servers that the files declare, and writes what they say of the declared tools into `flow.lock` beside
    the files. A worker calls no tool that says something else. Says what does not fit a declaration.
    """
    if bool(files) == (offer is not None):
        raise Misuse("name the flow files, or a server with --offer")
    try:
        if offer is not None:
            return carry_out(_offer(Server(name, offer, auth)))
        return carry_out(_lock(files, check))
    except Unusable as error:
        raise Misuse(str(error)) from error


async def _offer(server: Server) -> None:
    servers = servers_of(Path(NAME))
    try:
        click.echo(declarations(server, await servers.listing(server, WITHIN)), nl=False)
    except (ServerUnavailable, ServerSaysNo, AnswerLost) as error:
        raise NoServer(f"the server `{server.address}`: {error}") from error
    finally:
        await servers.close()


async def _lock(files: tuple[Path, ...], check: bool) -> int:
    folders = {file.resolve().parent for file in files}
    if len(folders) > 1:
        raise Misuse(f"one {NAME} pins the flows of one folder; these are in {len(folders)}")
    declared = [one for file in files for one in _declared(file)]
    before = read_lock(files[0].with_name(NAME))
    if not declared:
        click.echo("no tools of MCP servers are declared", err=True)
        return exit_codes.DONE
    servers = servers_of(before.path)
    try:
        found = await look(declared, before, servers)
    except (ServerUnavailable, ServerSaysNo, AnswerLost) as error:
        raise NoServer(f"a server cannot be asked: {error}") from error
    finally:
        await servers.close()
    return _told(found, before, check)


def _declared(file: Path) -> Iterator[Declared]:
    source = read_source(file)
    analysis = analyse(source, files=files_of(source.name))
    if any(each.severity == "error" for each in analysis.diagnostics):
        raise Refused(f"{source.name} does not pass the check: `dsl check {source.name}` says why")
    types = {one.name: one.type for one in analysis.module.declarations if isinstance(one, TypeDeclaration)}
    for one in analysis.module.declarations:
        if isinstance(one, ToolDeclaration) and one.served is not None:
            yield Declared(one, types)


def _told(found: Found, before: Lock, check: bool) -> int:
    for line in (*found.same, *found.differs, *(f"note: {note}" for note in found.notes)):
        click.echo(line)
    for problem in found.problems:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {problem}", err=True)
    if not check:
        before.path.write_text(lock_text(found.servers, found.pins), encoding="utf-8")
        click.echo(f"wrote {before.path}: {len(found.pins)} pinned", err=True)
    elif found.differs:
        click.echo(f"{before.path} is not current: `dsl lock` writes it", err=True)
    return exit_codes.FAILED if found.problems or (check and found.differs) else exit_codes.DONE
