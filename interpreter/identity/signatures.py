"""`support.flow.signed`: the signatures of the flows of a file, beside it and under version control.

Each version has the hash of the flow's meaning, the sealed definition itself (zlib, base64), so that it can be told
what has changed since, and who has signed. A version goes when one is complete that came after it.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dsl.definition.canonical import digest
from interpreter.identity.errors import UnusableSigners

SUFFIX = ".signed"
FORMAT = 1
LARGEST_FILE = 4_000_000
LARGEST_DEFINITIONS = 32_000_000
"""Bytes, of all of them together."""


@dataclass(frozen=True)
class Signed:
    """Somebody's signature: the name that it gives, the id of the key, when (milliseconds since the epoch), and the
    base64 of its bytes."""

    by: str
    key: str
    at: int
    value: str


@dataclass(frozen=True)
class Version:
    flow: str
    hash: str
    definition: bytes
    signatures: tuple[Signed, ...] = ()

    @property
    def is_itself(self) -> bool:
        """Whether the definition is that of the hash."""
        return digest(self.definition) == self.hash

    def with_(self, signature: Signed) -> "Version":
        """In place of an earlier one of the same key."""
        others = [each for each in self.signatures if each.key != signature.key]
        return replace(self, signatures=(*others, signature))


def file_of(flow_file: Path) -> Path:
    return flow_file.with_name(flow_file.name + SUFFIX)


def read_signatures(file: Path) -> list[Version]:
    """None where there is no file. Raises `UnusableSigners`."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnusableSigners(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_FILE:
        raise UnusableSigners(f"{file} is larger than {LARGEST_FILE:,} bytes")
    try:
        whole = _fields(json.loads(data), "format", "signed")
        if whole["format"] != FORMAT:
            raise _Malformed(f"it is of the format {whole['format']!r}, and this version reads {FORMAT}")
        found = list(_versions(_list(whole["signed"])))
    except (ValueError, RecursionError) as error:
        raise UnusableSigners(f"{file} cannot be used: {error}") from error
    if len({(each.flow, each.hash) for each in found}) != len(found):
        raise UnusableSigners(f"{file} cannot be used: one version stands there twice")
    return found


def write_signatures(file: Path, versions: list[Version]) -> None:
    """Raises OSError; then the file is as it was."""
    rows = [
        {
            "flow": each.flow,
            "hash": each.hash,
            "definition": base64.b64encode(zlib.compress(each.definition, 9)).decode(),
            "signatures": [{"by": s.by, "key": s.key, "at": s.at, "value": s.value} for s in each.signatures],
        }
        for each in sorted(versions, key=lambda each: each.flow)
    ]
    text = json.dumps({"format": FORMAT, "signed": rows}, indent=2, ensure_ascii=False) + "\n"
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(file)


class _Malformed(ValueError):
    """What is not as it is written here."""


def _versions(rows: list[Any]) -> Iterator[Version]:
    room = LARGEST_DEFINITIONS
    for row in rows:
        found = _version(row, room)
        room -= len(found.definition)
        yield found


def _version(data: Any, room: int) -> Version:
    row = _fields(data, "flow", "hash", "definition", "signatures")
    signatures = tuple(map(_signed, _list(row["signatures"])))
    return Version(_text(row["flow"]), _text(row["hash"]), _unpacked(_text(row["definition"]), room), signatures)


def _unpacked(text: str, room: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(base64.b64decode(text, validate=True), max(room, 1))
    except (binascii.Error, ValueError, zlib.error) as error:
        raise _Malformed("a `definition` is not as it was written") from error
    if not unpacking.eof or unpacking.unused_data:
        raise _Malformed("a `definition` is not whole, or too large")
    return data


def _signed(data: Any) -> Signed:
    row = _fields(data, "by", "key", "at", "value")
    if type(row["at"]) is not int or not 0 <= row["at"] < 10**15:
        raise _Malformed("`at` is a time in milliseconds")
    return Signed(_text(row["by"]), _text(row["key"]), row["at"], _text(row["value"]))


def _fields(data: Any, *names: str) -> dict[str, Any]:
    if type(data) is not dict or set(data) != set(names):
        raise _Malformed(f"expected an object with {', '.join(names)}")
    return data


def _list(data: Any) -> list[Any]:
    if type(data) is not list:
        raise _Malformed("expected a list")
    return data


def _text(data: Any) -> str:
    if type(data) is not str:
        raise _Malformed("expected a text")
    return data
