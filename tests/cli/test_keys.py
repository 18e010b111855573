"""People and their keys, as they are typed."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, Dsl, Ended

SHOP = CASES / "shop.flow"


def made(dsl: Dsl, name: str) -> Ended:
    return dsl.here("keys", "new", "--name", name)


def test_a_key_is_made_and_shown(dsl: Dsl) -> None:
    new = made(dsl, "ada")
    assert new.code == 0
    assert "wrote ada.key, which signs as ada" in new.err
    assert os.stat(dsl.folder / "ada.key").st_mode & 0o077 == 0
    shown = dsl.here("keys", "show", "ada.key")
    assert (shown.code, shown.out) == (0, new.out)
    again = made(dsl, "ada")
    assert (again.code, again.out) == (2, "")
    assert "never overwritten" in again.err
    for name, part in (("a/b", "--out"), ("", "can be read"), ("a\nb", "can be read")):
        ended = made(dsl, name)
        assert (ended.code, part in ended.err) == (2, True), ended.err
    assert dsl.here("keys", "show", "nowhere.key").code == 2


def test_only_signed_answers_count_where_people_are_known(dsl: Dsl) -> None:
    entry = made(dsl, "ada").out.replace("groups: []", "groups: [team]")
    made(dsl, "eve")
    (dsl.folder / "people.yaml").write_text(entry)
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "signed", "--people", "people.yaml", "--verified")
    running.until("dsl approve signed")
    answer = ("approve", "signed", "--group", "team", "--answer", "count=2", "--answer", "note=all well")
    for more, reason in (
        ((), "an answer that is signed"),
        (("--key", "eve.key"), "belongs to nobody"),
        (("--key", "ada.key", "--by", "eve"), "the key is of ada"),
        (("--key", "people.yaml"), "may be read by others"),
    ):
        ended = dsl.here(*answer, *more)
        assert ended.code != 0
        assert reason in ended.err
    approved = dsl.here(*answer, "--key", "ada.key")
    assert (approved.code, approved.out) == (0, "keep: approved (signed, by ada for team)\n"), approved.err
    ended = running.end()
    assert ended.code == 0
    assert "voted  approve by ada (key " in ended.err
    assert "unverified" not in ended.err


@pytest.mark.slow
def test_a_run_that_was_left_is_answered_with_the_people_it_was_started_with(dsl: Dsl) -> None:
    """Nobody works on it then, and who stands in for its worker knows its people."""
    (dsl.folder / "people.yaml").write_text(made(dsl, "ada").out.replace("groups: []", "groups: [team]"))
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "left-signed", "--people", "people.yaml")
    running.until("dsl approve left")
    running.interrupt()
    running.end()
    answer = ("approve", "left-signed", "--group", "team", "--answer", "count=2", "--answer", "note=all well")
    unsigned = dsl.here(*answer, "--by", "ada")
    assert (unsigned.code, "takes only signed answers" in unsigned.err) == (1, True), unsigned.err
    assert dsl.here(*answer, "--key", "ada.key").out == "keep: approved (signed, by ada for team)\n"
    (dsl.folder / "people.yaml").unlink()
    attached = dsl("attach", "left-signed")
    assert (attached.code, "people file" in attached.err) == (2, True), attached.err


@pytest.mark.slow
def test_a_people_file_that_cannot_be_used_is_told_at_the_start(dsl: Dsl, tmp_path: Path) -> None:
    bad = tmp_path / "people.yaml"
    bad.write_text("people: [{name: ann}, {name: Ann}]")
    for command in (("run", SHOP, "--set", "item=book"), ("worker", "--tools", CASES / "shop_tools.py")):
        ended = dsl(*command, "--people", bad)
        assert (ended.code, "are one person" in ended.err) == (2, True), ended.err
