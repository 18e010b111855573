"""Where in the author's text a step of a run stands: from the source map that was stored when the run was submitted."""

import json
import re
from dataclasses import dataclass
from typing import Any

from dsl.source import Source, Span, joined
from interpreter.boundary import names
from interpreter.client.run import Run
from interpreter.stores.store import StoreError

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Place:
    """A span in the text as it was when the run was submitted."""

    source: Source
    span: Span


async def place_of(run: Run, path: str) -> Place | None:
    """The place of a step path, or the nearest block around it. None when the source map cannot be had here."""
    memo = await (await run.describe()).memo()
    digest = memo.get(names.MEMO_SOURCE)
    if not isinstance(digest, str):
        return None
    try:
        source_map = json.loads(run.store.get(digest))
    except StoreError:  # a frame is a comfort: a client without the workers' store shows the path instead
        return None
    return find_place(source_map, path)


def find_place(source_map: dict[str, Any], path: str) -> Place | None:
    """The longest part of the path that the map knows."""
    address = _INDEX.sub("[]", path)
    flow = address.split("/", 1)[0]
    spans: dict[str, list[int]] = source_map["flows"].get(flow, {})
    while address and address not in spans:
        address = address.rpartition("/")[0] if "/" in address else ""
    if not address:
        return None
    start, end = spans[address]
    return Place(*_source(source_map["source"]).within(Span(start, end)))


def _source(kept: dict[str, Any]) -> Source:
    """As it was checked; of several files, each with its own name."""
    text, files = kept["text"], kept.get("files", [])
    starts = [start for start, _ in files]
    ends = [start - 1 for start in starts[1:]] + [len(text)]
    parts = [Source(name, text[start:end]) for (start, name), end in zip(files, ends, strict=False)]
    return joined(parts) if parts else Source(kept["name"], text)
