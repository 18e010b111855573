"""`dsl codec-server`."""

import re

import click

from interpreter.cli.problem import Misuse, Problem
from interpreter.encryption.errors import FILE_VARIABLE, VARIABLE, UnusableKeys
from interpreter.encryption.keyring import Keyring, keyring_of

PORT = 8081
_ORIGIN = re.compile(r"https?://[^/\s?#]+")


@click.command(
    epilog="""\b
Examples:
  dsl codec-server --origin http://localhost:8233
  temporal workflow show -w order-17 --codec-endpoint http://127.0.0.1:8081
"""
)
@click.option(
    "--origin", "origins", multiple=True, metavar="URL", help="Where pages that may ask come from: the Web UI."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="0 takes any that is free."
)
def codec_server(origins: tuple[str, ...], port: int) -> None:
    """Decrypt for Temporal's Web UI, here.

    Answers /decode and /encode with the keys of the environment until stopped, to programs on this machine alone, and
    to pages from the origins that are named. In the Web UI: the glasses at the top, "Codec Server", the address that
    this prints.
    """
    # A web server is of no use to any other command.
    from interpreter.converter.codec_server import CodecServer

    usable = frozenset(_origin(origin) for origin in origins)
    try:
        server = CodecServer(_keys(), usable, port)
    except OSError as error:
        raise Problem(f"port {port} cannot be had: {error.strerror}; choose another with --port") from error
    click.echo(f"decrypting at {server.address} for {', '.join(sorted(usable)) or 'no page'}", err=True)
    with server:
        server.serve_forever()


def _keys() -> Keyring:
    try:
        keys = keyring_of()
    except UnusableKeys as error:
        raise Misuse(str(error)) from error
    if not keys:
        raise Misuse(f"there is no key to decrypt with: set {VARIABLE} or {FILE_VARIABLE}")
    return keys


def _origin(text: str) -> str:
    origin = text.strip().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise Misuse(f"`{text}` is no origin: write it as http://localhost:8233")
    return origin
