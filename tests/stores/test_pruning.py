"""What goes of a store and what stays, also while others write and when it is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dsl.expressions.values import Reference
from dsl.values import chunks
from dsl.values.codec import encoded
from dsl.values.references import parted
from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.stores.encrypted import store_in
from interpreter.stores.files import Files
from interpreter.stores.kept_files import File, keep, opened
from interpreter.stores.pruning import FileStore, digests_in, is_file_store, prune
from interpreter.stores.store import ObjectStore, read

KEYS = Keyring((Key.new("now"),))
LONG_AGO = time.time() - 1_000_000
BEFORE = time.time() - 3_600


def old(store: ObjectStore, content: bytes) -> str:
    digest = store.put(content)
    for name in filed(store).names(digest):
        if filed(store).files.has(name):
            os.utime(Path(str(filed(store).files)) / name[:2] / name[2:], (LONG_AGO, LONG_AGO))
    return digest


def filed(store: ObjectStore) -> FileStore:
    assert is_file_store(store)
    return store


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS], ids=["plain", "encrypted"])
def test_what_is_named_stays_with_all_that_it_names(tmp_path: Path, keys: Keyring) -> None:
    store = store_in(tmp_path, keys)
    head = None
    chain = []
    for number in range(5):
        content = chunks.encode(head, [{"role": "user", "text": f"{number}"}])
        head = Reference(old(store, content), len(content))
        chain.append(head.hash)
    gone = old(store, b"nobody names it")
    young = store.put(b"kept just now")
    named = digests_in(f'{{"$ref":"{chain[3]}"}}'.encode())
    assert prune(filed(store), named, BEFORE, dry_run=True).removed.objects == 2
    assert store.has(gone), "that was only said"
    pruned = prune(filed(store), named, BEFORE)
    assert (pruned.removed.objects, pruned.needed.objects, pruned.young.objects) == (2, 4, 1)
    assert [store.has(each) for each in chain] == [True, True, True, True, False]
    assert (store.has(gone), store.has(young)) == (False, True)


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS], ids=["plain", "encrypted"])
def test_a_file_stays_while_a_history_a_conversation_or_a_kept_list_names_it(tmp_path: Path, keys: Keyring) -> None:
    store = store_in(tmp_path, keys)
    files = [keep(store, File(f"file {number}".encode(), f"{number}.txt")) for number in range(4)]
    for file in files:
        old(store, read(store, file.hash))
    listed = old(store, encoded([files[0]]))
    said = chunks.encode(None, [{"role": "user", "text": "look", "files": [files[1]]}])
    data, beside = parted({"scan": files[2]})
    history = json.dumps([data, beside, {"$ref": listed}, {"$ref": old(store, said)}]).encode()
    prune(filed(store), digests_in(history), BEFORE)
    assert [store.has(file.hash) for file in files] == [True, True, True, False]
    assert opened(store, files[0]).bytes() == b"file 0"


def test_what_another_key_encrypts_is_nobody_elses_to_remove(tmp_path: Path) -> None:
    other = store_in(tmp_path, Keyring((Key.new("other"),)))
    digest = old(other, b"theirs")
    for keys in (NO_KEYS, KEYS):
        assert prune(filed(store_in(tmp_path, keys)), set(), BEFORE).foreign.objects == 1
    assert other.get(digest) == b"theirs"


def test_what_is_damaged_stays_where_it_is_needed_and_goes_where_not(tmp_path: Path) -> None:
    store = store_in(tmp_path, NO_KEYS)
    digest = old(store, b"whole")
    (tmp_path / digest[:2] / digest[2:]).write_bytes(b"damaged")
    os.utime(tmp_path / digest[:2] / digest[2:], (LONG_AGO, LONG_AGO))
    assert prune(filed(store), {digest}, BEFORE).needed.objects == 1
    assert prune(filed(store), set(), BEFORE).removed.objects == 1


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS], ids=["plain", "encrypted"])
def test_what_is_kept_again_meanwhile_is_there_for_who_kept_it(tmp_path: Path, keys: Keyring) -> None:
    store = store_in(tmp_path, keys)
    contents = [f"object {number}".encode() for number in range(150)]
    for content in contents:
        old(store, content)
    missed: list[bytes] = []

    def writes() -> None:
        missed.extend(content for content in contents if not store.has(store.put(content)))

    writers = [threading.Thread(target=writes) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        prune(filed(store), set(), BEFORE)
    assert missed == []
    assert [store.get(store.put(content)) for content in contents] == contents


def test_a_file_that_is_touched_while_it_is_taken_away_comes_back(tmp_path: Path) -> None:
    store = store_in(tmp_path, NO_KEYS)
    digest = old(store, b"kept again")
    store.put(b"kept again")
    assert not Files(tmp_path).remove(digest, BEFORE)
    assert store.get(digest) == b"kept again"


_PRUNES = """
import sys
from interpreter.encryption.keyring import NO_KEYS
from interpreter.stores.encrypted import store_in
from interpreter.stores.pruning import prune
print("begins", flush=True)
prune(store_in(sys.argv[1], NO_KEYS), set(sys.argv[3:]), float(sys.argv[2]))
"""


def test_one_that_is_killed_takes_nothing_that_is_needed_and_the_next_one_ends_it(tmp_path: Path) -> None:
    store = store_in(tmp_path, NO_KEYS)
    needed = [old(store, f"needed {number}".encode()) for number in range(5)]
    unneeded = [old(store, f"unneeded {number}".encode()) for number in range(200)]
    command = [sys.executable, "-c", _PRUNES, str(tmp_path), str(BEFORE), *needed]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        while process.poll() is None and all(map(store.has, unneeded)):
            pass
        process.send_signal(signal.SIGKILL)
    assert all(map(store.has, needed))
    first = unneeded[0]
    if store.has(first):  # as one that is killed between the two steps of taking it away leaves it
        os.replace(tmp_path / first[:2] / first[2:], tmp_path / first[:2] / f".aside-{first[2:]}")
        assert store.get(first) == b"unneeded 0"
    prune(filed(store), set(needed), BEFORE)
    assert not any(map(store.has, unneeded))
    assert sum(1 for _ in Files(tmp_path).kept()) == len(needed)
