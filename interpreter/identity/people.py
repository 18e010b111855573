"""The worker's people file: who there is, in which groups, and which keys are theirs.

    people:
      - name: ann
        groups: [leads, finance]
        keys:
          - ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
          - { key: "ed25519:…", revoked: true }

A key belongs to one person, and a person stands there once, however the name is spelt. A key that is revoked stays in
the file, so that its owner is told so and nobody enters it again by mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interpreter.boundary.persons import person_form
from interpreter.identity.errors import UnusableKey, UnusablePeople
from interpreter.identity.keys import PublicKey, read_public
from interpreter.identity.strict_yaml import StrictLoader

LARGEST_FILE = 4_000_000
"""Bytes."""


@dataclass(frozen=True)
class KnownKey:
    """A key, whose it is, and in which groups that person is."""

    key: PublicKey
    person: str
    groups: tuple[str, ...]
    revoked: bool = False


People = Mapping[str, KnownKey]
"""The keys that are known, by id."""


def read_people(path: Path) -> People:
    """Raises `UnusablePeople`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusablePeople(f"the people file {path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_FILE:
        raise UnusablePeople(f"the people file {path} is larger than {LARGEST_FILE:,} bytes")
    try:
        return _people(yaml.load(data.decode("utf-8-sig"), Loader=StrictLoader))
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise UnusablePeople(f"the people file {path} is not YAML: {error}") from error
    except UnusablePeople as error:
        raise UnusablePeople(f"{path}: {error}") from error


def _people(data: Any) -> People:
    fields = _fields(data, "the file", required=("people",))
    found: dict[str, KnownKey] = {}
    names: dict[str, str] = {}
    for number, entry in enumerate(_list(fields["people"], "people")):
        person = _fields(entry, f"people[{number}]", required=("name",), optional=("groups", "keys"))
        name = _text(person["name"], f"people[{number}].name")
        form = person_form(name)
        if not form:
            raise UnusablePeople(f"people[{number}].name has nothing to be read in it")
        if form in names:
            raise UnusablePeople(f"`{name}` and `{names[form]}` are one person, who stands there twice")
        names[form] = name
        for known in _keys(person, name):
            other = found.setdefault(known.key.id, known)
            if other is not known:
                raise UnusablePeople(f"`{name}` and `{other.person}` have the same key {known.key.id}")
    return found


def _keys(person: Mapping[str, Any], name: str) -> list[KnownKey]:
    groups = tuple(_text(group, f"a group of `{name}`") for group in _list(person.get("groups", []), "groups"))
    return [_key(entry, name, groups) for entry in _list(person.get("keys", []), f"the keys of `{name}`")]


def _key(entry: Any, name: str, groups: tuple[str, ...]) -> KnownKey:
    where = f"a key of `{name}`"
    fields = (
        {"key": entry} if isinstance(entry, str) else _fields(entry, where, required=("key",), optional=("revoked",))
    )
    revoked = fields.get("revoked", False)
    if type(revoked) is not bool:
        raise UnusablePeople(f"{where}: `revoked` is true or false")
    try:
        return KnownKey(read_public(_text(fields["key"], where)), name, groups, revoked)
    except UnusableKey as error:
        raise UnusablePeople(f"{where}: {error}") from error


def _fields(data: Any, where: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise UnusablePeople(f"{where} must have fields: {', '.join(required + optional)}")
    for name in required:
        if name not in data:
            raise UnusablePeople(f"{where} lacks `{name}`")
    for name in data:
        if name not in required + optional:
            raise UnusablePeople(f"{where} has an unknown field `{name}`")
    return data


def _list(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise UnusablePeople(f"{where} must be a list")
    return data


def _text(data: Any, where: str) -> str:
    if not isinstance(data, str) or not data:
        raise UnusablePeople(f"{where} must be text")
    return data
