"""One way to write JSON, so that equal meaning gives equal bytes: sorted keys, no white space, UTF-8, no floats."""

import hashlib
import json
from typing import Any


def canonical(data: Any) -> bytes:
    """The canonical bytes of JSON data."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def digest(data: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()
