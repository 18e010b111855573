"""Values of the deployment, as they are typed for one run."""

from collections.abc import Sequence

import click

from dsl.definition.seal import Sealed
from interpreter.boundary.payloads import JSON
from interpreter.cli.fields import text_fields
from interpreter.cli.reading import read_assignments
from interpreter.client.submission import config_schema

config_option = click.option(
    "--config",
    "config",
    multiple=True,
    metavar="NAME=VALUE",
    help="A `config` of the flow, before what steadflow.toml says of it.",
)


def read_config(assignments: Sequence[str], sealed: Sealed) -> dict[str, JSON]:
    """`name=value`: a text as it is, else JSON."""
    return read_assignments(assignments, text_fields(config_schema(sealed))) if assignments else {}
