"""How the worker inside of a command works, as far as that is not said by its tools: whom it knows, whom it asks.

A rehearsal, in which the answers of agents are made up, is asked for, never fallen into.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dsl.definition.seal import Sealed
from dsl.definition.unseal import unseal
from interpreter.cli.problem import Misuse
from interpreter.providers.access import KEY, UnusableAccess
from interpreter.providers.registry import HOW, can_ask

REHEARSING = "rehearsal: no model is asked, the answers of agents are made up"


@dataclass(frozen=True)
class Serving:
    """`people` is the file of those who may answer, `rehearse` makes the answers of agents up."""

    people: Path | None = None
    rehearse: bool = False

    @property
    def said(self) -> list[str]:
        """What must be known before anything happens."""
        return [REHEARSING] if self.rehearse else []


def serving_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of its worker, and hands it a `serving`."""

    @click.option(
        "--rehearse",
        is_flag=True,
        help="Ask no model: make agents' answers up. Nothing is written then, unless the run has --with-tools.",
    )
    @click.option(
        "--people",
        type=click.Path(path_type=Path),
        envvar="STEADFLOW_PEOPLE",
        metavar="FILE",
        help="YAML with who may answer, and their keys: then only signed answers count. [env: STEADFLOW_PEOPLE]",
    )
    @wraps(command)
    def with_serving(*args: Any, rehearse: bool, people: Path | None, **rest: Any) -> Any:
        return command(*args, serving=Serving(people.resolve() if people else None, rehearse), **rest)

    return with_serving


def _can_ask() -> bool:
    try:
        return can_ask()
    except UnusableAccess as error:
        raise Misuse(str(error)) from None


def refuse_without_key(sealed: Sealed, serving: Serving) -> None:
    """A run whose agents would only wait does not start."""
    if serving.rehearse or _can_ask():
        return
    agents = sorted(unseal(sealed.json, sealed.hash).agents)
    if agents:
        raise Misuse(f"the flow asks a model ({', '.join(agents)}), and there is no {KEY}: {HOW}")


def told_at_start(serving: Serving) -> list[str]:
    """What a worker says at its start about agents and people."""
    asks = serving.said
    if not asks and not _can_ask():
        asks = [f"no {KEY}, so agents wait for a worker that can ask a model: {HOW}"]
    if serving.people is None:
        return [*asks, "whoever answers a question is not verified: --people FILE says who may"]
    return asks
