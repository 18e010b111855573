"""Keys of people, and the file in which a worker has them."""

import os
from pathlib import Path

import pytest

from interpreter.boundary.payloads import Answer
from interpreter.boundary.statements import statement
from interpreter.identity.errors import UnusableKey, UnusablePeople
from interpreter.identity.keys import SigningKey, read_public
from interpreter.identity.people import read_people

PUBLIC = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
OTHER = "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"


def test_a_key_is_written_for_its_owner_only_and_read_again(tmp_path: Path) -> None:
    key, file = SigningKey.new("Ada Łovelace"), tmp_path / "ada.key"
    key.write(file)
    assert file.stat().st_mode & 0o777 == 0o600
    again = SigningKey.read(file)
    assert (again.name, again.public) == ("Ada Łovelace", key.public)
    assert read_public(key.public.text) == key.public
    with pytest.raises(UnusableKey, match="never overwritten"):
        key.write(file)


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "ada.key"
    SigningKey.new("ada").write(file)
    os.chmod(file, 0o640)
    with pytest.raises(UnusableKey, match="chmod 600"):
        SigningKey.read(file)


@pytest.mark.parametrize(
    "content", [b"", b"ada", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff" * 99]
)
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ada.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(UnusableKey, match="holds no private key"):
        SigningKey.read(file)


def test_a_statement_is_the_same_bytes_for_everyone() -> None:
    """Other languages sign it too, so it never changes."""
    answer = Answer("1", "main/pay", "approve", "ann", {"é": 1.5, "a": None}, "leads", "ok", "d1", "p1")
    assert statement(answer, "run/first", 7) == (
        b"steadflow answer 1\n"
        b'{"answer":{"a":null,"\\u00e9":1.5},"at":7,"by":"ann","decision":"approve","digest":"d1","group":"leads",'
        b'"id":"1","note":"ok","proposal":"p1","question":"main/pay","run":"run/first"}'
    )


def test_people_are_known_by_their_keys(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(
        f"\ufeffpeople:\n- {{name: ann, groups: [leads], keys: [{PUBLIC}]}}\n"
        f"- name: bob\n  keys: [{{key: '{OTHER}', revoked: true}}]\n"
    )
    people = read_people(file)
    ann, bob = people[read_public(PUBLIC).id], people[read_public(OTHER).id]
    assert (ann.person, ann.groups, ann.revoked) == ("ann", ("leads",), False)
    assert (bob.person, bob.groups, bob.revoked) == ("bob", (), True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must have fields: people"),
        ("people: {}", "people must be a list"),
        ("people: [ann]", r"people\[0\] must have fields: name"),
        ("people: [{groups: []}]", r"people\[0\] lacks `name`"),
        ("people: [{name: on}]", "must be text"),
        ("people: [{name: ann, keys: []}, {name: ' ＡNN'}]", "are one person"),
        (f"people: [{{name: ann, keys: ['{PUBLIC}']}}, {{name: bob, keys: ['{PUBLIC}']}}]", "have the same key"),
        (f"people: [{{name: ann, keys: ['{PUBLIC}', '{PUBLIC}']}}]", "have the same key"),
        ("people: [{name: ann, key: x}]", "unknown field `key`"),
        ("people: [{name: ann, keys: [x]}]", "is written ed25519:"),
        ("people: [{name: ann, keys: ['ed25519:AAAA']}]", "has 32 bytes, and this one 3"),
        ("people: [{name: ann, keys: ['ed25519:ä']}]", "no base64url"),
        (f"people: [{{name: ann, keys: [{{key: '{PUBLIC}', revoked: 'no'}}]}}]", "`revoked` is true or false"),
        ("people: [{name: ann, groups: leads}]", "groups must be a list"),
        ("people: [{name: ann, name: bob}]", "`name` stands twice"),
        ("people: []\npeople: []", "`people` stands twice"),
        ("people: [", "is not YAML"),
        ("a: &a [*a]", "lacks `people`|recursive|not YAML"),
    ],
)
def test_a_people_file_with_a_mistake_is_refused_whole(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(content)
    with pytest.raises(UnusablePeople, match=message):
        read_people(file)
