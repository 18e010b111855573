"""What servers report of the tokens of one answer, whatever they call it.

What a model thought is paid for as a part of its answer. Some servers count it beside the answer and not in it; their
total tells that, so the answer has at least what the total leaves for it; so does a part that is more than the whole.
A question without a token there is not: who reports that, counts nothing.
"""

from typing import Any

from interpreter.boundary.numbers import tokens
from interpreter.boundary.payloads import ChatUsage
from interpreter.providers.provider import believable

Report = dict[str, Any]


def told_usage(report: Report) -> ChatUsage | None:
    """Of a chat (`prompt_tokens`) or a response (`input_tokens`); None where it cannot be true."""
    sent, answer = _first(report, "prompt_tokens", "input_tokens"), _first(report, "completion_tokens", "output_tokens")
    sent_parts = _parts(report, "prompt_tokens_details", "input_tokens_details")
    answer_parts = _parts(report, "completion_tokens_details", "output_tokens_details")
    cached = _first(sent_parts, "cached_tokens") or _first(report, "prompt_cache_hit_tokens", "cached_tokens")
    written = _first(sent_parts, "cache_write_tokens")
    reasoned = _first(answer_parts, "reasoning_tokens") or _first(report, "reasoning_tokens")
    whole = tokens(report.get("total_tokens"))
    if whole is not None and sent is not None and answer is not None:
        answer = max(answer, whole - sent)
    if not sent or answer is None:
        return None
    if reasoned is not None and reasoned > answer:
        answer += reasoned
    return believable(ChatUsage(sent, answer, cached or 0, written or 0, reasoned or 0))


def _first(report: Report, *names: str) -> int | None:
    counts = (tokens(report.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)


def _parts(report: Report, *names: str) -> Report:
    return next((parts for name in names if type(parts := report.get(name)) is dict), {})
