"""Failures have a message and a stack trace, in plain text beside their payloads. They are moved into one.

The SDK has a converter that does so, but only for the outermost of what it takes over from another failure: the causes
of an error that was read once went out in plain text again. So this one looks at all of them.
"""

from functools import cache

from temporalio.api.failure.v1 import Failure
from temporalio.converter import FailureConverter, PayloadConverter

SAID_INSTEAD = "Encoded failure"
"""What all SDKs write there."""


@cache
def hiding_what_failures_say(kind: type[FailureConverter]) -> type[FailureConverter]:
    """`kind`, which was the failure converter before, and of each failure its words where the codec gets them."""

    class HidingWhatFailuresSay(kind):  # type: ignore[misc,valid-type]
        def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
            super().to_failure(exception, payload_converter, failure)
            hide(failure, payload_converter)

    return HidingWhatFailuresSay


def hide(failure: Failure, payload_converter: PayloadConverter) -> None:
    """Of `failure` and of each of its causes. What the machinery of Temporal says without data stays readable there."""
    part = failure
    while True:
        if part.message != SAID_INSTEAD or part.stack_trace:
            words = {"message": part.message, "stack_trace": part.stack_trace}
            part.encoded_attributes.CopyFrom(payload_converter.to_payloads([words])[0])
            part.message, part.stack_trace = SAID_INSTEAD, ""
        if not part.HasField("cause"):
            return
        part = part.cause
