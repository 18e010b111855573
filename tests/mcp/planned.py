"""The planned server (`tests/live/mcp_server.py`), its tools, a flow file that declares them, and what reached it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.mcp.lock_file import lock_text
from interpreter.mcp.pins import Pin
from interpreter.mcp.place import NAME
from interpreter.mcp.server import Server
from tests.live import mcp_server

PROGRAM = Path(mcp_server.__file__)
ADDRESS = f"{{python}} {PROGRAM} {{folder}}"
ANY = {"type": "object", "properties": {"page": {"type": "string"}}}
TOTAL = {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]}
OUTPUTS = {"count": TOTAL, "unfit": TOTAL}
NAMES = ("echo", "die", "hang", "slow", "noise", "fail", "unfit", "picture", "huge", "count", "change", "variables")

DECLARED = f"""
tools p from mcp "{ADDRESS}" auth "TOKEN" {{
  tool echo(page: text?) -> {{ page: text? }} read
  tool slow(page: text?) -> text read
  tool noise() -> text read
  tool count() -> {{ total: int }} read
  tool change() -> text idempotent
  tool picture() -> {{ content: [{{ type: text, data: text?, mimeType: text? }}] }} read
  tool huge() -> {{ text: text }} read
  tool variables() -> {{ token: text?, secret: text? }} read
  tool unfit() -> {{ total: int }} read {{ retry 0 times }}
  tool unfit_write() -> {{ total: int }} from "unfit" write final {{ verify none "counted at night" }}
  tool die() -> text read {{ retry 2 times backoff 1s to 1s }}
  tool die_write() -> text from "die" write final {{ verify none "counted at night" }}
  tool die_found() -> {{ page: text? }} from "die" write final {{ verify p.echo(page: key) after 1s }}
  tool hang() -> text read {{ timeout 1s retry 0 times }}
  tool hang_write() -> text from "hang" write final {{ timeout 1s verify none "counted at night" }}
  tool wait() -> text from "hang" read {{ timeout 60s }}
  tool wait_write() -> {{ page: text? }} from "hang" write final {{ timeout 60s verify p.echo(page: key) after 1s }}
  tool fail(page: text) -> text read {{ errors NotFound when "ENOENT" retry 0 times }}
  tool fail_write(page: text) -> text from "fail" write final {{
    errors NotFound when "ENOENT"
    verify none "is read again"
  }}
  resource today() -> text from "notes://today"
  resource note(name: text) -> text from "notes://{{name}}"
}}
"""


def _every_tool() -> str:
    lines = []
    for name, parameters in re.findall(r"(?:tool|resource) ([a-z_]+)\((.*?)\)", DECLARED):
        arguments = ", ".join(f'{field}: "x"' for field in re.findall(r"([a-z]+): text(?!\?)", parameters))
        lines.append(f"  step p.{name}({arguments})")
    return "flow every() {\n" + "\n".join(lines) + "\n}\n"


EVERY_TOOL = _every_tool()
"""A worker has the tools that its flows reach."""


@dataclass(frozen=True)
class Planned:
    folder: Path

    @property
    def flow(self) -> Path:
        return self.folder / "p.flow"

    @property
    def lock(self) -> Path:
        return self.folder / NAME

    @property
    def journal(self) -> list[dict[str, Any]]:
        file = self.folder / "journal"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def calls(self, tool: str) -> int:
        return sum(entry.get("tool") == tool for entry in self.journal)

    @property
    def processes(self) -> list[int]:
        return [entry["started"] for entry in self.journal if "started" in entry]

    def forget(self) -> None:
        (self.folder / "journal").unlink(missing_ok=True)
        (self.folder / "may_live").unlink(missing_ok=True)
        (self.folder / "tools.json").write_text(json.dumps(offered()))


def offered() -> list[dict[str, Any]]:
    tools: list[dict[str, Any]] = []
    for name in NAMES:
        tools.append({"name": name, "description": f"The tool {name}.", "inputSchema": ANY})
        if name in OUTPUTS:
            tools[-1]["outputSchema"] = OUTPUTS[name]
    return tools


def pins() -> dict[tuple[str, str, str], Pin]:
    tools = [Pin("tool", one["name"], {name: one[name] for name in one if name != "name"}) for one in offered()]
    resources = [
        Pin("resource", "notes://today", {"name": "today", "mimeType": "text/plain"}),
        Pin("resource", "notes://{name}", {"name": "note"}),
    ]
    return {("p", pin.kind, pin.key): pin for pin in (*tools, *resources)}


def planned(folder: Path) -> Planned:
    made = Planned(folder)
    made.forget()
    made.flow.write_text(f"edition 1\n{DECLARED}\n{EVERY_TOOL}")
    made.lock.write_text(lock_text({"p": Server("p", ADDRESS)}, pins()))
    (folder / "steadflow.toml").write_text(
        f'[mcp.p]\nfolder = "{folder}"\n[auth.TOKEN.env]\nTOKEN = {{ env = "STEADFLOW_TEST_TOKEN" }}\n'
    )
    return made
