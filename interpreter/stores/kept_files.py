"""Files for who has the store: what a person gives, what a Python tool takes and gives, and how others get them.

A file lies in the store as it is, under the hash of its content. Its media type is that of its content where that says
so (images, PDF), whatever its name is; otherwise it goes by the name.
"""

import base64
import io
import mimetypes
import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import core_schema

from dsl.expressions import values
from dsl.expressions.wire import told
from interpreter.stores.measuring import measured
from interpreter.stores.store import ObjectStore, digest_of, read

LARGEST = 50_000_000
"""Bytes. Whoever shows one to a model, or keeps one, has all of it in memory."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_BY_NAME = mimetypes.MimeTypes()
_MORE_NAMES = {".md": "text/markdown", ".yaml": "application/yaml", ".yml": "application/yaml", ".webp": "image/webp"}
OTHER = "application/octet-stream"


class UnusableFile(ValueError):
    """What was given as a file is none, or is too large."""


class File:
    """A file of a flow, for Python: `File("invoice.png")` from a path, `File(content, "invoice.png")` from bytes.

    A tool that declares a parameter or a result as `file` has it annotated as `File`. Nothing is read from the store
    before `bytes` or `open` is called.
    """

    def __init__(self, source: "bytes | str | Path", name: str | None = None, media_type: str | None = None) -> None:
        if not isinstance(source, bytes):
            path = Path(source)
            name, source = name or path.name, _content_of(path)
        if not name:
            raise UnusableFile("a file that is given as bytes needs a name")
        if len(source) > LARGEST:
            raise UnusableFile(f"{name} has {len(source):,} bytes; a file has at most {LARGEST:,}")
        self._content: bytes | None = source
        self._store: ObjectStore | None = None
        media_type = _usable(media_type) or media_type_of(source, name)
        size = measured(source, media_type)
        self._kept = values.File(digest_of(source), len(source), one_line(name), media_type, size)

    @classmethod
    def _in(cls, store: ObjectStore, kept: values.File) -> "File":
        file = cls.__new__(cls)
        file._content, file._store, file._kept = None, store, kept
        return file

    @property
    def name(self) -> str:
        return self._kept.name

    @property
    def media_type(self) -> str:
        """Such as `image/png`."""
        return self._kept.media_type

    @property
    def size(self) -> int:
        """In bytes."""
        return self._kept.size

    @property
    def value(self) -> values.File:
        """As the language has it."""
        return self._kept

    @property
    def sha256(self) -> str:
        return self._kept.hash

    def bytes(self) -> "bytes":
        """All of it. Raises what the store does when it is not there any more."""
        if self._content is None:
            assert self._store is not None
            self._content = read(self._store, self._kept.hash)
        return self._content

    def open(self) -> BinaryIO:
        return io.BytesIO(self.bytes())

    def __repr__(self) -> str:
        return f"File({self.name!r}, {self.media_type}, {self.size} bytes)"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)


def keep(store: ObjectStore, file: File) -> values.File:
    """The value of the language, its content in the store."""
    if file._store is not store:
        store.put(file.bytes())
    return file._kept


def opened(store: ObjectStore, kept: values.File) -> File:
    return File._in(store, kept)


def media_type_of(content: bytes, name: str) -> str:
    """By what the content begins with, else by the name."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    suffix = Path(name).suffix.lower()
    return _MORE_NAMES.get(suffix) or _BY_NAME.guess_type(name.lower())[0] or OTHER


def named(kept: values.File) -> dict[str, Any]:
    """For who has asked for a result: what there is to say, and the name of its content in the store."""
    return {**told(kept), "sha256": kept.hash}


def spelled_out(store: ObjectStore, kept: values.File) -> dict[str, Any]:
    """For who has no store: with all of its content."""
    return {**named(kept), "data": base64.b64encode(read(store, kept.hash)).decode()}


def read_back(given: Any) -> File:
    """What `spelled_out` has made."""
    return File(base64.b64decode(given["data"], validate=True), str(given["name"]), str(given["media_type"]))


def _usable(media_type: str | None) -> str | None:
    return media_type if media_type and _MEDIA_TYPE.fullmatch(media_type) else None


def one_line(name: str) -> str:
    """A name is shown in many places, so it has no folder in it and no control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each if each.isprintable() else "_" for each in last)[:200] or "file"


def _content_of(path: Path) -> "bytes":
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)  # some have no end, and say that they have no size
            size = max(len(content), os.fstat(file.fileno()).st_size)
    except FileNotFoundError as error:
        raise UnusableFile(f"there is no file {path}") from error
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}") from error
    if size > LARGEST:
        told = f"{size:,}" if len(content) < size else "more"
        raise UnusableFile(f"{path} has {told} bytes; a file has at most {LARGEST:,}")
    return content
