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


class OrderedJSON(JSONPlainPayloadConverter):
    def to_payload(self, value: Any) -> Payload | None:
        text = json.dumps(value, cls=AdvancedJSONEncoder, separators=(",", ":"))
        return Payload(metadata={"encoding": self.encoding.encode()}, data=text.encode())


class OrderedPayloadConverter(CompositePayloadConverter):
    """The SDK's converter, with this JSON."""

    def __init__(self) -> None:
        super().__init__(
            *(
                OrderedJSON() if type(each) is JSONPlainPayloadConverter else each
                for each in DefaultPayloadConverter.default_encoding_payload_converters
            )
        )
