"""A sealed definition as text that travels in a run's input: its bytes, compressed."""

import base64
import binascii
import zlib

from dsl.definition.unseal import UnsealError

LARGEST = 8_000_000
"""Bytes of a definition: what a short text inflates to is not for the text to say."""


def packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def unpacked(text: str) -> bytes:
    """The bytes that `packed` was given. Raises `UnsealError`."""
    inflating = zlib.decompressobj()
    try:
        data = inflating.decompress(base64.b64decode(text, validate=True), LARGEST)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise UnsealError(f"the packed definition is damaged: {error}") from error
    if inflating.unconsumed_tail:
        raise UnsealError(f"the packed definition has more than {LARGEST:,} bytes")
    if not inflating.eof:
        raise UnsealError("the packed definition is damaged: its end is missing")
    return data
