"""Keys by their id: the first encrypts, all decrypt. So a key is replaced by putting a new one before it.

They stand in `STEADFLOW_ENCRYPTION_KEYS`, as `id:KEY` separated by commas or white space, or in the file that
`STEADFLOW_ENCRYPTION_KEY_FILE` names, one on a line, `#` before what is none. A KEY is base64 of 32 random bytes; what
is derived of it (the names of stored objects) is derived by HKDF, so that none of it tells anything about the key.

`STEADFLOW_ENCRYPTION_REQUIRED` says that nothing is believed that is not encrypted for the run in which it stands.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from interpreter.encryption.errors import FILE_VARIABLE, REQUIRED_VARIABLE, VARIABLE, MissingKey, UnusableKeys

KEY_BYTES = 32
LARGEST_FILE = 65_536
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HOW = "`dsl encryption-key ID` makes one"


@dataclass(frozen=True)
class Key:
    """One key. Its id is no secret: it stands beside everything that the key encrypts."""

    id: str
    secret: bytes = field(repr=False)

    @cached_property
    def for_names(self) -> bytes:
        """What the names of stored objects are made with: without it, nobody can tell what a name stands for."""
        # The library is large, and only loaded where something is encrypted.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"steadflow/object-names/1").derive(self.secret)

    @classmethod
    def new(cls, id_: str) -> "Key":
        """Raises `UnusableKeys` for an id that could not be read again."""
        return cls(_usable_id(id_, "the id"), secrets.token_bytes(KEY_BYTES))

    @property
    def text(self) -> str:
        """As it stands in the variable or the file: a secret."""
        return f"{self.id}:{base64.b64encode(self.secret).decode()}"


@dataclass(frozen=True)
class Keyring:
    """The keys that a process has; falsy when there is none, and then nothing is encrypted. `required`: what is not
    encrypted for the run in which it stands is refused.
    """

    keys: tuple[Key, ...] = ()
    required: bool = False

    def __bool__(self) -> bool:
        return bool(self.keys)

    @property
    def first(self) -> Key:
        """The one that encrypts."""
        return self.keys[0]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(key.id for key in self.keys)

    def key(self, id_: str) -> Key:
        """Raises `MissingKey`."""
        for key in self.keys:
            if key.id == id_:
                return key
        raise MissingKey(id_, self.ids)


NO_KEYS = Keyring()


def keyring_of(environment: Mapping[str, str] | None = None) -> Keyring:
    """The keys that the environment names. Raises `UnusableKeys`: also for a variable that is set and holds no key, so
    that nothing goes out in plain text because of a slip.
    """
    environment = os.environ if environment is None else environment
    keys = _named_by(environment)
    required = _is_required(environment.get(REQUIRED_VARIABLE, ""))
    if required and not keys:
        raise UnusableKeys(f"{REQUIRED_VARIABLE} is set, and there is no key: set {VARIABLE}, or {FILE_VARIABLE}")
    return Keyring(keys.keys, required) if required else keys


def _named_by(environment: Mapping[str, str]) -> Keyring:
    inline, file = environment.get(VARIABLE), environment.get(FILE_VARIABLE)
    if inline is not None and file is not None:
        raise UnusableKeys(f"both {VARIABLE} and {FILE_VARIABLE} are set: which keys are meant? unset one of them")
    if inline is not None:
        return _keyring(re.split(r"[\s,]+", inline.strip().strip(",")), VARIABLE)
    if file is not None:
        return read_keys(Path(file)) if file.strip() else _keyring([], FILE_VARIABLE)
    return NO_KEYS


def _is_required(text: str) -> bool:
    if text.strip().lower() not in ("", "0", "no", "false", "1", "yes", "true"):
        raise UnusableKeys(f"{REQUIRED_VARIABLE} is `yes` or `no`, not {text.strip()!r}")
    return text.strip().lower() in ("1", "yes", "true")


def read_keys(path: Path) -> Keyring:
    """The keys of a file. Raises `UnusableKeys`: also when others may read it."""
    lines = _read_private(path).removeprefix("\ufeff").splitlines()
    return _keyring((line.partition("#")[0].strip() for line in lines), str(path))


def _keyring(entries: Iterable[str], place: str) -> Keyring:
    keys: dict[str, Key] = {}
    for number, entry in enumerate((entry for entry in entries if entry), 1):
        key = _key(entry, f"key {number} of {place}")
        if key.id in keys:
            raise UnusableKeys(f"{place} has two keys with the id {key.id!r}")
        keys[key.id] = key
    if not keys:
        raise UnusableKeys(f"{place} is set and holds no key: unset it to run without encryption; {_HOW}")
    return Keyring(tuple(keys.values()))


def _key(entry: str, place: str) -> Key:
    id_, colon, text = entry.partition(":")
    if not colon:
        raise UnusableKeys(f"{place} has no id: write it as `id:KEY`; {_HOW}")
    encoded = text.strip()
    try:
        secret = base64.b64decode(encoded.translate(_URL_SAFE) + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise UnusableKeys(f"{place} is no base64: copy it again; {_HOW}") from None
    if len(secret) != KEY_BYTES:
        raise UnusableKeys(f"{place} has {len(secret)} bytes, and a key has {KEY_BYTES}; {_HOW}")
    return Key(_usable_id(id_, f"the id of {place}"), secret)


_URL_SAFE = str.maketrans("-_", "+/")


def _usable_id(id_: str, what: str) -> str:
    if not _ID.fullmatch(id_.strip()):
        raise UnusableKeys(f"{what} is made of up to 64 letters, digits, `.`, `_` and `-`")
    return id_.strip()


def _read_private(path: Path) -> str:
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UnusableKeys(f"{path} may be read by others; `chmod 600 {path}` mends that")
        content = path.read_bytes()[: LARGEST_FILE + 1]
        text = content.decode()
    except OSError as error:
        raise UnusableKeys(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UnusableKeys(f"{path} is no text") from None
    if len(content) > LARGEST_FILE:
        raise UnusableKeys(f"{path} is too large for a file of keys")
    return text
