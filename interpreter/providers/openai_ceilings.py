"""How long an answer may be, as far as a server's own words say so: then it is asked again with that ceiling.

No server says it in a field. The wordings are those of OpenAI, DeepSeek, Alibaba, Anthropic, Google, Groq, Volcengine
and vLLM, as people have met them; what is worded otherwise is no reason to ask again.
"""

import re
from dataclasses import dataclass

_NUMBER = r"`?([\d,_]+)`?"
_OF_THE_MODEL = (
    rf"supports at most {_NUMBER} (?:completion|output) tokens",
    rf"range of max_(?:completion_)?tokens (?:is|should be) \[\d+, ?{_NUMBER}\]",
    rf"max_(?:completion_)?tokens: [\d,_]+ > {_NUMBER}, which is the maximum",
    rf"max_(?:completion_)?tokens`? must be less than or equal to {_NUMBER}",
    rf"max_(?:completion_)?tokens\b.{{0,80}}\bexpected a value <= {_NUMBER}",
)
_BELOW = rf"maxoutputtokens\b.{{0,80}}\(inclusive\) to {_NUMBER} \(exclusive\)"
_WITH_THE_PROMPT = (
    rf"maximum context length is +{_NUMBER} tokens and your request has {_NUMBER} input tokens",
    rf"maximum context length is +{_NUMBER} tokens\..{{0,40}}requested [\d,_]+ tokens \({_NUMBER} in the messages",
)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most tokens of an answer: of any answer `of_model`, or only of the one to this prompt."""

    tokens: int
    of_model: bool


def told_ceiling(status: int, message: str) -> Ceiling | None:
    said = message.lower()
    if status not in (400, 413, 422):
        return None
    if found := next((each for pattern in _OF_THE_MODEL if (each := re.search(pattern, said))), None):
        return Ceiling(_number(found[1]), of_model=True)
    if found := re.search(_BELOW, said):
        return Ceiling(_number(found[1]) - 1, of_model=True)
    if found := next((each for pattern in _WITH_THE_PROMPT if (each := re.search(pattern, said))), None):
        return Ceiling(_number(found[1]) - _number(found[2]), of_model=False)
    return None


def _number(digits: str) -> int:
    return int(digits.replace(",", "").replace("_", "")[:12] or 0)
