"""Which provider answers, by what the worker's environment holds. Keys never enter a history."""

import os
from collections.abc import Mapping

from interpreter.providers.provider import Provider
from interpreter.providers.rehearsal import RehearsalProvider


def provider_from_environment(environment: Mapping[str, str] = os.environ) -> Provider:
    """The real API where there is an `OPENAI_API_KEY` (at `OPENAI_BASE_URL`, when given), a rehearsal otherwise."""
    key = environment.get("OPENAI_API_KEY")
    if not key:
        return RehearsalProvider()
    # Importing openai takes about a second: only a worker that really uses it pays for that.
    from interpreter.providers.openai import OpenAIProvider

    return OpenAIProvider(key, environment.get("OPENAI_BASE_URL") or None)
