"""The tools of monitor.flow: a real request, and a file that says whom the pager called."""

import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from interpreter.api import current, tool


@dataclass(frozen=True)
class Probe:
    status: int


@tool("web.probe")
def probe(url: str) -> Probe:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return Probe(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Probe(refusal.code)
    except OSError:
        return Probe(503)


@tool("pager.call")
def call(text: str) -> None:
    """One file for each call, named by the key: a second attempt writes the same file."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent) / "pager"
    folder.mkdir(exist_ok=True)
    (folder / f"{current().key.replace('/', '-')}.txt").write_text(text, encoding="utf-8")
