"""Tools of `report.flow`: a small web, and pages that are files."""

import hashlib
import os
from pathlib import Path

from interpreter.api import current, tool

WEB = {
    "https://tides.example.com/fundy": "The bay of Fundy has the highest tides, 16 metres between low and high water.",
    "https://tides.example.com/moon": "The moon pulls at the sea, and so there are two high waters a day.",
}


@tool("web.search")
def search(query: str) -> list[dict[str, str]]:
    """Pages that have one of the words."""
    words = {word for word in query.lower().split() if len(word) > 3}
    return [{"url": url, "text": text} for url, text in WEB.items() if any(word in text.lower() for word in words)]


@tool("reports.publish")
def publish(title: str, body: str) -> dict[str, str]:
    """Named by the key, so a second attempt writes the same file."""
    name = hashlib.sha256(current().key.encode()).hexdigest()[:12]
    (folder() / f"{name}.md").write_text(f"# {title}\n\n{body}\n", encoding="utf-8")
    return {"url": f"reports/{name}.md"}


@tool("reports.withdraw")
def withdraw(url: str) -> None:
    (folder() / Path(url).name).unlink(missing_ok=True)


def folder() -> Path:
    found = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent) / "reports"
    found.mkdir(exist_ok=True)
    return found
