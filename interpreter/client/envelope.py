"""How a sealed definition travels: inside the run's input while it is small, by its hash from the store above that.

Measured: inline, a large definition costs its size in every history and megabytes of memory for each run on a worker.
"""

import base64
import zlib

from interpreter.boundary.payloads import DefinitionEnvelope
from interpreter.stores.store import ObjectStore

LARGEST_INLINE = 16 * 1024
"""Characters of base64."""


def pack(store: ObjectStore, hash: str, content: bytes) -> DefinitionEnvelope:
    """`content` is the canonical JSON whose SHA-256 is `hash`."""
    inline = base64.b64encode(zlib.compress(content, 9)).decode()
    if len(inline) <= LARGEST_INLINE:
        return DefinitionEnvelope(hash, inline)
    kept = store.put(content)
    if kept != hash:
        raise ValueError(f"the definition's content has the hash {kept}, not {hash}")
    return DefinitionEnvelope(hash)
