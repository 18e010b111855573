"""A store that is encrypted: what is in it, under which names, and how keys are replaced."""

from pathlib import Path

import pytest

from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.stores.directory import DirectoryStore
from interpreter.stores.encrypted import EncryptedStore, store_in
from interpreter.stores.files import Files
from interpreter.stores.store import CorruptObject, MissingObject, digest_of

OLD, NEW = Key.new("old"), Key.new("new")


def stored(path: Path, *keys: Key) -> EncryptedStore:
    return EncryptedStore(Files(path), Keyring(keys))


def files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file())


def test_an_object_goes_by_its_hash_and_lies_under_a_name_that_tells_nothing(tmp_path: Path) -> None:
    store = stored(tmp_path, OLD)
    digest = store.put(b"secret")
    assert digest == digest_of(b"secret")
    assert store.get(digest) == b"secret"
    assert store.has(digest)
    [file] = files(tmp_path)
    assert file.parent.name + file.name != digest
    assert b"secret" not in file.read_bytes()
    assert b"old" in file.read_bytes(), "which key is needed"
    stored(tmp_path / "other", NEW).put(b"secret")
    assert files(tmp_path / "other")[0].name != file.name


def test_keeping_the_same_again_changes_nothing(tmp_path: Path) -> None:
    store = stored(tmp_path, OLD)
    store.put(b"secret")
    before = files(tmp_path)[0].read_bytes()
    store.put(b"secret")
    assert [file.read_bytes() for file in files(tmp_path)] == [before]


def test_a_key_is_replaced(tmp_path: Path) -> None:
    digest = stored(tmp_path, OLD).put(b"secret")
    both, new = stored(tmp_path, NEW, OLD), stored(tmp_path, NEW)
    assert both.get(digest) == b"secret"
    assert both.has(digest)
    assert not new.has(digest)
    with pytest.raises(MissingObject, match="with the keys new"):
        new.get(digest)
    both.put(b"secret")
    assert new.get(digest) == b"secret", "what is kept again is kept under the first"


def test_what_was_kept_before_the_first_key_is_found_and_kept_encrypted_from_then_on(tmp_path: Path) -> None:
    digest = store_in(tmp_path, NO_KEYS).put(b"secret")
    assert isinstance(store_in(tmp_path, NO_KEYS), DirectoryStore)
    store = store_in(tmp_path, Keyring((NEW,)))
    assert store.get(digest) == b"secret"
    assert store.has(digest)
    store.put(b"secret")
    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"x" * 100])
def test_a_damaged_object_is_told_and_mended_by_keeping_it_again(tmp_path: Path, damage: object) -> None:
    store = stored(tmp_path, OLD)
    digest = store.put(b"secret")
    [file] = files(tmp_path)
    assert callable(damage)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(CorruptObject, match="damaged"):
        store.get(digest)
    store.put(b"secret")
    assert store.get(digest) == b"secret"


def test_one_object_is_not_passed_off_as_another(tmp_path: Path) -> None:
    store = stored(tmp_path, OLD)
    first, second = store.put(b"first"), store.put(b"second")
    one, other = files(tmp_path)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    for digest in (first, second):
        with pytest.raises(CorruptObject):
            store.get(digest)


def test_a_name_that_is_none_finds_nothing(tmp_path: Path) -> None:
    store = stored(tmp_path, OLD)
    for digest in ("../secret", "", "é" * 64):
        assert not store.has(digest)
        with pytest.raises(MissingObject):
            store.get(digest)
