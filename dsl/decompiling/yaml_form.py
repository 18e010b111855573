"""Definitions as YAML, without its surprises.

Read: mappings, lists, texts, whole numbers, `true`, `false` and `null`, and nothing else. A word without quotes that is
none of these is a text, so `no`, `1e3`, `0.50` and a date are what stands there, with every digit. Keys are texts.
Anchors, aliases, tags, several documents and a key that stands twice are refused. There is no recursion: what is nested
without an end is a number to compare.

Written: whatever any reader of YAML could take for something else is in quotes.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from dsl.dataclass import dataclass
from dsl.decompiling.unreadable import Unreadable
from dsl.diagnostics.inert import is_active
from dsl.regex import regex

MOST_DEPTH = 1_000
"""Lists and mappings inside of each other: two for each node that a definition may have inside of another, and more."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C where it is there, which takes a fiftieth of the time."""

_INT = regex(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)
_WORDS = {"": None, "null": None, "~": None, "true": True, "false": False}
_SAFE = regex(r"[A-Za-z_][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*", re.ASCII)
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def read(text: str) -> Any:
    """The value of a document. Raises `Unreadable`."""
    try:
        return _value(yaml.parse(text, Loader=_LOADER))
    except UnicodeEncodeError as error:
        raise Unreadable("half of a character is none", "leave it out") from error
    except yaml.YAMLError as error:
        raise Unreadable(f"this is no YAML: {_said(error)}", "write a definition as `dsl compile` does") from None


def write(value: Any) -> str:
    """What is active stands in double quotes only, where it can be written as an escape."""
    text = str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))
    return "".join(
        _escaped(character) if character != "\n" and is_active(character) else character for character in text
    )


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _said(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        said = error.problem or error.context or "it cannot be read"
        mark = error.problem_mark or error.context_mark
        return said if mark is None else f"{said}, in line {mark.line + 1}"
    return str(error).splitlines()[0][:200]


@dataclass(slots=True)
class _Open:
    """A list or a mapping that is not at its end; a mapping takes keys and values in turn."""

    made: dict[str, Any] | list[Any]
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.made, dict) and self.key is None

    def take(self, value: Any) -> None:
        if isinstance(self.made, list):
            self.made.append(value)
        elif self.key is None:
            self.key = value
        else:
            self.made[self.key] = value
            self.key = None


def _value(events: Iterator[yaml.Event]) -> Any:
    """The document that the events make, built from the outside in."""
    root: list[Any] = []
    around = [_Open(root)]
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused("a second document", event, "a file holds one definition")
        elif isinstance(event, yaml.AliasEvent):
            raise _refused("an alias", event, "write out what it stands for")
        elif isinstance(event, yaml.ScalarEvent):
            _plain(event)
            around[-1].take(_scalar(event, around[-1]))
        elif isinstance(event, yaml.CollectionStartEvent):
            _plain(event)
            _begin(event, around)
        elif isinstance(event, yaml.CollectionEndEvent):
            around.pop()
    if not root:
        raise Unreadable("it is empty", "`dsl compile` writes a definition")
    return root[0]


def _begin(event: yaml.CollectionStartEvent, around: list[_Open]) -> None:
    if around[-1].wants_key:
        raise _refused("a key that is no text", event, "keys are names")
    if len(around) > MOST_DEPTH:
        raise _refused(f"more than {MOST_DEPTH:,} lists and mappings inside of each other", event, "divide it")
    made: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
    around[-1].take(made)
    around.append(_Open(made))


def _plain(event: yaml.NodeEvent) -> None:
    if event.anchor is not None:
        raise _refused("an anchor", event, "write out what it stands for wherever it is meant")
    tag = getattr(event, "tag", None)
    if tag not in (None, "!"):
        raise _refused(f"the tag `{tag[:40]}`", event, "leave it out")


def _scalar(event: yaml.ScalarEvent, around: _Open) -> Any:
    if around.wants_key:
        if event.value in around.made:
            raise _refused(f"`{event.value[:80]}` a second time in one mapping", event, "keep one of them")
        return event.value
    if event.style or not event.implicit[0]:
        return event.value
    if event.value in _WORDS:
        return _WORDS[event.value]
    return int(event.value) if _INT.fullmatch(event.value) else event.value


def _refused(what: str, event: yaml.Event, advice: str) -> Unreadable:
    mark = event.start_mark
    return Unreadable(what if mark is None else f"{what}, in line {mark.line + 1}", advice)


class _Dumper(yaml.SafeDumper):
    """With what is repeated written out, and lists further in than what they belong to."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = _SAFE.fullmatch(value) is not None and value.lower() not in _TAKEN and ": " not in value
    style = None if plain else "|" if _stands_in_a_block(value) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _stands_in_a_block(value: str) -> bool:
    return "\n" in value.strip("\n") and not any(map(is_active, value.replace("\n", "")))


_Dumper.add_representer(str, _text)
