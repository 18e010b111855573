"""How many tokens a model can answer with at most; pinned in a run's input when it is submitted.

The snapshot of prices does not say it. A model that is asked for more than it can give is refused by its provider, and
one that is not listed here gets a default that every current model can give. The first pattern that fits counts.

Where the numbers come from: each was compared in November 2026 with the table of limits that the package `litellm`
1.110.2 ships, a third party's, because the makers' own pages could not be read. Where that says several numbers for a
model, the smallest that its maker serves it with stands here: too small an answer can be asked for again, too large a
request is refused. What that table did not confirm is not listed; `answer at most N tokens` says it for such a model.
"""

import re
from collections.abc import Iterable

_MOST_OUTPUT: tuple[tuple[str, int], ...] = (
    (r"gpt-6.*", 128_000),
    (r"gpt-5[\d.]*-chat.*", 16_384),
    (r"gpt-5.*", 128_000),
    (r"gpt-4\.1.*", 32_768),
    (r"gpt-4o-2024-05-13", 4_096),
    (r"gpt-4o.*|chatgpt-4o.*", 16_384),
    (r"gpt-4-turbo.*|gpt-3\.5-turbo.*", 4_096),
    (r"o1-mini.*", 65_536),
    (r"o[134](-(?!preview).*)?", 100_000),
    (r"claude-3-(opus|haiku|sonnet).*", 4_096),
    (r"claude-3-5-sonnet-20240620", 4_096),
    (r"claude-3-5-.*|claude-3\.5-.*", 8_192),
    (r"claude-(3-7|3\.7)-.*", 64_000),
    (r"claude-opus-4(-0|-1|\.1|-2025\d+)?(-2025\d+)?", 32_000),
    (r"claude-(opus|sonnet|haiku)-4.*", 64_000),
    (r"claude-(opus|sonnet|haiku)-5.*", 128_000),
    (r"gemini-2\.5-(computer|.*tts).*", 16_384),
    (r"gemini-2\.5.*", 65_535),
    (r"gemini-3.*", 65_536),
)


def resolve_max_output(models: Iterable[str]) -> dict[str, int]:
    """For each model that is known; one that is not is absent."""
    return {model: most for model in models if (most := _most_output(model)) is not None}


def _most_output(model: str) -> int | None:
    name = model.rpartition("/")[2].lower()
    return next((most for pattern, most in _MOST_OUTPUT if re.fullmatch(pattern, name)), None)
