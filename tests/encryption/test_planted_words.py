"""No word of a run stands in the server's database, nor in the store, nor anywhere else in the state folder.

Without keys all of them do: so it is known that the search finds what is there.
"""

from pathlib import Path

import pytest

from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from tests.encryption.planted import ADDRESS, PLANTED, cancel_one, carry_through, found_in, serving


async def carried(state: Path, keys: Keyring) -> dict[str, list[str]]:
    async with serving(state, keys) as client:
        await carry_through(client, "plain-run", eagerly=False)
        await carry_through(client, "continued-run", eagerly=True)
        await cancel_one(client, "cancelled-run")
        while_open = found_in(state)
    return {name: [*while_open.get(name, []), *words] for name, words in found_in(state).items()} | while_open


@pytest.mark.slow
async def test_with_a_key_no_word_is_found_and_without_one_all_are(tmp_path: Path) -> None:
    plain = await carried(tmp_path / "plain", NO_KEYS)
    database = {word for name, words in plain.items() if name.startswith("temporal.db") for word in words}
    objects = {word for name, words in plain.items() if name.startswith("objects") for word in words}
    in_objects = {"largeword", "fileword", "sentword"}
    assert database >= set(PLANTED) - in_objects
    assert ADDRESS[2:] in " ".join(plain)
    assert objects >= in_objects
    assert await carried(tmp_path / "encrypted", Keyring((Key.new("one"),), required=True)) == {}
