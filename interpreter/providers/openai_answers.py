"""What an answer comes to: a text for the machine to read, or why there is none. What follows, the machine decides."""

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.providers.openai_reading import Answer, whole_characters
from interpreter.providers.openai_request import schema_of
from interpreter.providers.provider import ProviderFailure, at_most, spent

CUT = frozenset(
    {
        "length",
        "max_tokens",
        "max_output_tokens",
        "max_completion_tokens",
        "max_length",
        "model_length",
        "incomplete",
    }
)
FULL = frozenset({"model_context_window_exceeded", "context_length_exceeded"})
FILTERED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "safety",
        "image_safety",
        "guardrail_intervened",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "sensitive",
    }
)
REFUSED = frozenset({"refusal"})
BROKEN = frozenset(
    {
        "error",
        "abort",
        "aborted",
        "cancelled",
        "canceled",
        "timeout",
        "failed",
        "network_error",
        "internal_error",
        "server_error",
        "insufficient_system_resource",
    }
)
"""Reasons for an end, of all servers, that mean something; any other is an answer's own end."""


LONGEST_REFUSAL = 8_000
"""Characters of a model's words."""


def result(request: ChatRequest, answer: Answer) -> ChatResult:
    """Raises `ProviderFailure`."""
    failure = _failure(request, answer)
    if failure is not None:
        raise failure
    text, calls = answer.text, _calls(request, answer)
    usage, model = _usage(request, answer), whole_characters(answer.model) or request.model
    if calls:
        return ChatResult(None, usage, model, text=text or None, calls=calls)
    if schema_of(request) is None:
        return ChatResult(text, usage, model)
    return ChatResult(None, usage, model, text=text)


def _failure(request: ChatRequest, answer: Answer) -> ProviderFailure | None:
    finish = answer.finish.lower()
    refusal = answer.refusal
    if refusal or finish in REFUSED:
        words = (refusal or answer.text)[:LONGEST_REFUSAL]
        return spent(failures.REFUSED, f"the model refused: {words}", answer.usage)
    if finish in FILTERED:
        return spent(failures.CONTENT_FILTERED, "the provider's content filter stopped the answer", answer.usage)
    if finish in CUT:
        return spent(failures.MALFORMED_OUTPUT, _cut_off(request, answer), answer.usage, cut=True)
    if finish in FULL:
        words = "prompt and answer are together more than the model takes"
        return spent(failures.INVALID_REQUEST, words, answer.usage)
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
        AskedCall(
            whole_characters(call.id) if trusted else f"call-{number}-{place}",
            whole_characters(call.name),
            whole_characters(call.arguments),
        )
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


def _usage(request: ChatRequest, answer: Answer) -> ChatUsage:
    """What is reported. For a server that reports nothing, or no token of an answer that has some: the most it can be,
    since a token has at least one byte.
    """
    reported = answer.usage
    if reported is not None and (reported.output_tokens or not answer.length):
        return reported
    said = [
        answer.text,
        *(whole_characters(text) for call in answer.calls.values() for text in (call.name, call.arguments)),
    ]
    most = min(sum(len(text.encode()) for text in said) + answer.thought, request.max_output_tokens)
    sent = at_most(request).input_tokens if reported is None else reported.input_tokens
    return ChatUsage(sent, most)
