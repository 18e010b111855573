"""What agents were told and answered, as one HTML page that loads nothing and runs nothing."""

import base64
from collections.abc import Callable, Iterator
from html import escape

from dsl.diagnostics.inert import inert_lines
from interpreter.boundary.payloads import JSON
from interpreter.client.transcripts import Transcript

LARGEST_IMAGE = 5_000_000
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc }
h2 small { font-weight: normal; color: #666 }
article { margin: .7rem 0; padding: .5rem .8rem; border-left: 4px solid #bbb; background: #f6f6f6 }
article.user { border-color: #2a6fb0 } article.assistant { border-color: #2b8a4b; background: #f0f7f1 }
article.tool { border-color: #b07a2a } article.system { border-color: #777; color: #444 }
article header { font-size: .8rem; color: #666 } pre { margin: 0; font: inherit; white-space: pre-wrap }
figure { margin: .5rem 0 } img { max-width: 100% } figcaption, p { font-size: .85rem; color: #666; margin: 0 }
pre.call { font: .85rem/1.4 ui-monospace, monospace } [lang], pre { overflow-wrap: anywhere }
"""


Content = Callable[[str], bytes | None]
"""What is behind the SHA-256 of a file; None where that cannot be had."""


def transcript_page(run: str, transcripts: list[Transcript], content: Content) -> str:
    sections = "\n".join(line for each in transcripts for line in _section(each, content))
    name = _text(run)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{_STYLE}</style></head>\n<body><h1>{name}</h1>\n{sections}\n</body></html>\n"
    )


def _section(transcript: Transcript, content: Content) -> Iterator[str]:
    unasked = " · no model was asked" if transcript.rehearsal else ""
    beside = _text(f"{transcript.agent} · {transcript.model}{unasked}")
    yield f"<section><h2>{_text(transcript.step)} <small>{beside}</small></h2>"
    if transcript.instructions is not None:
        yield _article("system", "system", _said(transcript.instructions))
    names: dict[str, str] = {}
    for message in transcript.messages:
        yield _message(message, names, content)
    yield "</section>"


def _message(message: JSON, names: dict[str, str], content: Content) -> str:
    role, calls = message["role"], message.get("calls", [])
    names.update({call["id"]: call["name"] for call in calls})
    title = f"tool · {names.get(message.get('call'), '?')}" if role == "tool" else role
    parts = [_said(message["text"])] if message["text"] or not calls else []
    parts += [_file(file, content) for file in message.get("files", [])]
    parts += [f'<pre class="call">{_text(call["name"])} {_text(call["arguments"])}</pre>' for call in calls]
    return _article(role, title, "".join(parts))


def _file(file: JSON, content: Content) -> str:
    """An image as one, anything else by its name."""
    told = _text(f"{file['name']} ({file['media_type']}, {file['size']:,} bytes)")
    found = content(file["sha256"]) if file["media_type"] in _IMAGES and file["size"] <= LARGEST_IMAGE else None
    if found is None:
        return f"<p>{told}</p>"
    address = f"data:{file['media_type']};base64,{base64.b64encode(found).decode()}"
    return f'<figure><img src="{address}" alt="{told}"><figcaption>{told}</figcaption></figure>'


def _article(role: str, title: str, content: str) -> str:
    kind = role if role in ("system", "user", "assistant", "tool") else "other"
    return f'<article class="{kind}"><header>{_text(title)}</header>{content}</article>'


def _said(text: str) -> str:
    return f"<pre>{_text(text)}</pre>"


def _text(text: str) -> str:
    return escape(inert_lines(text.replace("\r\n", "\n")))
