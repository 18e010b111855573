"""How the worker inside of a command works, as far as that is not said by its tools: whom it knows, whom it asks.

A rehearsal, in which the answers of agents are made up, is asked for, never fallen into.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from interpreter.providers.cassette import ENDING, Cassette, UnusableCassette
from interpreter.providers.registry import HOW, can_ask, has_key, lacking

REHEARSING = "rehearsal: no model is asked, the answers of agents are made up"
SCRIPTED = "rehearsal: models are scripted, none is asked; the answers of agents stand in"
REPLAYED = "rehearsal: no model is asked; the answers of agents were recorded in"
RECORDED = "recording: what models are asked, and what they answer, goes to"
ONE_OF_THEM = "--rehearse, --scripted and --replay ask no model, --record keeps what one says: take one of them"


@dataclass(frozen=True)
class Serving:
    """`people` is the file of those who may answer, `rehearse` makes the answers of agents up, `scripted` is the file
    in which they are written down, `record` the one to which they are recorded, `replay` that in which they were;
    `place` is the folder whose `steadflow.toml` counts (the current one without it).
    """

    people: Path | None = None
    rehearse: bool = False
    place: Path | None = None
    scripted: Path | None = None
    record: Path | None = None
    replay: Path | None = None

    def of_flow(self, flow: Path) -> "Serving":
        """Where a folder of recordings is named, the one of this flow."""

        def file_in(place: Path | None) -> Path | None:
            return place / f"{flow.stem}{ENDING}" if place is not None and place.is_dir() else place

        return replace(self, record=file_in(self.record), replay=file_in(self.replay))

    def begin_recording(self) -> None:
        """A new one, in the place of what was recorded there before."""
        if self.record is not None:
            try:
                Cassette(self.record).begin()
            except UnusableCassette as error:
                raise Misuse(str(error)) from error

    @property
    def models(self) -> Models:
        """As they are known here. A rehearsal asks no provider, and takes no turns."""
        try:
            known = models_for(self.place)
        except Unusable as error:
            raise Misuse(str(error)) from None
        return known if self.asks else replace(known, providers={}, caps={})

    @property
    def asks(self) -> bool:
        """Whether models are asked. Otherwise what the run comes to is a rehearsal."""
        return not self.rehearse and self.scripted is None and self.replay is None

    @property
    def said(self) -> list[str]:
        """What must be known before anything happens."""
        if self.scripted is not None:
            return [f"{SCRIPTED} {self.scripted.name}"]
        if self.replay is not None:
            return [f"{REPLAYED} {self.replay.name}"]
        if self.record is not None:
            return [f"{RECORDED} {self.record.name}"]
        return [REHEARSING] if self.rehearse else []


def serving_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of its worker, and hands it a `serving`."""

    @click.option(
        "--rehearse",
        is_flag=True,
        help="Ask no model: make agents' answers up. Nothing is written then, unless the run has --with-tools.",
    )
    @click.option(
        "--scripted",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Ask no model: YAML with what the models of agents say. Nothing is written then, as with --rehearse.",
    )
    @click.option(
        "--record",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write down what models are asked and answer. In a folder: FLOW.cassette.jsonl.",
    )
    @click.option(
        "--replay",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Ask no model: answer as recorded. Nothing is written then, as with --rehearse.",
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
        files: dict[str, Path | None] = {name: rest.pop(name) for name in ("scripted", "record", "replay")}
        if sum((rehearse, *(file is not None for file in files.values()))) > 1:
            raise Misuse(ONE_OF_THEM)
        files = {name: file and file.resolve() for name, file in files.items()}
        return command(*args, serving=Serving(people and people.resolve(), rehearse, **files), **rest)

    return with_serving


def refuse_without_key(sealed: Sealed, serving: Serving) -> None:
    """A run whose agents would only wait does not start."""
    if not serving.asks:
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
