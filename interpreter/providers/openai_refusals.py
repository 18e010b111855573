"""What of a request a server does not take, as far as its own words say so: then it is asked again without that.

A server names the field in `param`, or in its message. A value that it does not take (`temperature` 3.0) is no such
thing: leaving it out would be another question.
"""

import re

from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.openai_request import cannot_be_held_to, held_to

_VALUE = re.compile(
    r"(above|below)_(max|min)|<=|>=|maximum|minimum|between|less than|greater than|too (large|small|high|low)|at most"
)
_ONLY_ITS_OWN = re.compile(
    r"\b(must|may|can|should|has to|have to)( only)? be (set to |exactly |equal to )*1(\.0+)?\b(?![.,]\d)"
    r"|\bonly (be |set to |supports? |accepts? |temperature ?=? ?)*1(\.0+)?\b(?![.,]\d)|\bleft at (its|the) default"
)
"""Of `temperature`: a model that takes its own alone takes none."""
_ONE_OF = re.compile(r"supported values|(must|should) be (one of|'|`)|expected one of")
_SYSTEM = re.compile(
    r"\bsystem\b.{0,40}\b(role|message|prompt)|\b(role|message)s?\b.{0,60}\bsystem\b|\b(developer|system) instruction"
)
_STREAM = re.compile(r"\bstream(ing|ed)?\b")
_FORM = re.compile(
    r"response_format|response format|text\.format|json.?schema|json mode|structured output|guided_json|grammar"
    r"|\bschema\b.{0,40}\b(constraint|complex)"
)
_THINKING = re.compile(r"\bsupport (thinking|reasoning)\b")
_TOOLS = re.compile(r"\btools?\b|function[ _-]?call|tool[ _-]?(use|call|choice)")
_ONLY_STRICT = re.compile(r"\bstrict\b")
_NOT = re.compile(
    r"not? (be )?(support|allow|permit|available|enabled|valid|recogni|accept|implement)|n't (support|allow|accept)"
    r"|unsupported|unavailable|unknown|unrecogni|unexpected|extra|invalid|only the default|deprecated|use '?max_tokens"
    r"|failed to (parse|convert)|conversion failed|unimplemented|requires --|only (for|supported|available)"
    r"|but not both|cannot be combined|too (complex|many states)|no endpoints found that support|must be 'json_schema'"
)


def refused_parts(request: ChatRequest, status: int, param: str, message: str) -> tuple[str, ...]:
    """Those of `payloads.REFUSABLE` that were sent and are not taken."""
    said = message.lower()
    if status not in (400, 404, 405, 415, 422, 500, 501):
        return ()
    if "temperature" in _sent(request) and "temperature" in (param or said) and _ONLY_ITS_OWN.search(said):
        return () if "temperature" in request.without else ("temperature",)
    if not (param or _NOT.search(said)):
        return ()
    if _about_a_value(param, said):
        return ()
    named = re.sub(r"reasoning\.?effort", "reasoning_effort", param.lower() or said)
    sent = [part for part in _sent(request) if part not in request.without]
    found = tuple(part for part in sent if part in named)
    if not found and _has_tools(request) and _TOOLS.search(f"{named} {said}"):
        found = ("tools",)
    if not found and "system" not in request.without and request.instructions and _SYSTEM.search(said):
        found = ("system",)
    if not found and held_to(request) is not None and _FORM.search(f"{named} {said}"):
        found = _next_form(request, said)
    if not found and "reasoning_effort" in sent and _THINKING.search(said):
        found = ("reasoning_effort",)
    if not found and "stream" not in request.without and _STREAM.search(named):
        found = ("stream",)
    return found


def _has_tools(request: ChatRequest) -> bool:
    return request.talk is not None and request.talk.tools_text is not None and "tools" not in request.without


def _about_a_value(param: str, said: str) -> bool:
    if "reasoning_effort" in (param or said) and _ONE_OF.search(said):
        return True
    return param in ("", "temperature", "max_tokens", "max_completion_tokens") and bool(_VALUE.search(said))


def _sent(request: ChatRequest) -> list[str]:
    said = {"temperature": request.temperature, "seed": request.seed, "reasoning_effort": request.reasoning}
    return ["stream_options", "max_completion_tokens", *(part for part, value in said.items() if value is not None)]


def _next_form(request: ChatRequest, said: str) -> tuple[str, ...]:
    """The form of the answer that comes closest to the one that was refused."""
    if cannot_be_held_to(held_to(request), request):
        return () if "json_object" in request.without else ("json_object",)
    if "strict" not in request.without and _ONLY_STRICT.search(said) and "schema" not in said:
        return ("strict",)
    return ("json_schema",)
