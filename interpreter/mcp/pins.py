"""What a server says of a tool or a resource, and whether that is still what was pinned.

The digest is that of the name, the description and the schemas: all that a person has read before trusting it, and all
that a model may come to see. A server may say more (titles, icons, hints on what the tool does), which binds nobody.
"""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from dsl.ast.served import PLACE
from interpreter.mcp.errors import ToolChanged

JSON = Any
MOST_SHOWN = 4
"""Lines of a difference that stand in a message; all of them are its details."""


@dataclass(frozen=True)
class Pin:
    """`key` is the name of a tool, or the URI of a resource as declared; `said` what the server says, by its own words.
    A resource that the server does not list has nothing to be said of it.
    """

    kind: str
    key: str
    said: Mapping[str, JSON]

    @property
    def digest(self) -> str:
        text = json.dumps([self.kind, self.key, self.said], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()}"

    @property
    def input_schema(self) -> JSON:
        return self.said.get("inputSchema", {})

    @property
    def output_schema(self) -> JSON:
        return self.said.get("outputSchema")


@dataclass(frozen=True)
class Listing:
    """What a server offers, as it says it: tools by name, resources and templates by URI."""

    tools: Mapping[str, Mapping[str, JSON]]
    resources: Mapping[str, Mapping[str, JSON]]
    templates: Mapping[str, Mapping[str, JSON]]

    def pin(self, kind: str, key: str) -> Pin | None:
        """What can be pinned of a tool, if there is one; of a resource, whether it is listed or not."""
        if kind == "tool":
            said = self.tools.get(key)
            return None if said is None else Pin(kind, key, _kept(said, _OF_TOOLS))
        listed = self.templates if PLACE.search(key) else self.resources
        return Pin(kind, key, _kept(listed.get(key, {}), _OF_RESOURCES))

    def hints(self, tool: str) -> Mapping[str, JSON]:
        return self.tools.get(tool, {}).get("annotations") or {}


_OF_TOOLS = ("description", "inputSchema", "outputSchema")
_OF_RESOURCES = ("name", "description", "mimeType")


def _kept(said: Mapping[str, JSON], names: tuple[str, ...]) -> dict[str, JSON]:
    return {name: said[name] for name in names if said.get(name) is not None}


def refuse_changed(server: str, pinned: Pin, live: Pin | None) -> None:
    """Raises `ToolChanged` where the server offers something else than was pinned."""
    if live is not None and live.digest == pinned.digest:
        return
    what = f"the {pinned.kind} `{pinned.key}` of the server `{server}`"
    if live is None:
        raise ToolChanged(f"{what} is gone", difference(pinned, None))
    diff = difference(pinned, live)
    changed = [line.strip() for line in diff.splitlines()[2:] if line[:1] in "+-"]
    shown = "; ".join(changed[:MOST_SHOWN]) + ("; …" if len(changed) > MOST_SHOWN else "")
    raise ToolChanged(f"{what} is not what was pinned: {shown}", diff)


def difference(pinned: Pin | None, live: Pin | None) -> str:
    """Both as the lock file writes them, the lines that differ marked."""
    before, after = ([] if pin is None else written(pin.said).splitlines() for pin in (pinned, live))
    return "\n".join(difflib.unified_diff(before, after, "pinned", "offered", lineterm="", n=2))


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such, so that a description can be read; what stands twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(data: JSON) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120, default_flow_style=False)
