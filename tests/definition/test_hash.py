"""The hash is that of the meaning: each `same-*` case has the hash of `base.flow`, no `different-*` case has."""

from pathlib import Path

import pytest

from dsl.definition.canonical import digest
from dsl.definition.unseal import narrow, pack, unseal
from tests.definition.reading import definition, sealed

FOLDER = Path(__file__).parents[1] / "cases" / "definition"
BASE = (FOLDER / "base.flow").read_text(encoding="utf-8")


def texts(pattern: str) -> list[object]:
    return [pytest.param(path.read_text(encoding="utf-8"), id=path.stem) for path in sorted(FOLDER.glob(pattern))]


@pytest.mark.parametrize("text", texts("same-*.flow"))
def test_same(text: str) -> None:
    assert sealed(text).json == sealed(BASE).json


@pytest.mark.parametrize("text", texts("different-*.flow"))
def test_different(text: str) -> None:
    assert sealed(text).hash != sealed(BASE).hash


def test_the_hash_is_that_of_the_bytes_and_stays_the_same() -> None:
    whole = sealed(BASE)
    assert whole.hash == digest(whole.json)
    assert (FOLDER / "base.hash").read_text(encoding="utf-8").strip() == whole.hash


def test_limits_that_are_worked_out_have_no_order() -> None:
    text = "edition 1\nflow main(n: int, d: duration) -> int budget {} {{ return n }}\n"
    limits = ["n at most 5 calls", "d at most 1h", "n * 2 at most 9 usd"]
    hashes = {sealed(text.format(", ".join(each))).hash for each in (limits, limits[::-1], limits[1:] + limits[:1])}
    assert len(hashes) == 1


def test_each_flow_has_one_hash_whoever_starts_it() -> None:
    whole, alone = definition(BASE), definition(BASE, "open_case")
    part = narrow(whole, "open_case")
    assert part == alone
    assert part.hash == alone.hash
    assert unseal(pack(part)) == alone
    assert set(part.agents) == set()
    assert set(part.tools) == {"tickets.open", "tickets.close"}
    assert set(part.types) == {"Case", "Ticket"}


def test_a_part_is_made_once() -> None:
    whole = definition(BASE)
    assert narrow(whole, "open_case") is narrow(whole, "open_case")
    assert narrow(whole, "support") is whole
    assert whole.addresses("support") is whole.addresses("support")


def test_a_change_beside_a_flow_does_not_change_its_hash() -> None:
    changed = (FOLDER / "different-prompt.flow").read_text(encoding="utf-8")
    assert sealed(changed, "open_case").hash == sealed(BASE, "open_case").hash
