"""`dsl store prune`: what goes, what stays, and whose runs it has to know of."""

import os
import time
from dataclasses import replace
from pathlib import Path

from interpreter.stores import users
from interpreter.stores.directory import DirectoryStore
from tests.cli.conftest import CASES, KEY, Dsl, Ended


def test_what_runs_need_stays_and_what_else_is_old_goes(dsl: Dsl) -> None:
    objects = dsl.state / "objects"
    store = DirectoryStore(objects)
    ended = dsl.here(
        "run", CASES / "talk.flow", "--set", 'mails=["one","two"]', "--id", "pruned", "--rehearse", "--json"
    )
    assert ended.code == 0, ended.err
    garbage, young = store.put(b"nobody's " * 10), store.put(b"nobody's yet")
    age(objects, but=young)
    said = prune(dsl, "--dry-run", "--json").json
    assert (said["dry_run"], said["young"]["objects"]) == (True, 1)
    assert said["removed"]["objects"] >= 1
    assert said["needed"]["objects"] >= 1
    assert store.has(garbage)
    ended = prune(dsl, "--older-than", "2h")
    assert ended.code == 0, ended.err
    assert "bytes  removed" in ended.out
    assert (store.has(garbage), store.has(young)) == (False, True)
    told = dsl.here("transcript", "pruned", "--json")
    assert [len(step["messages"]) for step in told.json["steps"]] == [3, 5, 2]
    assert dsl.here("show", "pruned").code == 0


def test_a_store_that_serves_others_is_not_pruned_without_them(dsl: Dsl) -> None:
    objects = dsl.state / "objects"
    assert prune(dsl, "--dry-run").code == 0
    assert users.EMBEDDED in users.users(objects)
    users.remember(objects, "elsewhere:7233/flows")
    ended = prune(dsl)
    assert ended.code != 0
    assert "--also elsewhere:7233/flows" in ended.err
    assert prune(dsl, "--forget", "elsewhere:7233/flows").code == 0
    assert users.users(objects) == [users.EMBEDDED]


def test_a_time_of_grace_is_needed(dsl: Dsl) -> None:
    for given in ("1s", "soon"):
        assert prune(dsl, "--older-than", given).code == 2


def prune(dsl: Dsl, *options: str) -> Ended:
    """With the key of the run that another test has encrypted on the same server."""
    keyed = replace(dsl, environment=dsl.environment | {"STEADFLOW_ENCRYPTION_KEYS": KEY})
    return keyed.here("store", "prune", *options)


def age(objects: Path, but: str) -> None:
    at = time.time() - 1_000_000
    for file in objects.glob("[0-9a-f][0-9a-f]/*"):
        if file.parent.name + file.name != but:
            os.utime(file, (at, at))
