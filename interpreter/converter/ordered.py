"""JSON whose objects keep the order of their fields. The SDK's own converter sorts them.

Results and screens show fields as they are declared, and the keys of a map come in the order in which they were put in;
with sorted payloads that would change whenever a value travels. Other SDKs read this as any JSON.
"""

import json
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    AdvancedJSONEncoder,
    CompositePayloadConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)
from temporalio.exceptions import ApplicationError

from dsl.expressions.json_reading import unique_pairs
from interpreter.boundary.payloads import Answer

_ENCODER = AdvancedJSONEncoder(separators=(",", ":"))
_METADATA = {"encoding": JSONPlainPayloadConverter().encoding.encode()}


class OrderedJSON(JSONPlainPayloadConverter):
    def to_payload(self, value: Any) -> Payload | None:
        return Payload(metadata=_METADATA, data=_ENCODER.encode(value).encode())

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """What people answer through a client of another kind has no key twice; else the update is refused."""
        if type_hint is Answer:
            try:
                json.loads(payload.data, object_pairs_hook=unique_pairs)
            except (ValueError, RecursionError) as error:
                raise ApplicationError(f"this is no answer: {error}", type="AnswerRefused") from error
        return super().from_payload(payload, type_hint)


class OrderedPayloadConverter(CompositePayloadConverter):
    """The SDK's converter, with this JSON."""

    def __init__(self) -> None:
        super().__init__(
            *(
                OrderedJSON() if type(each) is JSONPlainPayloadConverter else each
                for each in DefaultPayloadConverter.default_encoding_payload_converters
            )
        )
