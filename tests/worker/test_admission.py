"""Which runs a worker begins that is to begin only what is signed off."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.names import ADMIT_FUNCTION
from interpreter.boundary.payloads import RunInput
from interpreter.boundary.repair import Repair
from interpreter.identity.errors import UnusablePeople, UnusableSigners
from interpreter.worker import admission
from interpreter.worker.admission import Admission, NotSignedOff
from interpreter.workflow import definitions
from tests.identity.project import PAY, Project, made_in


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("STEADFLOW_PEOPLE", raising=False)
    return made_in(tmp_path)


def refusal(of: Admission, flow: str, hash_: str, *, is_child: bool = False, has_state: bool = False) -> str | None:
    try:
        of.check(flow, hash_, is_child=is_child, has_state=has_state)
    except NotSignedOff as error:
        return str(error)
    return None


@pytest.mark.slow
def test_what_nobody_or_too_few_have_signed_is_not_begun(project: Project) -> None:
    hash_ = project.sealed().hash
    door = Admission([project.folder], None)
    assert "nobody signed this version" in (refusal(door, "pay", hash_) or "")
    project.sign("ben")
    door.look()
    assert 'it lacks somebody of "finance"' in (refusal(door, "pay", hash_) or "")
    project.sign("cleo")
    door.look()
    assert refusal(door, "pay", hash_) is None


def test_a_signature_counts_as_it_does_for_who_starts(project: Project) -> None:
    """Not of a key that was revoked, of a stranger, or over another flow's name."""
    hash_ = project.sealed().hash
    project.sign("ben", "cleo")
    door = Admission([project.folder / "SIGNERS"], None)
    assert refusal(door, "pay", hash_) is None
    project.edit(lambda signed: signed[0]["signatures"].reverse())
    project.people(cleo="2026-01-01T00:00:00Z")
    door.look()
    assert "lacks" in (refusal(door, "pay", hash_) or "")
    project.people()
    project.edit(lambda signed: signed[0].update(flow="other"))
    door.look()
    assert refusal(door, "pay", hash_) is not None
    assert refusal(door, "other", hash_) is not None


def test_a_flow_of_a_signed_definition_begins_only_when_it_is_called(project: Project) -> None:
    hash_ = project.sealed().hash
    project.sign("ben", "cleo")
    door = Admission([project.folder], None)
    assert refusal(door, "helper", hash_) is not None
    assert refusal(door, "helper", hash_, is_child=True) is None


def test_a_run_that_comes_with_a_state_is_none_that_begins(project: Project) -> None:
    hash_ = project.sealed().hash
    project.sign("ben", "cleo")
    assert "state" in (refusal(Admission([project.folder], None), "pay", hash_, has_state=True) or "")


def test_who_is_asked_for_nothing_is_begun_with_a_signature_of_somebody(project: Project) -> None:
    project.signers("*  leads\npay.flow  nobody\n")
    hash_ = project.sealed().hash
    door = Admission([project.folder], None)
    assert refusal(door, "pay", hash_) is not None
    project.sign("eve")
    door.look()
    assert refusal(door, "pay", hash_) is None


def test_what_cannot_be_read_counts_for_nothing_until_it_can(project: Project) -> None:
    hash_ = project.sealed().hash
    project.sign("ben", "cleo")
    door = Admission([project.folder], None)
    signed = project.folder / "pay.flow.signed"
    whole = signed.read_text()
    signed.write_text("{")
    door.look()
    assert "cannot be told" in (refusal(door, "pay", hash_) or "")
    with pytest.raises(UnusableSigners):
        Admission([project.folder], None)
    signed.write_text(whole)
    os.utime(signed, (1, 1))
    door.look()
    assert refusal(door, "pay", hash_) is None


def test_a_worker_without_signers_or_people_does_not_start(project: Project, tmp_path: Path) -> None:
    (project.folder / "people.yaml").unlink()
    with pytest.raises(UnusablePeople):
        Admission([project.folder], None)
    (project.folder / "SIGNERS").unlink()
    with pytest.raises(UnusableSigners, match="SIGNERS"):
        Admission([project.folder], None)
    with pytest.raises(UnusableSigners, match="SIGNERS"):
        Admission([tmp_path / "nowhere"], None)


BEGUN: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "a run that begins": ({}, False, False),
    "one that is replayed": ({}, True, True),
    "one that goes on as a new one": ({"continued_run_id": "a"}, False, True),
    "the next round of a cron": ({"continued_run_id": "a", "cron_schedule": "* * * * *"}, False, False),
    "another attempt": ({"continued_run_id": "a", "retry_policy": object()}, False, False),
    "what a stranger calls": ({"parent": object()}, False, False),
}


@pytest.mark.parametrize("name", BEGUN)
def test_who_was_let_in_is_not_asked_again(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    more, is_replaying, is_let_in = BEGUN[name]
    info = {"continued_run_id": None, "cron_schedule": None, "retry_policy": None, "parent": None} | more
    monkeypatch.setattr(admission.workflow, "info", lambda: SimpleNamespace(**info))
    monkeypatch.setattr(admission.workflow.unsafe, "is_replaying", lambda: is_replaying)
    door = Admission([project.folder], None)
    if is_let_in:
        door.of_this_run("pay", "f" * 64, False)
        assert refusal(door, "helper", "f" * 64, is_child=True) is None
        assert refusal(door, "pay", "f" * 64) is not None
    else:
        with pytest.raises(NotSignedOff):
            door.of_this_run("pay", "f" * 64, False)


def test_a_new_version_takes_the_place_of_the_old_one(project: Project) -> None:
    old = project.sealed().hash
    project.sign("ben", "cleo")
    door = Admission([project.folder], None)
    project.pay.write_text(PAY.replace("flow pay(to: text)", "flow pay(to: text, why: text)"))
    new = project.sealed().hash
    project.sign("ben")
    door.look()
    assert refusal(door, "pay", old) is None
    assert refusal(door, "pay", new) is not None


@pytest.mark.parametrize(
    ("more", "has_state"),
    [({}, False), ({"state": {"format": 1}}, True), ({"repair": Repair("run", "first", [])}, True)],
    ids=["begins", "state", "repair"],
)
def test_what_a_run_begins_with_is_told_to_who_lets_it_in(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], has_state: bool
) -> None:
    """What is left of a run is what its starter says, as any state is."""
    asked: list[tuple[str, str, bool]] = []
    said = {ADMIT_FUNCTION: lambda *what: asked.append(what)}
    monkeypatch.setattr(definitions.workflow, "extern_functions", lambda: said)
    definitions.admit(RunInput(DefinitionEnvelope("hash"), "pay", None, **more))
    assert asked == [("pay", "hash", has_state)]


def test_a_run_is_moved_only_to_what_is_signed_off(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    old = project.sealed().hash
    project.sign("ben", "cleo")
    door = Admission([project.folder], None)
    monkeypatch.setattr(
        definitions.workflow, "extern_functions", lambda: {definitions.ADMIT_MOVE_FUNCTION: door.of_a_move}
    )
    definitions.admit_move("pay", old)
    project.pay.write_text(PAY.replace("flow pay(to: text)", "flow pay(to: text, why: text)"))
    with pytest.raises(NotSignedOff, match="nobody signed this version"):
        definitions.admit_move("pay", project.sealed().hash)
