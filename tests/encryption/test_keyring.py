"""Where keys come from, what makes them unusable, and that no message has any of a key in it."""

import base64
import os
from pathlib import Path

import pytest

from interpreter.encryption.errors import FILE_VARIABLE, REQUIRED_VARIABLE, VARIABLE, MissingKey, UnusableKeys
from interpreter.encryption.keyring import NO_KEYS, Key, Keyring, keyring_of, read_keys

ONE, TWO = Key.new("2026-11"), Key.new("old")


def test_the_first_encrypts_and_all_are_found_by_their_id() -> None:
    keys = keyring_of({VARIABLE: f"{ONE.text},{TWO.text}"})
    assert keys == Keyring((ONE, TWO))
    assert keys.first == ONE
    assert keys.key("old") == TWO
    with pytest.raises(MissingKey, match="'gone', and the process that reads it has only 2026-11, old"):
        keys.key("gone")


@pytest.mark.parametrize("between", [",", " ", "\n", ", ", ",\n  ", "\r\n"])
def test_what_stands_between_keys_may_be_anything_that_is_no_key(between: str) -> None:
    assert keyring_of({VARIABLE: f"\n{ONE.text}{between}{TWO.text},\n"}).ids == ("2026-11", "old")


def test_a_key_may_be_written_in_the_other_base64_and_without_its_end() -> None:
    secret = bytes(range(224, 256))
    for written in (base64.b64encode, base64.urlsafe_b64encode):
        text = written(secret).decode()
        assert keyring_of({VARIABLE: f"a:{text.rstrip('=')}"}).first.secret == secret


def test_a_file_has_one_on_a_line(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(f"\ufeff# of November\r\n{ONE.text}  # first\r\n\r\n{TWO.text}\r\n".encode())
    file.chmod(0o600)
    assert keyring_of({FILE_VARIABLE: str(file)}) == Keyring((ONE, TWO))


def test_without_either_nothing_is_encrypted() -> None:
    assert keyring_of({}) is NO_KEYS
    assert not NO_KEYS


LETTERS = base64.b64encode(b"secret" * 10).decode()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({VARIABLE: ""}, "STEADFLOW_ENCRYPTION_KEYS is set and holds no key"),
        ({VARIABLE: " , \n"}, "is set and holds no key"),
        ({FILE_VARIABLE: ""}, "STEADFLOW_ENCRYPTION_KEY_FILE is set and holds no key"),
        ({VARIABLE: ONE.text, FILE_VARIABLE: "keys"}, "both"),
        ({VARIABLE: LETTERS}, "key 1 of STEADFLOW_ENCRYPTION_KEYS has no id: write it as `id:KEY`"),
        ({VARIABLE: f"{ONE.text},b:{LETTERS}"}, "key 2 of STEADFLOW_ENCRYPTION_KEYS has 60 bytes, and a key has 32"),
        ({VARIABLE: f"b:{LETTERS}é"}, "key 1 of STEADFLOW_ENCRYPTION_KEYS is no base64"),
        ({VARIABLE: "b:"}, "has 0 bytes"),
        ({VARIABLE: f"-b:{ONE.text.partition(':')[2]}"}, "the id of key 1"),
        ({VARIABLE: f"{'b' * 65}:{ONE.text.partition(':')[2]}"}, "up to 64 letters"),
        ({VARIABLE: f"{ONE.text} {ONE.text}"}, "two keys with the id '2026-11'"),
        ({FILE_VARIABLE: "/nowhere/keys"}, "/nowhere/keys cannot be read: No such file"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_key(environment: dict[str, str], told: str) -> None:
    with pytest.raises(UnusableKeys) as refused:
        keyring_of(environment)
    assert told in str(refused.value)
    assert LETTERS not in str(refused.value)
    assert ONE.text.partition(":")[2] not in str(refused.value)
    assert refused.value.__cause__ is None or not isinstance(refused.value.__cause__, ValueError)


@pytest.mark.skipif(os.name != "posix", reason="files have no such rights")
def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(ONE.text)
    file.chmod(0o640)
    with pytest.raises(UnusableKeys, match="chmod 600"):
        read_keys(file)


def test_a_key_shows_itself_to_nobody_by_accident() -> None:
    assert ONE.text.partition(":")[2] not in f"{ONE!r} {Keyring((ONE,))!r}"
    assert repr(ONE.secret) not in f"{ONE!r}"


def test_what_is_required_needs_a_key_and_a_word_that_can_be_read() -> None:
    key = Key.new("one").text
    for said, required in (("yes", True), ("1", True), ("TRUE", True), ("no", False), ("", False), (" 0 ", False)):
        assert keyring_of({VARIABLE: key, REQUIRED_VARIABLE: said}).required is required
    with pytest.raises(UnusableKeys, match="there is no key"):
        keyring_of({REQUIRED_VARIABLE: "yes"})
    with pytest.raises(UnusableKeys, match="`yes` or `no`, not 'maybe'"):
        keyring_of({VARIABLE: key, REQUIRED_VARIABLE: "maybe"})
