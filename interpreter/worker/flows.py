"""The definitions that a worker is given: from files, texts, or sealed ones. Every flow of a file counts."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from dsl.decompiling.sources import source_of
from dsl.decompiling.unreadable import Unreadable
from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed, startable
from dsl.definition.unseal import unseal
from dsl.linking.project import text_of, where_no_text
from dsl.source import Source

FlowSource: TypeAlias = str | os.PathLike[str] | Sealed | Definition
"""A path, the text of a file (a `str` of several lines), or a definition."""


class UnusableFlow(ValueError):
    """A file that cannot be read, or does not pass the check."""


def definitions(flows: Iterable[FlowSource]) -> tuple[Definition, ...]:
    """All definitions in `flows`, each once. Raises `UnusableFlow`."""
    found = {definition.hash: definition for flow in flows for definition in _definitions(flow)}
    return tuple(found.values())


def _definitions(flow: FlowSource) -> Iterator[Definition]:
    if isinstance(flow, Definition):
        yield flow
    elif isinstance(flow, Sealed):
        yield unseal(flow.json, flow.hash)
    else:
        yield from _compiled(_source(flow))


def _source(flow: str | os.PathLike[str]) -> Source:
    is_text = isinstance(flow, str) and "\n" in flow
    name = "<text>" if is_text else os.fspath(flow)
    data = b""
    try:
        data = b"" if is_text else Path(flow).read_bytes()
        return source_of(name, str(flow) if is_text else text_of(data))
    except Unreadable as error:
        raise UnusableFlow(f"{name}: {error}") from error
    except UnicodeDecodeError as error:
        raise UnusableFlow(f"{name}:{where_no_text(data, error)}") from error
    except OSError as error:
        raise UnusableFlow(f"{name} cannot be read: {(error.strerror or str(error)).lower()}") from error


def _compiled(source: Source) -> Iterator[Definition]:
    # A worker that is given sealed definitions, or none, needs no parser.
    from dsl.analysis import analyse
    from dsl.linking.files import files_of

    analysis = analyse(source, files=files_of(source.name))
    errors = [diagnostic for diagnostic in analysis.diagnostics if diagnostic.severity == "error"]
    if errors:
        lines = [f"  {_place(analysis.source, one.primary.span.start)}: {one.code} {one.message}" for one in errors]
        raise UnusableFlow(f"{source.name} does not pass the check:\n" + "\n".join(lines))
    for sealed in startable(analysis.facts, analysis.source, gates=analysis.gates, spends=analysis.spends):
        yield unseal(sealed.json, sealed.hash)


def _place(source: Source, offset: int) -> str:
    position = source.position(offset)
    return f"{source.at(offset)[0].name}:{position.line}:{position.column}"
