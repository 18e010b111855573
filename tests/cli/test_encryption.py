"""Keys as they are typed: one place for all commands."""

import re

import pytest

from tests.cli.conftest import CASES, KEY, Dsl

SHOP = CASES / "shop.flow"


@pytest.mark.slow
def test_every_command_takes_its_keys_from_one_place_and_says_which_one_it_lacks(dsl: Dsl) -> None:
    made = dsl("encryption-key", "nov-1")
    assert made.code == 0
    assert re.fullmatch(r"nov-1:[A-Za-z0-9+/]{43}=\n", made.out)
    assert "STEADFLOW_ENCRYPTION_KEYS" in made.err
    (dsl.folder / "keys").write_text(KEY)
    (dsl.folder / "keys").chmod(0o600)
    without = dict(dsl.environment)
    dsl.environment["STEADFLOW_ENCRYPTION_KEY_FILE"] = "keys"
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "in-secret")
    running.until("dsl approve in-secret")
    assert "Keep book for 12.50?" in dsl("approvals", "in-secret").out
    dsl.environment.clear()
    dsl.environment.update(without)
    for command in ("show", "approvals", "approve"):
        ended = dsl(command, "in-secret", *(["--answer", "count=2", "--by", "ada"] if command == "approve" else []))
        assert ended.code == 1
        assert "with the key 'nov-1', and the process that reads it has no key" in ended.err, (
            command,
            ended.err,
        )
        assert "add it to STEADFLOW_ENCRYPTION_KEYS as `nov-1:KEY`" in ended.err
    assert "encrypted with the key nov-1" in dsl("runs").out
    dsl.environment["STEADFLOW_ENCRYPTION_KEYS"] = KEY
    answer = (
        "approve",
        "in-secret",
        "--group",
        "team",
        "--answer",
        "count=2",
        "--answer",
        "note=all well",
        "--by",
        "ada",
    )
    assert dsl(*answer).code == 0
    assert running.end().json["note"] == "all well"
    assert dsl("show", "in-secret").code == 0


def test_keys_that_cannot_be_used_are_refused_before_anything_happens(dsl: Dsl) -> None:
    for text, told in (("", "is set and holds no key"), ("a:b", "key 1 of STEADFLOW_ENCRYPTION_KEYS")):
        dsl.environment["STEADFLOW_ENCRYPTION_KEYS"] = text
        for command in (("run", SHOP, "--set", "item=book"), ("runs",), ("worker",), ("codec-server",)):
            ended = dsl.here(*command)
            assert (ended.code, ended.out) == (2, ""), command
            assert told in ended.err


def test_a_codec_server_needs_a_key_and_an_origin_that_is_one(dsl: Dsl) -> None:
    assert "there is no key" in dsl.here("codec-server").err
    dsl.environment["STEADFLOW_ENCRYPTION_KEYS"] = dsl.here("encryption-key", "a").out
    assert "is no origin" in dsl("codec-server", "--origin", "localhost:8233/x").err
    running = dsl.start("codec-server", "--port", "0", "--origin", "http://localhost:8233/")
    assert "for http://localhost:8233" in running.until("decrypting at http://127.0.0.1:")
    running.interrupt()
    assert running.end().code == 130
    assert dsl.here("encryption-key", "a b").code == 2
