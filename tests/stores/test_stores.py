"""Both stores, one set of expectations; what only a folder can suffer comes last."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dsl.expressions.values import Reference
from dsl.expressions.wire import to_wire
from dsl.values.codec import encoded
from dsl.values.references import parted
from interpreter.stores.directory import DirectoryStore
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import CorruptObject, MissingObject, ObjectStore, StoreError
from interpreter.stores.values import LARGE, content_of, keep_large, resolve

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return MemoryStore() if request.param == "memory" else DirectoryStore(tmp_path / "objects")


def test_an_object_is_named_by_its_content(store: ObjectStore) -> None:
    assert store.put(b"hello") == HELLO
    assert store.put(b"hello") == HELLO
    assert store.get(HELLO) == b"hello"


def test_a_missing_object_is_named(store: ObjectStore) -> None:
    assert not store.has(HELLO)
    with pytest.raises(MissingObject, match=HELLO):
        store.get(HELLO)
    store.put(b"hello")
    assert store.has(HELLO)


def test_a_damaged_object_is_found_out_and_mended_by_keeping_it_again(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.put(b"hello")
    (tmp_path / HELLO[:2] / HELLO[2:]).write_bytes(b"hallo")
    with pytest.raises(CorruptObject, match="damaged"):
        store.get(HELLO)
    store.put(b"hello")
    assert store.get(HELLO) == b"hello"


def test_two_stores_on_one_folder_share_objects_and_leave_no_litter(tmp_path: Path) -> None:
    DirectoryStore(tmp_path).put(b"hello")
    assert DirectoryStore(tmp_path).get(HELLO) == b"hello"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [HELLO[2:]]


def test_a_name_that_is_no_hash_never_becomes_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(MissingObject):
        DirectoryStore(tmp_path / "objects").get("../secret")


def test_a_small_value_stays_as_it_is(store: ObjectStore) -> None:
    value: Any = {"text": "x" * 100, "list": [1, None]}
    assert keep_large(store, value) is value


def test_large_fields_become_references_and_small_ones_stay(store: ObjectStore) -> None:
    value: Any = {"title": "t", "body": "x" * LARGE, "pages": ["y" * LARGE]}
    kept: Any = keep_large(store, value)
    assert kept["title"] == "t"
    assert kept["body"].size == LARGE + 2
    assert isinstance(kept["pages"], Reference)
    assert resolve(store, *parted(to_wire(kept))) == value


def test_a_large_list_or_a_record_of_many_fields_becomes_one_reference(store: ObjectStore) -> None:
    values: list[Any] = [["x" * 100] * 1000, {f"field{n}": "x" * 100 for n in range(1000)}]
    for value in values:
        kept = keep_large(store, value)
        assert isinstance(kept, Reference)
        assert kept.size == len(encoded(value))
        assert content_of(store, kept) == value


def test_references_are_resolved_however_deep_also_inside_what_was_kept(store: ObjectStore) -> None:
    inner = keep_large(store, "x" * LARGE)
    outer = keep_large(store, [inner, "y" * LARGE])
    data, references = parted(to_wire({"a": [outer]}))
    assert [path for path, _, _ in references] == [["a", 0]]
    assert resolve(store, data, references) == {"a": [["x" * LARGE, "y" * LARGE]]}


def test_a_stored_value_keeps_its_types_and_reads_as_plain_json(store: ObjectStore) -> None:
    value: Any = {"note": "x" * LARGE, "sum": [Decimal("12.50")] * 10_000, "$ref": "text", "for": timedelta(minutes=90)}
    kept = keep_large(store, [value])
    assert isinstance(kept, Reference)
    assert content_of(store, kept) == [value]
    assert resolve(store, *parted(to_wire(kept)))[0] | {"sum": 0} == to_wire(value) | {"sum": 0}


def test_data_that_looks_like_a_reference_is_data(store: ObjectStore) -> None:
    kept: Any = keep_large(store, "x" * LARGE)
    data = {"forged": {"$ref": kept.hash, "$size": kept.size}, "true": kept}
    assert resolve(store, *parted(data)) == {"forged": data["forged"], "true": "x" * LARGE}
    inside: Any = keep_large(store, [data["forged"], "y" * LARGE])
    assert content_of(store, inside)[0] == data["forged"]


@pytest.mark.parametrize("value", [float("nan"), "\ud800"])
def test_what_has_no_json_is_refused(store: ObjectStore, value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the encoder's own words
        keep_large(store, value)


class Broken(MemoryStore):
    """A store that is out of reach, or that gives something else."""

    def __init__(self, answer: bytes | Exception) -> None:
        super().__init__()
        self._answer = answer

    def get(self, digest: str) -> bytes:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "said"), [(ConnectionError("no route"), "no route"), (KeyError("?"), "KeyError"), (b"jello", "damaged")]
)
def test_whatever_a_store_does_is_told_of_the_object(answer: bytes | Exception, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        content_of(Broken(answer), Reference(HELLO, 5))
    assert caught.value.digest == HELLO
