"""What is typed as the fields of an event, read as the flow declares them: where it says text, `zip=01234` is one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed
from dsl.values.schema import json_schema
from interpreter.boundary.payloads import JSON
from interpreter.cli.fields import text_fields
from interpreter.cli.reading import NO_TEXTS, read_answer
from interpreter.client.carried import definition_of
from interpreter.client.compiling import compile_flow
from interpreter.client.definitions import from_check
from interpreter.client.run import Run
from interpreter.client.submission import FlowSource, read_source


async def read_sent(
    parts: Sequence[str], event: str, run: Run, file: Path | None, source: FlowSource | None, flow: str | None
) -> JSON:
    """For a run that is there, or one that `file` may start with it. Where the definition of one that is there cannot
    be had, what is typed is read by what it looks like."""
    if file is not None and source is not None:
        return read_sent_at_start(parts, event, file, source, flow)
    return _read(parts, event, await definition_of(run) if parts else None)


def read_sent_at_start(parts: Sequence[str], event: str, file: Path, source: FlowSource, flow: str | None) -> JSON:
    """A file is read unless it was already."""
    if not parts:
        return None
    sealed = source if isinstance(source, Sealed) else compile_flow(read_source(file), flow)
    return _read(parts, event, from_check(sealed.json, sealed.hash))


def _read(parts: Sequence[str], event: str, definition: Definition | None) -> JSON:
    texts = NO_TEXTS if definition is None else _texts(definition, event)
    return read_answer(parts, texts, what="what is sent")


def _texts(definition: Definition, event: str) -> Mapping[str, bool]:
    """A run that another has started carries the definition of that one: the event may be of any of its flows."""
    for flow in (definition.flow, *definition.flows):
        expected = definition.events(flow).get(event)
        if expected:
            return text_fields(json_schema(expected[0].type, definition.types, for_model=False))
    return NO_TEXTS
