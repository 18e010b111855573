"""Which definition a run has: that of its hash, or the part of it that its flow is."""

import hashlib
from dataclasses import replace

import pytest

from dsl.definition.packed import packed
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.names import ADMIT_FUNCTION, DEFINITION_FUNCTION
from interpreter.boundary.payloads import RunInput
from interpreter.workflow.definitions import admit, load
from tests.definition.reading import sealed
from tests.workflow.played import Played
from tests.workflow.running import envelope

TEXT = "edition 1\nflow kid() -> int { return 1 }\nflow main() -> int { step k = kid() return k }\n"


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("flow", ["main", "kid"])
def test_a_child_has_its_part_of_the_whole(played: Played, flow: str, inline: bool) -> None:
    given = envelope(TEXT)
    played.functions[DEFINITION_FUNCTION] = {given.hash: sealed(TEXT, "main").json}.__getitem__
    found = load(given if inline else replace(given, inline=None), flow)
    assert found.flow == flow
    assert (found.hash == given.hash) is (flow == "main")


def test_what_is_not_what_its_hash_says_is_not_run(played: Played) -> None:
    data = sealed(TEXT, "main").json
    wrong = hashlib.sha256(data + b" ").hexdigest()
    with pytest.raises(LookupError, match="is damaged"):
        load(DefinitionEnvelope(wrong, packed(data)), "main")


@pytest.mark.parametrize("state", [None, {}])
def test_who_lets_a_run_in_hears_whether_it_begins_with_a_state(played: Played, state: dict[str, int] | None) -> None:
    heard: list[tuple[str, str, bool]] = []
    given = RunInput(envelope(TEXT), "main", {}, state=state)
    admit(given)
    played.functions[ADMIT_FUNCTION] = lambda *told: heard.append(told)
    admit(given)
    assert heard == [("main", given.definition.hash, state is not None)]
