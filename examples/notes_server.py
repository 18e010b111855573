"""A small MCP server over stdio: notes in memory. It is written with the official SDK, as any server would be, and
knows nothing of flows: `python notes_server.py` serves an editor as well.
"""

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import BaseModel

LONGEST = 2_000

server = MCPServer("notes")
notes = {
    "Tides": "The moon pulls the water; there are two tides a day.",
    "Harbour": "Ships leave with the high tides.",
    "Lamps": "The lamp of the lighthouse is checked each week.",
}


class Note(BaseModel):
    title: str
    body: str


class Saved(BaseModel):
    saved: str


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def search(words: str) -> list[Note]:
    """Notes that have all the words."""
    wanted = words.lower().split()
    found = (
        (title, body) for title, body in notes.items() if all(word in f"{title} {body}".lower() for word in wanted)
    )
    return [Note(title=title, body=body) for title, body in found]


@server.tool(annotations=ToolAnnotations(idempotent_hint=True))
def save(title: str, body: str) -> Saved:
    """Keep a note; one of the same title is replaced."""
    if len(body) > LONGEST:
        raise ValueError(f"a note has at most {LONGEST} characters")
    notes[title] = body
    return Saved(saved=title)


@server.resource("notes://style", name="style", mime_type="text/plain")
def style() -> str:
    """How notes are to be written."""
    return "Short sentences. No more than five."


if __name__ == "__main__":
    server.run("stdio")
