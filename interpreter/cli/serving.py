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
from dsl.models.configured import Models, models_for
from dsl.models.unusable import Unusable
from interpreter.cli.problem import Misuse
from interpreter.providers.access import KEY, UnusableAccess
from interpreter.providers.registry import HOW, can_ask, has_key, lacking

REHEARSING = "rehearsal: no model is asked, the answers of agents are made up"


@dataclass(frozen=True)
class Serving:
    """`people` is the file of those who may answer, `rehearse` makes the answers of agents up; `place` is the folder
    whose `steadflow.toml` counts (the current one without it).
    """

    people: Path | None = None
    rehearse: bool = False
    place: Path | None = None

    @property
    def models(self) -> Models:
        """As they are known here. A rehearsal asks no provider, and takes no turns."""
        try:
            known = models_for(self.place)
        except Unusable as error:
            raise Misuse(str(error)) from None
        return Models(known.settings) if self.rehearse else known

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


def refuse_without_key(sealed: Sealed, serving: Serving) -> None:
    """A run whose agents would only wait does not start."""
    if serving.rehearse:
        return
    models = serving.models
    agents = unseal(sealed.json, sealed.hash).agents
    try:
        lacks = {name: lack for name in sorted(agents) if (lack := lacking(agents[name].models, models)) is not None}
    except UnusableAccess as error:
        raise Misuse(str(error)) from None
    for lack in lacks.values():
        asking = [name for name, other in lacks.items() if other.lacks == lack.lacks]
        how = HOW.format(key=lack.key)
        raise Misuse(f"the flow asks a model ({', '.join(asking)}), and there is no {lack.lacks}: {how}")


def told_at_start(serving: Serving) -> list[str]:
    """What a worker says at its start about agents and people."""
    asks, models = serving.said, serving.models
    if not asks and not can_ask(models=models):
        asks = [f"no {KEY}, so agents wait for a worker that can ask a model: {HOW.format(key=KEY)}"]
    for served in models.providers.values():
        if not has_key(served):
            asks.append(f"no {served.key}, so the models of the provider {served.name} wait for a worker that has it")
        elif served.requests_per_second is not None:
            asks.append(
                f"asking {served.name} at most {served.requests_per_second:g} times a second, all workers together"
            )
    if serving.people is None:
        return [*asks, "whoever answers a question is not verified: --people FILE says who may"]
    return asks
