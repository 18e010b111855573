"""What an agent was told and answered, for a terminal: nothing in it can pass for a line of ours."""

import textwrap
from collections.abc import Iterator

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.client.transcripts import Transcript

WIDE = 100
_ROLE = 11
"""Characters that a role takes."""


def transcript_lines(transcript: Transcript) -> Iterator[str]:
    unasked = "  (no model was asked)" if transcript.rehearsal else ""
    yield inert(f"{transcript.step} · {transcript.agent} · {transcript.model}{unasked}")
    if transcript.instructions is not None:
        yield from _said("system", transcript.instructions)
    names: dict[str, str] = {}
    for message in transcript.messages:
        yield from _message(message, names)


def _message(message: JSON, names: dict[str, str]) -> Iterator[str]:
    """`names` of the calls so far, by their ids."""
    role, calls = message["role"], message.get("calls", [])
    if role == "tool":
        yield from _said("tool", f"{names.get(message.get('call'), '?')} gives {message['text']}")
        return
    if message["text"] or not calls:
        yield from _said(role, message["text"])
    for file in message.get("files", []):
        yield from _said(role, f"shows {file['name']} ({file['media_type']}, {file['size']:,} bytes)")
    for call in calls:
        names[call["id"]] = call["name"]
        yield from _said(role, f"calls {call['name']} {call['arguments']}")


def _said(role: str, text: str) -> Iterator[str]:
    first = f"  {role:<{_ROLE}}"
    for line in text.replace("\r\n", "\n").split("\n"):
        wrapped = textwrap.wrap(inert(line), WIDE, replace_whitespace=False, drop_whitespace=False) or [""]
        for part in wrapped:
            yield f"{first}│ {part}".rstrip()
            first = " " * (_ROLE + 2)
