"""Files are measured by their bytes, as they are, cut anywhere, and with anything in them."""

import random
import struct
import zlib

import pytest

from interpreter.stores.kept_files import File
from interpreter.stores.measuring import MOST_UNPACKED, measured

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"\x08\x02\x00\x00\x00"
GIF = b"GIF89a" + struct.pack("<HH", 300, 200) + b"\x00\x00\x00"
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9)
    + b"\xff\xc4" + struct.pack(">H", 5) + b"abc"
    + b"\xff\xff\xc2" + struct.pack(">HBHH", 17, 8, 1080, 1920) + bytes(10)
)  # fmt: skip
LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(4) + bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 550 | 0x4000, 368)
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 385 | 394 << 14)
EXTENDED = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + (999).to_bytes(3, "little") + (499).to_bytes(3, "little")


def stream(head: bytes, data: bytes) -> bytes:
    return b"7 0 obj <<" + head + b">> stream\n" + data + b"\nendstream endobj\n"


def pdf(*parts: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"".join(parts) + b"%%EOF"


PAGE = b"1 0 obj << /Type /Page /Parent 2 0 R >> endobj\n"
TEXT = b"BT (hello) Tj ET " * 100
PACKED = stream(b"/Filter /FlateDecode", zlib.compress(TEXT))
OBJECTS = stream(
    b"/Type /ObjStm /Filter [/FlateDecode]", zlib.compress(b"<</Type/Page>> <</Type/Page>> <</Type/Pages>>")
)
SCAN = stream(b"/Subtype /Image /Filter /DCTDecode", bytes(50_000))


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (PNG, "image/png", (640, 480)),
        (GIF, "image/gif", (300, 200)),
        (JPEG, "image/jpeg", (1920, 1080)),
        (LOSSY, "image/webp", (550, 368)),
        (LOSSLESS, "image/webp", (386, 395)),
        (EXTENDED, "image/webp", (1000, 500)),
        (PNG.replace(b"IHDR", b"IDAT"), "image/png", None),
        (PNG.replace(struct.pack(">I", 640), bytes(4)), "image/png", None),
        (b"<svg/>", "image/svg+xml", None),
        (b"", "image/jpeg", None),
        (pdf(PAGE, PAGE, PACKED), "application/pdf", (2, len(TEXT))),
        (pdf(PAGE, SCAN), "application/pdf", (1, 0)),
        (pdf(OBJECTS), "application/pdf", (2, 45)),
        (pdf(PAGE, b"2 0 obj << /Type /Pages /Count 12 >> endobj"), "application/pdf", (12, 0)),
        (pdf(PAGE, stream(b"", TEXT)), "application/pdf", (1, len(TEXT) + 1)),
        (pdf(PAGE, stream(b"/Filter /LZWDecode", b"abc")), "application/pdf", None),
        (pdf(PAGE, stream(b"/Filter [/ASCII85Decode /FlateDecode]", b"abc")), "application/pdf", None),
        (pdf(PAGE, stream(b"/Filter /FlateDecode", b"no such thing")), "application/pdf", None),
        (pdf(PAGE, b"trailer << /Encrypt 5 0 R >>"), "application/pdf", None),
        (pdf(PACKED), "application/pdf", None),
        (pdf(PAGE, stream(b"/Filter /FlateDecode", zlib.compress(bytes(MOST_UNPACKED + 1)))), "application/pdf", None),
        (b"a text", "text/plain", None),
    ],
)
def test_a_file_is_measured(content: bytes, media_type: str, expected: tuple[int, int] | None) -> None:
    assert measured(content, media_type) == expected


@pytest.mark.parametrize("whole", [PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED, pdf(PAGE, PACKED, OBJECTS, SCAN)])
def test_what_is_cut_or_broken_is_measured_or_not_and_never_raises(whole: bytes) -> None:
    chance = random.Random(whole[:20])
    for _ in range(60):
        broken = bytearray(whole[: chance.randint(0, len(whole))])
        for _ in range(chance.randint(0, 3) if broken else 0):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        for media_type in ("image/png", "image/gif", "image/jpeg", "image/webp", "application/pdf"):
            found = measured(bytes(broken), media_type)
            assert found is None or min(found) >= 0


def test_a_file_for_python_is_measured() -> None:
    assert File(PNG, "photo.png").value.measured == (640, 480)
    assert File(b"a text", "photo.txt").value.measured is None
