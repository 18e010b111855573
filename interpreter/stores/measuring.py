"""How large what a file shows is, from its bytes: what a model takes it for follows (`dsl.values.file_tokens`).

Of an image width and height in pixels, from its header (PNG, JPEG, GIF, WebP). Of a PDF its pages and the bytes of its
text, both at most: all that is not an image is unpacked and counts as text; pages are what calls itself one, there or
outside. What is encrypted, packed in another way or unpacks to more than `MOST_UNPACKED` is not known.
"""

import re
import zlib
from itertools import pairwise

Measured = tuple[int, int] | None

MOST_UNPACKED = 64_000_000
_STREAM = re.compile(rb"\bstream\r?\n")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Count\s+(\d{1,9})")
_IMAGE = re.compile(rb"/Subtype\s*/Image(?![A-Za-z])")
_FILTER = re.compile(rb"/Filter\s*\[?\s*(?P<all>(?:/\w+\s*)+)")
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def measured(content: bytes, media_type: str) -> Measured:
    """Of an image its width and height, of a PDF its pages and the bytes of its text at most; None of anything else,
    and where that cannot be told. Never raises."""
    match media_type:
        case "image/png" if content[12:16] == b"IHDR":
            found: Measured = (_big(content[16:20]), _big(content[20:24]))
        case "image/gif":
            found = (_little(content[6:8]), _little(content[8:10]))
        case "image/jpeg":
            found = _jpeg(content)
        case "image/webp":
            found = _webp(content)
        case "application/pdf":
            return _pdf(content)
        case _:
            return None
    return found if found is not None and min(found) > 0 else None


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")


def _jpeg(content: bytes) -> Measured:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _SIZES:
            return _big(content[at + 7 : at + 9]), _big(content[at + 5 : at + 7])
        else:
            at += 2 + max(2, _big(content[at + 2 : at + 4]))
    return None


def _webp(content: bytes) -> Measured:
    match content[12:16]:
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
        case b"VP8L" if content[20:21] == b"\x2f" and len(content) >= 25:
            bits = _little(content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X" if len(content) >= 30:
            return _little(content[24:27]) + 1, _little(content[27:30]) + 1
        case _:
            return None


def _pdf(content: bytes) -> Measured:
    if b"/Encrypt" in content:
        return None
    starts = [each.start() for each in _STREAM.finditer(content)]
    pages, text, counts = len(_PAGE.findall(content)), 0, [int(each) for each in _COUNT.findall(content)]
    for start, following in pairwise([*starts, len(content)]):
        head = content[max(content.rfind(b"obj", 0, start), start - 4_096) : start]
        if _IMAGE.search(head):
            continue
        unpacked = _unpacked(content[start:following], head, MOST_UNPACKED - text)
        if unpacked is None:
            return None
        text += len(unpacked)
        pages += len(_PAGE.findall(unpacked))
        counts += [int(each) for each in _COUNT.findall(unpacked)]
    pages = max([pages, *(count for count in counts if count <= len(content))])
    return (pages, text) if pages else None


def _unpacked(stream: bytes, head: bytes, most: int) -> bytes | None:
    """What stands in a stream; None where that is not known. `stream` begins with that word."""
    begin = stream.index(b"\n") + 1
    end = stream.rfind(b"endstream")
    data = stream[begin : end if end >= 0 else len(stream)]
    packed = _FILTER.search(head)
    if packed is None:
        return data if len(data) <= most else None
    if packed["all"].split() != [b"/FlateDecode"]:
        return None
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(data, most + 1)
    except zlib.error:
        return None
    return found if len(found) <= most else None
