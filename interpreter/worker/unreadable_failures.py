"""A failure of a foreign activity whose details nobody can read is a failure without details.

Temporal's SDK decodes the details of every failure of an activation before the workflow sees it. What cannot be decoded
(broken JSON, an encoding that is not known) would fail the workflow task, for ever; but it is the outside that failed.
"""

from functools import cache
from typing import Any

from temporalio.api.failure.v1 import Failure as WrittenFailure
from temporalio.converter import FailureConverter, PayloadConverter

_WITH_DETAILS = ("application_failure_info", "canceled_failure_info")


@cache
def reading_what_it_can(kind: type[FailureConverter]) -> type[FailureConverter]:
    """`kind`, which was the failure converter before, but never failing itself."""

    class ReadingWhatItCan(kind):  # type: ignore[misc,valid-type]
        def from_failure(self, failure: WrittenFailure, payload_converter: PayloadConverter) -> BaseException:
            try:
                error: BaseException = super().from_failure(failure, payload_converter)
            except Exception as unreadable:  # noqa: BLE001 - the converter's own, of any kind
                error = super().from_failure(_without_details(failure, unreadable), payload_converter)
            return error

    return ReadingWhatItCan


def _without_details(failure: WrittenFailure, unreadable: Exception) -> WrittenFailure:
    plain = WrittenFailure()
    plain.CopyFrom(failure)
    part = plain
    _strip(part, unreadable)
    while part.HasField("cause"):
        part = part.cause
        _strip(part, unreadable)
    return plain


def _strip(part: WrittenFailure, unreadable: Exception) -> None:
    part.ClearField("encoded_attributes")
    if part.HasField("timeout_failure_info"):
        part.timeout_failure_info.ClearField("last_heartbeat_details")
    for name in _WITH_DETAILS:
        info: Any = getattr(part, name)
        if part.HasField(name) and info.HasField("details"):  # type: ignore[arg-type]
            info.ClearField("details")
            part.message += f" (its details cannot be read: {type(unreadable).__name__})"
