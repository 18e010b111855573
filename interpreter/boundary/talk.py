"""Payloads of conversations with models, parts of a `ChatRequest` and a `ChatResult`: as `payloads.py` says."""

from dataclasses import dataclass, field
from typing import Any

JSON = Any


@dataclass
class Talk:
    """The conversation that a request is part of. `messages` come after those that are kept in the chain of chunks at
    `head`, of which the last `shown` are sent; the first `hidden` of `messages` are not sent either. A first request
    carries its texts and `tools_text` (a JSON list of `name`, `description` and `parameters`, in order); they are kept
    then, and later requests have the reference of that in `preamble`. `again`: the prompt is not among the messages
    that are shown, so it comes before them. `kept_bytes`: how many bytes of what is sent are kept. `notice` is said
    last, for this request alone. `opening` comes before what is kept, in the place of all that was said before that:
    what is shown is kept anew then, after it, and begins a chain of its own. `plain`: the answer is a text.
    """

    head: JSON = None
    shown: int = 0
    messages: list[JSON] = field(default_factory=list)
    preamble: JSON = None
    tools_text: str | None = None
    again: bool = False
    kept_bytes: int = 0
    notice: str | None = None
    hidden: int = 0
    opening: list[JSON] = field(default_factory=list)
    plain: bool = False


@dataclass
class AskedCall:
    """A call that a model asks for: the provider's id of it, and the JSON text of the arguments, as it was written."""

    id: str
    name: str
    arguments: str
