"""What an answer comes to: a text for the machine to read, or why there is none. What follows, the machine decides."""

import json

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.providers.openai_reading import Answer
from interpreter.providers.openai_request import Message, messages, schema_of
from interpreter.providers.provider import ProviderFailure, spent

CUT = frozenset({"length", "max_tokens", "max_output_tokens", "max_completion_tokens", "model_length"})
FILTERED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "sensitive",
    }
)
REFUSED = frozenset({"refusal"})
BROKEN = frozenset({"error", "abort", "network_error", "insufficient_system_resource"})
"""Reasons for an end, of all servers, that mean something; any other is an answer's own end."""


def result(request: ChatRequest, answer: Answer) -> ChatResult:
    """Raises `ProviderFailure`."""
    failure = _failure(request, answer)
    if failure is not None:
        raise failure
    text, calls = answer.text, _calls(request, answer)
    usage, model = answer.usage or _at_most(request, answer), answer.model or request.model
    if calls:
        return ChatResult(None, usage, model, text=text or None, calls=calls)
    if schema_of(request) is None:
        return ChatResult(text, usage, model)
    return ChatResult(None, usage, model, text=text)


def _failure(request: ChatRequest, answer: Answer) -> ProviderFailure | None:
    finish = answer.finish.lower()
    refusal = "".join(answer.refusals)
    if refusal or finish in REFUSED:
        return spent(failures.REFUSED, f"the model refused: {refusal or answer.text}", answer.usage)
    if finish in FILTERED:
        return spent(failures.CONTENT_FILTERED, "the provider's content filter stopped the answer", answer.usage)
    if finish in CUT:
        return spent(failures.MALFORMED_OUTPUT, _cut_off(request, answer), answer.usage, cut=True)
    if finish in BROKEN:
        return spent(failures.OVERLOADED, f"the answer broke off with {answer.finish!r}", answer.usage)
    if not finish and not answer.complete:
        return spent(failures.CONNECTION_FAILED, "the answer ended before it was complete", answer.usage)
    if not answer.text.strip() and not _calls(request, answer):
        return spent(failures.MALFORMED_OUTPUT, _nothing(answer), answer.usage)
    return None


def _calls(request: ChatRequest, answer: Answer) -> list[AskedCall]:
    """Those of an agent that has tools. A server may give none of them an id, or all the same."""
    if request.talk is None or request.talk.tools_text is None:
        return []
    ids = [call.id for call in answer.calls.values()]
    trusted = all(ids) and len(set(ids)) == len(ids)
    number = len(request.talk.messages)
    return [
        AskedCall(call.id if trusted else f"call-{number}-{place}", call.name, call.arguments)
        for place, call in sorted(answer.calls.items())
    ]


def _cut_off(request: ChatRequest, answer: Answer) -> str:
    most = request.max_output_tokens
    reasoned = answer.usage.reasoning_tokens if answer.usage is not None else 0
    if reasoned:
        return f"the answer was cut off: its reasoning took {reasoned} of the {most} tokens that it may have"
    if answer.reasoned and not answer.text.strip():
        return f"the answer was cut off: its reasoning took all of the {most} tokens that it may have"
    return f"the answer was cut off: it is longer than {most} tokens"


def _nothing(answer: Answer) -> str:
    if answer.calls:
        return "the model wanted to call a tool, and has none, instead of an answer"
    return "the model gave its reasoning, and no answer" if answer.reasoned else "the answer is empty"


def _at_most(request: ChatRequest, answer: Answer) -> ChatUsage:
    """For a server that reports no usage: the most it can be, since a token has at least one byte."""
    sent = sum(_bytes_of(message) for message in messages(request))
    asked = sum(len(call.name.encode()) + len(call.arguments.encode()) for call in answer.calls.values())
    return ChatUsage(sent, min(len(answer.text.encode()) + asked, request.max_output_tokens))


def _bytes_of(message: Message) -> int:
    calls = message.get("tool_calls")
    asked = json.dumps(calls, ensure_ascii=False) if calls else ""
    return len((message["content"] or "").encode()) + len(asked.encode())
