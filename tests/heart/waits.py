"""Waits for events, and for whatever comes first: a part of the writer of random flows; and what is sent to them."""

import random
from functools import partial
from typing import Any

from interpreter.boundary.send import Send
from interpreter.simulation.simulation import SimulatedRun

EVENTS = ("word", "sign")
KEYS = (None, "a1", "start", "short")


def wait(writer: Any, place: Any) -> str:
    return first(writer, place) if writer.owed.random() < 0.5 else event(writer, place)


def event(writer: Any, place: Any) -> str:
    name, expected = _expected(writer, place)
    late, left = writer.block(place.inside(), leave=writer.owed.random() < 0.5)
    if left:
        place.texts.append(name)
    return f"await {expected} timeout {writer.owed.randint(1, 9)}s else {{\n{late}\n}}"


def first(writer: Any, place: Any) -> str:
    """At least one time, so that it ends; what runs beside it may lose, and is undone."""
    ways = []
    for _ in range(writer.owed.randint(1, 2)):
        name, expected = _expected(writer, place)
        inner = place.inside()
        inner.texts.append(name)
        body, _ = writer.block(inner)
        ways.append(f"{expected} {{\n{body}\n}}")
    if not writer.free and writer.owed.random() < 0.6:
        tool = writer.owed.choice(["t.idempotent", "t.write", "t.keyed", "t.read"])
        body, _ = writer.block(place.inside())
        ways.append(f"step {writer.fresh('s')} = {tool}(x: {writer.value(place)}) {{\n{body}\n}}")
    if not writer.free and writer.owed.random() < 0.3:
        name = writer.fresh("a")
        body, _ = writer.block(place.inside())
        ways.append(f'approval {name} "May we?" {{ from "leads" timeout 5s then reject }} {{\n{body}\n}}')
    after = writer.owed.choice(["0s", "1s", "3s", "7s"])
    body, _ = writer.block(place.inside())
    ways.append(f"after {after} {{\n{body}\n}}")
    return "await first {\n" + "\n".join(ways) + "\n}"


def _expected(writer: Any, place: Any) -> tuple[str, str]:
    name = writer.fresh("w")
    key = writer.owed.choice(["", "", f" from {writer.owed.choice(place.texts)}"])
    where = writer.owed.choice(["", "", f" where len({name}) > 1", f" where {name} != {name}.by"])
    return name, f"event {writer.owed.choice(EVENTS)} as {name}: text{key}{where}"


def send_some(run: SimulatedRun, chance: random.Random) -> None:
    """Some events, at some times, some of them twice, or with something else under an id that was used."""
    for number in range(chance.randint(0, 5)):
        id_ = f"event-{chance.choice([number, number, 0])}"
        send = Send(
            id_, chance.choice(EVENTS), chance.choice(["a", "a1", "ann", "long words"]), "ann", chance.choice(KEYS)
        )
        at = run.simulation.now + chance.choice([0.0, 0.4, 1.0, 2.5, 6.0])
        run.simulation.at(at, partial(run.send, send))
