"""Where in a text of JSON or YAML the value stands that a JSON pointer names: for people who have to change it."""

import yaml

from dsl.dataclass import dataclass
from dsl.definition.shaped import escaped
from dsl.source import Span


@dataclass(slots=True)
class _Open:
    """A list or a mapping, with its pointer and how many values it has had; `key` is that of the next value."""

    pointer: str
    is_list: bool
    number: int = 0
    key: str | None = None


def span_of(text: str, pointer: str) -> Span | None:
    """The first line of the value at `pointer`, or of the innermost one around it that is there."""
    found: Span | None = None
    best = -1
    around: list[_Open] = []
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.CollectionEndEvent):
                around.pop()
                continue
            if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                continue
            at = _pointer(around, event)
            if at is not None and len(at) > best and _leads_to(at, pointer):
                found, best = _span(text, event), len(at)
            if isinstance(event, yaml.CollectionStartEvent):
                around.append(_Open(at or "", isinstance(event, yaml.SequenceStartEvent)))
    except (RecursionError, yaml.YAMLError):
        return None
    return found


def _pointer(around: list[_Open], event: yaml.Event) -> str | None:
    """That of the value which begins; None for a key."""
    if not around:
        return ""
    inside = around[-1]
    if inside.is_list:
        inside.number += 1
        return f"{inside.pointer}/{inside.number - 1}"
    if inside.key is None:
        inside.key = getattr(event, "value", "")
        return None
    key, inside.key = inside.key, None
    return f"{inside.pointer}/{escaped(key)}"


def _leads_to(at: str, pointer: str) -> bool:
    return pointer == at or pointer.startswith(f"{at}/")


def _span(text: str, event: yaml.Event) -> Span | None:
    if event.start_mark is None or event.end_mark is None:
        return None
    start = event.start_mark.index
    line = text.find("\n", start)
    end = event.end_mark.index if line < 0 else min(event.end_mark.index, line)
    return Span(start, max(end, start + 1))
