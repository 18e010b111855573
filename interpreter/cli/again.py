"""The option about an id that a run has already."""

from collections.abc import Callable
from typing import Any

import click

again_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--again",
    type=click.Choice(["reject", "new", "attach"]),
    default="reject",
    show_default=True,
    help="When a run has this --id: refuse, start anew if that one is over, or attach to it.",
)
